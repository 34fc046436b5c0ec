// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// sessionCookie holds a sign-in to the portal.
const sessionCookie = "convoke_session"

// setCookie sets a cookie that scripts cannot read. Lax lets a link from a mail
// or the host app arrive signed in; calls that change something are guarded by
// their origin anyway.
func (d *door) setCookie(w http.ResponseWriter, name, value, path string, expires time.Time) {
	http.SetCookie(w, &http.Cookie{
		Name: name, Value: value, Path: path, Expires: expires,
		HttpOnly: true, Secure: d.secure, SameSite: http.SameSiteLaxMode,
	})
}

func cookieValue(r *http.Request, name string) string {
	cookie, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// caller returns who is signed in, or CodeTokenMissing.
func (d *door) caller(r *http.Request) (convoke.Principal, error) {
	value := cookieValue(r, sessionCookie)
	if value == "" {
		return convoke.Principal{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenMissing, "Please sign in.")
	}
	p, err := d.Access.Session(r.Context(), value)
	return p.From(r.RemoteAddr), err
}
