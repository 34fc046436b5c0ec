// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/saml"
)

type ssoAnswer struct{ SSO, Future *convoke.SSOView }

// ssoForm is the values of an identity provider, one by one.
func ssoForm(t *testing.T) string {
	t.Helper()
	pair, err := saml.Protocol{Key: make([]byte, 32)}.NewKeyPair("idp", time.Now())
	check(t, err)
	form, err := json.Marshal(convoke.SSOForm{
		Vanity: new("acme"), EntityID: new("https://idp.example/m"), SignInURL: new("https://idp.example/in"),
		Certificates: []string{convoke.PublicURL("").ServiceProvider(convoke.SSOConnection{Certificate: pair.Certificate}).Certificate},
	})
	check(t, err)
	return string(form)
}

func TestTheOperatorSetsSingleSignOnUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := w.asOperator(t)
	none := decoded[ssoAnswer](t, w.get(t, "/portal/api/sso", operator), 200)
	if none.SSO != nil || none.Future.ServiceProvider.ConsumerURL != public+"/sso/{name}/acs" || none.Future.OIDC.RedirectURI != public+"/sso/{name}/callback" {
		t.Errorf("there is %+v", none.SSO)
	}
	wantStatus(t, w.post(t, "/portal/api/sso/test", "", operator), http.StatusNotFound)
	set := decoded[ssoAnswer](t, w.call(t, "PUT", "/portal/api/sso", ssoForm(t), operator), 200)
	if set.SSO == nil || set.SSO.ServiceProvider.ConsumerURL != public+"/sso/acme/acs" || len(set.SSO.Certificates) != 1 {
		t.Errorf("set %+v", set.SSO)
	}
	link := decoded[struct{ URL string }](t, w.post(t, "/portal/api/sso/test", "", operator), 200)
	if !strings.HasPrefix(link.URL, public+"/sso/acme/test?code=") {
		t.Errorf("the link is %s", link.URL)
	}
	wantStatus(t, w.call(t, "PUT", "/portal/api/sso", `{"vanity":"a"}`, operator), http.StatusBadRequest)
	wantStatus(t, w.call(t, "PUT", "/portal/api/sso", `[`, operator), http.StatusBadRequest)
	wantStatus(t, w.call(t, "DELETE", "/portal/api/sso", "", operator), http.StatusNoContent)
	wantStatus(t, w.call(t, "DELETE", "/portal/api/sso", "", operator), http.StatusNotFound)
}

// A session that came through single sign-on is shown the way out of both; a
// cookie that names no account shows none.
func TestTheWayOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	signedIn, err := w.access.StartSSOSession(t.Context(), "", w.host, convoke.SSOLogin{NameID: convoke.SSOName{Value: "jane"}})
	check(t, err)
	for vanity, want := range map[string]string{"acme-2": "/sso/acme-2/logout", "": "", "a/b": "", "..": "", "ACME": ""} {
		cookies := header("Cookie", "convoke_session="+signedIn.Cookie+"; convoke_sso_at="+vanity)
		if got := decoded[struct{ Leave string }](t, w.get(t, "/portal/api/session", cookies), 200); got.Leave != want {
			t.Errorf("%q leads to %q", vanity, got.Leave)
		}
	}
}
