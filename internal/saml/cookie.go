// SPDX-License-Identifier: Apache-2.0

package saml

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
	ssoSessionCookie = "convoke_sso_session" // the session again, where this door sees it
	browserCookie    = "convoke_sso"         // ties requests to the browser that made them
)

const browserSize = 16

// browser returns the secret that ties requests to this browser, as it is or new.
func (d *door) browser(w http.ResponseWriter, r *http.Request, p provider) string {
	value := cookieValue(r, browserCookie)
	if raw, err := base64.RawURLEncoding.DecodeString(value); err != nil || len(raw) != browserSize {
		fresh := make([]byte, browserSize)
		rand.Read(fresh) // never fails
		value = base64.RawURLEncoding.EncodeToString(fresh)
	}
	cookie := d.cookie(browserCookie, value, ownPrefix(p), p.now.Add(requestLife))
	// The answer comes by a form of the identity provider's site, which brings
	// no cookie that is Lax.
	cookie.SameSite = http.SameSiteDefaultMode
	if d.secure {
		cookie.SameSite = http.SameSiteNoneMode
	}
	http.SetCookie(w, cookie)
	return value
}

func ownPrefix(p provider) string { return Prefix + "/" + p.connection.Vanity }

// cookie is one that scripts cannot read and other sites' calls do not bring.
func (d *door) cookie(name, value, path string, expires time.Time) *http.Cookie {
	return &http.Cookie{
		Name: name, Value: value, Path: path, Expires: expires, HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode,
	}
}

func (d *door) setCookies(w http.ResponseWriter, p provider, s access.SignedIn) {
	http.SetCookie(w, d.cookie(portalCookie, s.Cookie, home, s.ExpiresAt))
	http.SetCookie(w, d.cookie(portalHintCookie, p.connection.Vanity, home, s.ExpiresAt))
	http.SetCookie(w, d.cookie(ssoSessionCookie, s.Cookie, ownPrefix(p), s.ExpiresAt))
}

func (d *door) clearCookies(w http.ResponseWriter, p provider) {
	over := time.Unix(1, 0)
	http.SetCookie(w, d.cookie(portalCookie, "", home, over))
	http.SetCookie(w, d.cookie(portalHintCookie, "", home, over))
	http.SetCookie(w, d.cookie(ssoSessionCookie, "", ownPrefix(p), over))
}

func cookieValue(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}
