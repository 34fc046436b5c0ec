// SPDX-License-Identifier: Apache-2.0

package convoke

import "testing"

func TestAnIDBeginsWithNoDash(t *testing.T) {
	t.Parallel()
	if id, ok := NewID([IDBytes]byte{0xfb}); ok { // 0xfb 0x00: "-wAA..."
		t.Errorf("%s was taken", id)
	}
	if id, ok := NewID([IDBytes]byte{1}); !ok || id != "AQAAAAAAAAAAAAAAAAAAAA" {
		t.Errorf("%s, %t", id, ok)
	}
	draws := 0
	id := DrawID(func(raw []byte) (int, error) {
		draws++
		raw[0] = []byte{0, 0xfb, 1}[draws]
		return len(raw), nil
	})
	if id != "AQAAAAAAAAAAAAAAAAAAAA" || draws != 2 {
		t.Errorf("%s after %d draws", id, draws)
	}
}

func TestWhatCouldBeAnID(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"AQAAAAAAAAAAAAAAAAAAAA": true, "abc_-0AAAAAAAAAAAAAAAA": true, "-AAAAAAAAAAAAAAAAAAAAA": true,
		"": false, "AQAAAAAAAAAAAAAAAAAAA": false, "AQAAAAAAAAAAAAAAAAAAAAA": false,
		"AQAAAAAAAAAAAAAAAAAAA\x00": false, "AQAAAAAAAAAAAAAAAAAAA\n": false, "AQAAAAAAAAAAAAAAAAAAA=": false,
		"AQAAAAAAAAAAAAAAAAAAA/": false, "AQAAAAAAAAAAAAAAAAAAé": false,
	} {
		if got := IsID(text); got != want {
			t.Errorf("%q: %t", text, got)
		}
	}
}

func TestWhoIsKnownToOwnAnEMail(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		user User
		want bool
	}{
		{User{Action: ActionCustCreate, Status: StatusActive, PasswordHash: "x"}, false},
		{User{Action: ActionCreate, Status: StatusPending, PasswordHash: "x"}, false},
		{User{Action: ActionCreate, Status: StatusInactive}, false},
		{User{Action: ActionCreate, Status: StatusActive, PasswordHash: "x"}, true},
		{User{Action: ActionSSOCreate, Status: StatusActive}, true},
		{User{Action: ActionAutoCreate, Status: StatusInactive}, true},
	} {
		if got := test.user.Verified(); got != test.want {
			t.Errorf("%+v: %t", test.user, got)
		}
	}
}
