// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"slices"
	"testing"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

func TestTheOperatorSeesTheApps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := convoke.Operator(w.account)
	shop, _, err := w.access.CreateApp(t.Context(), operator, access.AppDraft{Name: "Shop", Scopes: convoke.Scopes{"user:read:admin"}})
	check(t, err)
	check(t, w.access.RevokeApp(t.Context(), operator, shop.ClientID))
	_, _, err = w.access.CreateApp(t.Context(), operator, access.AppDraft{
		Name: "Lantern", Kind: convoke.AppPublic, Scopes: convoke.Scopes{"openid"}, RedirectURIs: []string{"https://app.example/back"},
	})
	check(t, err)
	answer := w.get(t, "/portal/api/apps", w.asOperator(t))
	list := decoded[struct {
		Apps []struct {
			Name, Kind   string
			Revoked      bool
			Scopes       []string
			RedirectURIs []string `json:"redirect_uris"`
		}
	}](t, answer, 200).Apps
	if len(list) == 2 && list[0].Name == "Lantern" { // both were made at the same time
		slices.Reverse(list)
	}
	if len(list) != 2 || list[0].Kind != "account" || !list[0].Revoked || list[0].RedirectURIs == nil || list[1].Kind != "public" || list[1].Revoked ||
		!slices.Equal(list[1].Scopes, []string{"openid"}) || !slices.Equal(list[1].RedirectURIs, []string{"https://app.example/back"}) {
		t.Errorf("listed %+v", list)
	}
}
