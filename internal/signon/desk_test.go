// SPDX-License-Identifier: Apache-2.0

package signon_test

import (
	"context"
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
