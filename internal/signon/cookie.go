// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/access"
)

// The cookies. The portal's session cookie is the one that package portal reads.
const (
	portalCookie     = "convoke_session"
	portalHintCookie = "convoke_sso_at"      // the vanity name, for the portal's way out
	ssoSessionCookie = "convoke_sso_session" // the session again, where these doors see it
	browserCookie    = "convoke_sso"         // ties requests to the browser that made them
)

const browserSize = 16

// Browser returns the secret that ties requests to this browser, as it is or
// new, and has the browser keep it. An answer that comes by a form of the
// identity provider's site brings no cookie that is Lax: byForm.
func (d Desk) Browser(w http.ResponseWriter, r *http.Request, vanity string, now time.Time, byForm bool) string {
	value := BrowserOf(r)
	if raw, err := base64.RawURLEncoding.DecodeString(value); err != nil || len(raw) != browserSize {
		fresh := make([]byte, browserSize)
		rand.Read(fresh) // never fails
		value = base64.RawURLEncoding.EncodeToString(fresh)
	}
	cookie := d.cookie(browserCookie, value, pathOf(vanity), now.Add(RequestLife))
	if byForm {
		cookie.SameSite = http.SameSiteDefaultMode
		if d.secure {
			cookie.SameSite = http.SameSiteNoneMode
		}
	}
	http.SetCookie(w, cookie)
	return value
}

// BrowserOf returns the secret of the browser that calls; empty: it has none.
func BrowserOf(r *http.Request) string { return cookieValue(r, browserCookie) }

// SessionOf returns the cookie of the session that came through single sign-on.
func SessionOf(r *http.Request) string { return cookieValue(r, ssoSessionCookie) }

func pathOf(vanity string) string { return Prefix + "/" + vanity }

// cookie is one that scripts cannot read and other sites' calls do not bring.
func (d Desk) cookie(name, value, path string, expires time.Time) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: path, Expires: expires, HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode,
	}
}

// SetCookies gives the browser its session, here and in the portal.
func (d Desk) SetCookies(w http.ResponseWriter, vanity string, s access.SignedIn) {
	http.SetCookie(w, d.cookie(portalCookie, s.Cookie, Home, s.ExpiresAt))
	http.SetCookie(w, d.cookie(portalHintCookie, vanity, Home, s.ExpiresAt))
	http.SetCookie(w, d.cookie(ssoSessionCookie, s.Cookie, pathOf(vanity), s.ExpiresAt))
}

// ClearCookies takes the session from the browser.
func (d Desk) ClearCookies(w http.ResponseWriter, vanity string) {
	over := time.Unix(1, 0)
	http.SetCookie(w, d.cookie(portalCookie, "", Home, over))
	http.SetCookie(w, d.cookie(portalHintCookie, "", Home, over))
	http.SetCookie(w, d.cookie(ssoSessionCookie, "", pathOf(vanity), over))
}

func cookieValue(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}
