// SPDX-License-Identifier: Apache-2.0

package oauth_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// TestAProgramOnThePersonsMachineIsNotTakenForTheApp: what a person allowed a
// public app must not go, without a word, to whatever listens on its port.
func TestAProgramOnThePersonsMachineIsNotTakenForTheApp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, c := range []struct {
		kind       convoke.AppKind
		uri        string
		remembered bool
	}{
		{convoke.AppPublic, "http://127.0.0.1:7777/back", false},
		{convoke.AppPublic, "http://localhost:7777/back", false},
		{convoke.AppPublic, "https://[::1]:7777/back", false},
		{convoke.AppPublic, "https://app.example/back", true},
		{convoke.AppForUsers, "http://127.0.0.1:7777/back", true},
	} {
		app, _, err := w.CreateApp(t.Context(), w.operator, access.AppDraft{
			Name: "Lantern", Kind: c.kind, RedirectURIs: []string{c.uri}, Scopes: convoke.Scopes{"user:read"},
		})
		check(t, err)
		request := url.Values{
			"client_id": {string(app.ClientID)}, "redirect_uri": {c.uri}, "response_type": {"code"},
			"code_challenge": {strings.Repeat("c", 43)}, "code_challenge_method": {"S256"},
		}
		_, _, err = w.Allow(t.Context(), w.person, request)
		check(t, err)
		asked, err := w.Asked(t.Context(), w.person, request)
		if err != nil || asked.Remembered != c.remembered {
			t.Errorf("%s to %s is remembered: %t, %v", c.kind, c.uri, asked.Remembered, err)
		}
	}
}

// TestDevicesOfOneNetworkCountTogether: who has a network of IPv6 has more
// addresses than anybody can count.
func TestDevicesOfOneNetworkCountTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	app, _ := w.newApp(t, convoke.AppPublic)
	start := func(address string) error {
		_, _, err := w.StartDevice(t.Context(), access.Client{ID: app.ClientID, Address: address}, "")
		return err
	}
	for i := range 40 {
		if err := start(fmt.Sprintf("2001:db8::%x", i)); i >= 30 != convoke.HasCode(err, convoke.CodeTooMany) {
			t.Fatalf("device %d of the network: %v", i, err)
		}
	}
	check(t, start("2001:db8:0:1::1"))
}
