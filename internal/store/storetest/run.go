// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"testing"

	"github.com/convoke/convoke/internal/store"
)

// Run is the contract. open returns a new, empty store that is closed when the
// test it is given ends.
func Run(t *testing.T, open func(t *testing.T) *store.DB) {
	for _, suite := range []struct {
		noun  string
		tests map[string]func(*world)
	}{
		{"account", accountTests},
		{"address", addressTests},
		{"app", appTests},
		{"assistant", assistantTests},
		{"audit", auditTests},
		{"binding", bindingTests},
		{"change", changeTests},
		{"delivery", deliveryTests},
		{"counter", counterTests},
		{"domain", domainTests},
		{"entry", entryTests},
		{"event", eventTests},
		{"group", groupTests},
		{"import", importTests},
		{"invitation", invitationTests},
		{"lease", leaseTests},
		{"life", lifeTests},
		{"login", loginTests},
		{"mail", mailTests},
		{"make", makeTests},
		{"mapping", mappingTests},
		{"meeting", meetingTests},
		{"oauth", oauthTests},
		{"device", deviceTests},
		{"participant", participantTests},
		{"picture", pictureTests},
		{"picture offer", pictureOfferTests},
		{"quota", quotaTests},
		{"role", roleTests},
		{"seat", seatTests},
		{"secret", secretTests},
		{"session", sessionTests},
		{"sso", ssoTests},
		{"subscription", subscriptionTests},
		{"ticket", ticketTests},
		{"user", userTests},
	} {
		t.Run(suite.noun, func(t *testing.T) {
			t.Parallel()
			for name, test := range suite.tests {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					test(newWorld(t, open))
				})
			}
		})
	}
}
