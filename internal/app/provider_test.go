// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"testing"

	"github.com/convoke/convoke/client"
	"github.com/convoke/convoke/client/clienttest"
	"github.com/convoke/convoke/internal/store/storetest"
)

// TestTheClientAgainstARealServer runs the checks that clienttest's in-memory
// provider passes, against the real program on both databases.
func TestTheClientAgainstARealServer(t *testing.T) {
	t.Parallel()
	for _, database := range []struct {
		name  string
		flags func(*testing.T) []string
	}{
		{"SQLite", func(*testing.T) []string { return nil }},
		{"PostgreSQL", func(t *testing.T) []string { return []string{"--database-url=" + storetest.PostgreSQL(t)} }},
	} {
		t.Run(database.name, func(t *testing.T) {
			t.Parallel()
			p := newProcess(t, database.flags(t)...)
			account, id, secret := p.credentials()
			c, err := client.New(p.url, client.Credentials{AccountID: account, ClientID: id, ClientSecret: secret})
			if err != nil {
				t.Fatal(err)
			}
			clienttest.TestProvider(t, c, c)
		})
	}
}
