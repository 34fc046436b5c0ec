// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// Connections finds the accounts' single sign-on.
type Connections interface {
	// SSOByVanity returns the connection with the name, or CodeSSONotFound.
	SSOByVanity(ctx context.Context, vanity string) (convoke.SSOConnection, error)
	// CheckSSOTest refuses a code that does not open the account's test sign-in.
	CheckSSOTest(account convoke.AccountID, code string) error
}

// SignIns makes users of assertions.
type SignIns interface {
	// SignIn returns the user whom a verified assertion is about, who may come in.
	SignIn(ctx context.Context, a convoke.Assertion) (convoke.User, error)
	// TestSignIn tells what SignIn would make of it, and changes nothing.
	TestSignIn(ctx context.Context, a convoke.Assertion) (provision.Rehearsed, error)
	// EmailOf returns the e-mail that is mapped from it, or "".
	EmailOf(ctx context.Context, a convoke.Assertion) string
}

// Access makes and ends sessions, knows what was used, and notes refusals.
type Access interface {
	StartSSOSession(ctx context.Context, from string, user convoke.User, login convoke.SSOLogin) (access.SignedIn, error)
	UseOnce(ctx context.Context, account convoke.AccountID, until time.Time, keys ...string) error
	EndSSOSessions(ctx context.Context, account convoke.AccountID, subject string, indexes []string) error
	EndSSOSession(ctx context.Context, account convoke.AccountID, index string) error
	SSOLogin(ctx context.Context, cookie string) (convoke.AccountID, *convoke.SSOLogin, error)
	SignOut(ctx context.Context, cookie string) error
	NoteRefusal(ctx context.Context, r convoke.Refusal)
}

// Config is everything that the doors need.
type Config struct {
	Connections Connections
	SignIns     SignIns
	Access      Access

	Key       []byte           // that of the protocols; 32 bytes
	PublicURL string           // without a slash at its end; https makes cookies secure
	Now       func() time.Time // nil: time.Now
	Logger    *slog.Logger
}

// Desk is what the doors do alike for a person: whom they let in and out, and
// how they answer.
type Desk struct {
	Config

	secure bool // the site is under https
}

// NewDesk returns the desk of a site.
func NewDesk(c Config) Desk {
	if c.Now == nil {
		c.Now = time.Now
	}
	return Desk{Config: c, secure: strings.HasPrefix(strings.ToLower(c.PublicURL), "https://")}
}

// Handler answers a request at an account's own addresses, or returns why it cannot.
type Handler func(http.ResponseWriter, *http.Request, convoke.SSOConnection) error

// Door is what speaks one protocol: its handlers by the patterns of their addresses.
type Door map[string]Handler

// DoorOf makes a door of handlers that see the connection as their protocol does.
func DoorOf[T any](view func(convoke.SSOConnection) T, handlers map[string]func(http.ResponseWriter, *http.Request, T) error) Door {
	door := Door{}
	for pattern, h := range handlers {
		door[pattern] = func(w http.ResponseWriter, r *http.Request, c convoke.SSOConnection) error { return h(w, r, view(c)) }
	}
	return door
}

// Handler returns the handler for every address under Prefix. It hands a request
// to the door of what the account speaks.
func (d Desk) Handler(doors map[convoke.SSOProtocol]Door) http.Handler {
	patterns := map[string]bool{}
	for _, door := range doors {
		for pattern := range door {
			patterns[pattern] = true
		}
	}
	mux := http.NewServeMux()
	for pattern := range patterns {
		mux.Handle(pattern, d.Page(func(w http.ResponseWriter, r *http.Request) error {
			return d.hand(w, r, doors, pattern)
		}))
	}
	mux.Handle("/", d.Page(noPage))
	return mux
}

// hand gives the request to its account's door, which may have no such address.
func (d Desk) hand(w http.ResponseWriter, r *http.Request, doors map[convoke.SSOProtocol]Door, pattern string) error {
	c, err := d.Connections.SSOByVanity(r.Context(), r.PathValue("vanity"))
	if err != nil {
		return err
	}
	h, found := doors[c.Protocol()][pattern]
	if !found {
		return noPage(w, r)
	}
	return h(w, r, c)
}

// Statement is what a provider says of a person, once it is believed.
type Statement struct {
	Assertion convoke.Assertion
	Login     convoke.SSOLogin
}

// Enter signs the person in and goes to the path that they came for.
func (d Desk) Enter(w http.ResponseWriter, r *http.Request, c convoke.SSOConnection, said Statement, back string) error {
	user, err := d.SignIns.SignIn(r.Context(), said.Assertion)
	if err != nil {
		return err
	}
	signedIn, err := d.Access.StartSSOSession(r.Context(), convoke.ClientAddress(r.RemoteAddr), user, said.Login)
	if err != nil {
		return err
	}
	d.SetCookies(w, c.Vanity, signedIn)
	return Redirect(w, OwnPath(back))
}

// CheckTest refuses a test sign-in that the operator's page did not begin.
func (d Desk) CheckTest(r *http.Request, c convoke.SSOConnection) error {
	return d.Connections.CheckSSOTest(c.AccountID, r.URL.Query().Get("code"))
}

// NoteRefusal puts the refusal of a sign-in into the account's audit log, with
// whom it was About. A fault of ours is in the server's log alone, and so is what
// becomes of a test.
func (d Desk) NoteRefusal(r *http.Request, c convoke.SSOConnection, err error) {
	code := reasonOf(err)
	if _, rehearsed := errors.AsType[*rehearsalError](err); rehearsed || code == "" {
		return
	}
	refusal := convoke.Refusal{AccountID: c.AccountID, Code: code, Address: convoke.ClientAddress(r.RemoteAddr)}
	if about, proven := errors.AsType[*personError](err); proven {
		refusal.Email = d.SignIns.EmailOf(r.Context(), about.assertion)
		if refusal.Email == "" {
			refusal.ExternalID = about.assertion.Subject
		}
	}
	d.Access.NoteRefusal(r.Context(), refusal)
}

// foreignPage refuses a sign-out that another site asked for.
const foreignPage = "foreign_sign_out"

// EndOwnSession is the person's own wish to leave: it ends their session here,
// whatever becomes of it at the provider. It returns what that session rested on;
// nil: there was none of the account's, so there is nobody to sign out there.
func (d Desk) EndOwnSession(w http.ResponseWriter, r *http.Request, c convoke.SSOConnection) (*convoke.SSOLogin, error) {
	if from := r.Header.Get("Sec-Fetch-Site"); from != "" && from != "same-origin" && from != "none" {
		return nil, &RefusedError{Reason: foreignPage, Detail: "a page of another site asked for it"}
	}
	cookie := SessionOf(r)
	account, login, err := d.Access.SSOLogin(r.Context(), cookie)
	if err != nil && convoke.AsError(err).Kind != convoke.KindUnauthenticated {
		return nil, err // they would believe that they are out
	}
	if err != nil || account != c.AccountID {
		login = nil
	}
	if login != nil {
		if err := d.Access.SignOut(r.Context(), cookie); err != nil {
			return nil, err
		}
	}
	d.ClearCookies(w, c.Vanity)
	return login, nil
}
