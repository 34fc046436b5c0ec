// SPDX-License-Identifier: Apache-2.0

package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// providerCertificate stands in for an identity provider's: the door never
// verifies with it.
func providerCertificate(t *testing.T, w *world) string {
	t.Helper()
	pair, err := w.protocol.NewKeyPair("idp", w.now())
	check(t, err)
	return convoke.PublicURL("").ServiceProvider(convoke.SSOConnection{Certificate: pair.Certificate}).Certificate
}

func TestSingleSignOnIsSetUpChangedAndRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	body, err := json.Marshal(map[string]any{
		"vanity": "Acme", "entity_id": "https://idp.example/m", "sign_in_url": "https://idp.example/in", "binding": "HTTP-POST",
		"certificates": []string{providerCertificate(t, w)}, "relogin_after_minutes": 60,
		"provisioning": "prior_to_sign_in",
	})
	check(t, err)
	answer := w.call(t, "PATCH", Prefix+"/sso", nil, string(body))
	view := read[convoke.SSOView](t, answer, http.StatusOK)
	checkJSON(t, "setSSO", schemaNamed(t, "SingleSignOn"), answer.Body.Bytes())
	if view.Vanity != "acme" || view.Binding != convoke.SSOPost || !view.SignRequests || view.IDPInitiated || view.ReloginAfter != 60 || view.Provisioning != convoke.PriorToSignIn ||
		!strings.HasSuffix(view.ServiceProvider.ConsumerURL, "/sso/acme/acs") || strings.Contains(answer.Body.String(), "PRIVATE") {
		t.Errorf("it is %s", answer.Body)
	}
	changed := read[convoke.SSOView](t, w.call(t, "PATCH", Prefix+"/sso", nil, `{"idp_initiated": true}`), http.StatusOK)
	if !changed.IDPInitiated || changed.EntityID != view.EntityID || changed.ServiceProvider != view.ServiceProvider || changed.Provisioning != view.Provisioning {
		t.Errorf("it is %+v", changed)
	}
	if found := read[convoke.SSOView](t, w.call(t, "GET", Prefix+"/sso", nil, ""), http.StatusOK); found.Vanity != "acme" {
		t.Errorf("found %+v", found)
	}
	if w.elsewhere(t).call(t, "GET", Prefix+"/sso", nil, "").Code != http.StatusNotFound {
		t.Error("another account sees it")
	}
	if w.call(t, "DELETE", Prefix+"/sso", nil, "").Code != http.StatusNoContent {
		t.Error("it is not removed")
	}
	for _, method := range []string{"DELETE", "GET"} {
		if got := read[problemView](t, w.call(t, method, Prefix+"/sso", nil, ""), http.StatusNotFound); got.Code != "sso_not_found" {
			t.Errorf("%s: refused with %+v", method, got)
		}
	}
}

type problemView struct{ Code, Field string }

func TestSingleSignOnThatIsNoneIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	good := map[string]any{
		"vanity": "acme", "entity_id": "https://idp.example/m", "sign_in_url": "https://idp.example/in", "certificates": []string{providerCertificate(t, w)},
	}
	for name, c := range map[string]struct {
		change      map[string]any
		code, field string
	}{
		"no name":             {map[string]any{"vanity": ""}, "invalid_field", "vanity"},
		"a short name":        {map[string]any{"vanity": "acm"}, "invalid_field", "vanity"},
		"a path for a name":   {map[string]any{"vanity": "a/../b"}, "invalid_field", "vanity"},
		"no provider":         {map[string]any{"entity_id": ""}, "invalid_field", "entity_id"},
		"a plain address":     {map[string]any{"sign_in_url": "http://idp.example/in"}, "invalid_field", "sign_in_url"},
		"a script":            {map[string]any{"sign_out_url": "javascript:alert(1)"}, "invalid_field", "sign_out_url"},
		"a file":              {map[string]any{"sign_in_url": "file:///etc/passwd"}, "invalid_field", "sign_in_url"},
		"another binding":     {map[string]any{"binding": "HTTP-Artifact"}, "invalid_field", "binding"},
		"no certificate":      {map[string]any{"certificates": []string{"none"}}, "invalid_field", "certificates"},
		"no such mode":        {map[string]any{"provisioning": "never"}, "invalid_field", "provisioning"},
		"a long interval":     {map[string]any{"relogin_after_minutes": 1 << 40}, "invalid_field", "relogin_after_minutes"},
		"bad metadata":        {map[string]any{"metadata": "<html/>"}, "invalid_metadata", "metadata"},
		"metadata of nowhere": {map[string]any{"metadata_url": "http://127.0.0.1:1/"}, "invalid_metadata", "metadata_url"},
		"of another protocol": {map[string]any{"client_id": "x"}, "invalid_field", "protocol"},
		"a protocol unknown":  {map[string]any{"protocol": "cas"}, "invalid_field", "protocol"},
		"an unknown member":   {map[string]any{"private_key": "x"}, "invalid_body", ""},
	} {
		form := map[string]any{}
		for _, part := range []map[string]any{good, c.change} {
			maps.Copy(form, part)
		}
		body, err := json.Marshal(form)
		check(t, err)
		got := read[problemView](t, w.call(t, "PATCH", Prefix+"/sso", nil, string(body)), http.StatusBadRequest)
		if got.Code != c.code || c.field != "" && got.Field != c.field {
			t.Errorf("%s: refused with %+v", name, got)
		}
	}
	if w.call(t, "GET", Prefix+"/sso", nil, "").Code != http.StatusNotFound {
		t.Error("something was set up")
	}
}
