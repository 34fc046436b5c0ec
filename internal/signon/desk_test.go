// SPDX-License-Identifier: Apache-2.0

package signon_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// connections are those of two accounts, one of each protocol.
type connections struct{ signon.Connections }

func (connections) SSOByVanity(_ context.Context, vanity string) (convoke.SSOConnection, error) {
	switch vanity {
	case "saml":
		return convoke.SSOConnection{AccountID: "a1"}, nil
	case "oidc":
		return convoke.SSOConnection{AccountID: "a2", OIDC: &convoke.OIDCClient{}}, nil
	}
	return convoke.SSOConnection{}, convoke.SSONotFound()
}

// A request goes to the door of what its account speaks, with that account, and
// to no page of the other protocol.
func TestADoorForEachProtocol(t *testing.T) {
	t.Parallel()
	desk := signon.NewDesk(signon.Config{Connections: connections{}, Logger: slog.New(slog.DiscardHandler)})
	says := func(door string) signon.Handler {
		return func(w http.ResponseWriter, _ *http.Request, c convoke.SSOConnection) error {
			_, err := w.Write([]byte(door + " " + string(c.AccountID)))
			return err
		}
	}
	handler := desk.Handler(map[convoke.SSOProtocol]signon.Door{
		convoke.SSOSAML: {"GET /sso/{vanity}": says("saml"), "POST /sso/{vanity}/acs": says("acs")},
		convoke.SSOOIDC: {"GET /sso/{vanity}": says("oidc"), "GET /sso/{vanity}/callback": says("callback")},
	})
	for request, want := range map[string]string{
		"GET /sso/saml": "saml a1", "GET /sso/oidc": "oidc a2", "POST /sso/saml/acs": "acs a1", "GET /sso/oidc/callback": "callback a2",
		"GET /sso/saml/callback": "page_not_found", "POST /sso/oidc/acs": "page_not_found", "GET /sso/nobody": "sso_not_found",
		"GET /sso/saml/acs": "page_not_found", "GET /sso/saml/other": "page_not_found", "DELETE /sso/saml": "page_not_found",
	} {
		method, path, _ := strings.Cut(request, " ")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(method, path, http.NoBody))
		if found := answer.Code == http.StatusOK; found == strings.Contains(want, "_") || !strings.Contains(answer.Body.String(), want) {
			t.Errorf("%s: %d, want %s in\n%s", request, answer.Code, want, answer.Body)
		}
		if answer.Header().Get("X-Frame-Options") != "DENY" {
			t.Errorf("%s: any site may frame it", request)
		}
	}
}

// Who mistyped the name of their organisation is led back to where it is given.
func TestAMistypedNameIsNoDeadEnd(t *testing.T) {
	t.Parallel()
	desk := signon.NewDesk(signon.Config{Connections: connections{}, Logger: slog.New(slog.DiscardHandler)})
	door := func(http.ResponseWriter, *http.Request, convoke.SSOConnection) error { return nil }
	handler := desk.Handler(map[convoke.SSOProtocol]signon.Door{convoke.SSOSAML: {"GET /sso/{vanity}": door}})
	const way = `<a href="/portal"`
	for path, leads := range map[string]bool{"/sso/nobody": true, "/sso/saml/other": false} {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, http.NoBody))
		if strings.Contains(answer.Body.String(), way) != leads {
			t.Errorf("%s: the way to the sign-in page: want %v in\n%s", path, leads, answer.Body)
		}
	}
}

// sessions knows one session, or none, or is out of order.
type sessions struct {
	signon.Access

	account convoke.AccountID
	fault   error
	ended   int
}

func (s *sessions) SSOLogin(context.Context, string) (convoke.AccountID, *convoke.SSOLogin, error) {
	return s.account, &convoke.SSOLogin{}, s.fault
}

func (s *sessions) SignOut(context.Context, string) error {
	s.ended++
	return nil
}

// Who leaves an account ends a session of that account's alone, and is not told to
// be out when nobody could look.
func TestWhoIsSignedOutHere(t *testing.T) {
	t.Parallel()
	over := convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenExpired, "over")
	broken := errors.New("the database is down")
	for name, c := range map[string]struct {
		sessions
		ended   int
		cleared bool
	}{
		"their own":         {sessions{account: "a1"}, 1, true},
		"another account's": {sessions{account: "a2"}, 0, true},
		"one that is over":  {sessions{fault: over}, 0, true},
		"nobody can look":   {sessions{fault: broken}, 0, false},
	} {
		desk := signon.NewDesk(signon.Config{Access: &c.sessions, Logger: slog.New(slog.DiscardHandler)})
		answer := httptest.NewRecorder()
		login, err := desk.EndOwnSession(answer, named("saml"), convoke.SSOConnection{AccountID: "a1", Vanity: "saml"})
		if c.sessions.ended != c.ended || (login != nil) != (c.ended == 1) || errors.Is(err, broken) == c.cleared {
			t.Errorf("%s: %d ended, %v, %v", name, c.sessions.ended, login, err)
		}
		if cleared := len(answer.Result().Cookies()) > 0; cleared != c.cleared {
			t.Errorf("%s: the cookies are cleared: %v", name, cleared)
		}
	}
}
