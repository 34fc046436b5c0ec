// SPDX-License-Identifier: Apache-2.0

package convoke

import "testing"

func TestWhomAReferenceNames(t *testing.T) {
	t.Parallel()
	p := Principal{AccountID: "acme", UserID: "jane"}
	for ref, want := range map[string]Lookup{
		"me":               {AccountID: "acme", UserID: "jane"},
		"bob":              {AccountID: "acme", UserID: "bob"},
		"Bob@example.com":  {AccountID: "acme", Email: "Bob@example.com"},
		"":                 {AccountID: "acme"},
		"\x00":             {AccountID: "acme"}, // no database takes it, so nobody is asked
		"\xff@example.com": {AccountID: "acme"},
	} {
		if got := LookupRef(p, ref); got != want {
			t.Errorf("%q: %+v, want %+v", ref, got, want)
		}
	}
	jane := User{ID: "jane", Email: "jane@example.com"}
	for ref, want := range map[string]bool{"me": true, "jane": true, "JANE@example.com": true, "bob": false, "": false} {
		if got := jane.NamedBy(ref); got != want {
			t.Errorf("%q names Jane: %v", ref, got)
		}
	}
	if u, err := (Found{Holder: &jane}).Named("jane@example.com"); err != nil || u.ID != jane.ID {
		t.Errorf("the holder of the e-mail: %+v, %v", u, err)
	}
	if _, err := (Found{}).Named("bob"); !HasCode(err, CodeUserNotFound) {
		t.Errorf("nobody: %v", err)
	}
}
