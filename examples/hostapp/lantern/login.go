// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/crypto/bcrypt"
)

const (
	sessionCookie = "lantern_session"
	sessionLife   = 12 * time.Hour
)

type loginPage struct{ Email, Error, Notice, Next string }

func (a *App) showLogin(w http.ResponseWriter, r *http.Request) error {
	return a.render(w, http.StatusOK, "login.html", loginPage{Notice: a.config.Notice, Next: next(r)})
}

// next is where a sign-in leads on to: to the service that asked, or nowhere.
func next(r *http.Request) string {
	if to := r.FormValue("next"); strings.HasPrefix(to, "/saml/sso?") {
		return to
	}
	return ""
}

// login checks the password, ensures the conferencing user, and starts a session.
func (a *App) login(w http.ResponseWriter, r *http.Request) error {
	email := strings.TrimSpace(r.PostFormValue("email"))
	p, err := a.authenticate(r.Context(), email, r.PostFormValue("password"))
	if errors.Is(err, errNoSuchRow) {
		page := loginPage{Email: email, Error: "The e-mail or the password is not right.", Notice: a.config.Notice, Next: next(r)}
		return a.render(w, http.StatusUnauthorized, "login.html", page)
	}
	if err != nil {
		return err
	}
	home := "/"
	ctx, cancel := context.WithTimeout(r.Context(), loginPatience)
	defer cancel()
	if err := a.ensure(ctx, p); err != nil {
		a.logger.WarnContext(ctx, "signed in without meetings", "person", p.ID, "error", err)
		home = "/?meetings=unavailable"
	}
	token := rand.Text()
	if err := a.store.addSession(r.Context(), hashToken(token), p.ID, time.Now().Add(sessionLife)); err != nil {
		return err
	}
	http.SetCookie(w, a.cookie(token, int(sessionLife.Seconds())))
	http.Redirect(w, r, cmp.Or(next(r), home), http.StatusSeeOther) //nolint:gosec // next is always a path of ours
	return nil
}

// authenticate returns who has the e-mail and the password, or errNoSuchRow. It
// takes as long for an unknown e-mail, so that nobody can find out who is known.
func (a *App) authenticate(ctx context.Context, email, password string) (person, error) {
	p, err := a.store.personByEmail(ctx, email)
	if errors.Is(err, errNoSuchRow) {
		p.password = nobodysPassword()
	} else if err != nil {
		return person{}, err
	}
	if bcrypt.CompareHashAndPassword([]byte(p.password), []byte(password)) != nil {
		return person{}, errNoSuchRow
	}
	return p, err
}

// nobodysPassword is checked against when there is nobody to check against.
var nobodysPassword = sync.OnceValue(func() string {
	hash, _ := hashPassword(rand.Text()) // not too long
	return hash
})

// hashPassword returns what the database keeps of a password. bcrypt refuses one
// of more than 72 bytes.
func hashPassword(password string) (string, error) {
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.DefaultCost)
	return string(hash), err
}

func (a *App) logout(w http.ResponseWriter, r *http.Request) error {
	if c, err := r.Cookie(sessionCookie); err == nil {
		if err := a.store.deleteSession(r.Context(), hashToken(c.Value)); err != nil {
			return err
		}
	}
	http.SetCookie(w, a.cookie("", -1))
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// signedIn lets through who has a session, and sends others to the sign-in page.
func (a *App) signedIn(serve func(http.ResponseWriter, *http.Request, person) error) http.HandlerFunc {
	return a.handle(func(w http.ResponseWriter, r *http.Request) error {
		p, _, err := a.whoIs(r)
		if errors.Is(err, errNoSuchRow) {
			http.Redirect(w, r, "/login", http.StatusSeeOther)
			return nil
		}
		if err != nil {
			return err
		}
		return serve(w, r, p)
	})
}

// whoIs returns who is signed in, and since when, or errNoSuchRow.
func (a *App) whoIs(r *http.Request) (p person, since time.Time, err error) {
	var token string
	if c, err := r.Cookie(sessionCookie); err == nil {
		token = c.Value
	}
	p, until, err := a.store.personBySession(r.Context(), hashToken(token))
	return p, until.Add(-sessionLife), err
}

func (a *App) cookie(token string, maxAge int) *http.Cookie {
	return &http.Cookie{
		Name: sessionCookie, Value: token, Path: "/", MaxAge: maxAge,
		HttpOnly: true, Secure: a.config.Secure, SameSite: http.SameSiteLaxMode,
	}
}

// hashToken is what the database holds instead of the token. The token is
// random, so a plain hash is enough.
func hashToken(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}
