// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var auditNoon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func entry(id int64, payload string) convoke.Event {
	return convoke.Event{
		ID: id, AccountID: "home", Name: convoke.EventUserUpdated, At: auditNoon, Payload: []byte(payload),
		Actor: convoke.Actor{Kind: "app", ID: "client", Name: "Lantern", Address: "192.0.2.7"},
	}
}

func TestASealShowsWhatWasDoneToItsEntries(t *testing.T) {
	t.Parallel()
	key := convoke.AuditKey(strings.Repeat("k", 32))
	log := []convoke.Event{entry(3, "a"), entry(5, "b"), entry(9, "c")}
	seal := key.Seal(convoke.Seal{}, log, auditNoon)
	change := func(edit func(*convoke.Event)) []convoke.Event {
		list := append([]convoke.Event(nil), log...)
		edit(&list[1])
		return list
	}
	for name, c := range map[string]struct {
		log  []convoke.Event
		want []convoke.Fault
	}{
		"nothing":       {log, nil},
		"the payload":   {change(func(e *convoke.Event) { e.Payload = []byte("B") }), []convoke.Fault{{Kind: convoke.EntryChanged, Entry: 5, Seal: 1}}},
		"who did it":    {change(func(e *convoke.Event) { e.Actor.ID = "other" }), []convoke.Fault{{Kind: convoke.EntryChanged, Entry: 5, Seal: 1}}},
		"where from":    {change(func(e *convoke.Event) { e.Actor.Address = "" }), []convoke.Fault{{Kind: convoke.EntryChanged, Entry: 5, Seal: 1}}},
		"when":          {change(func(e *convoke.Event) { e.At = e.At.Add(time.Millisecond) }), []convoke.Fault{{Kind: convoke.EntryChanged, Entry: 5, Seal: 1}}},
		"the name":      {change(func(e *convoke.Event) { e.Name = convoke.EventUserCreated }), []convoke.Fault{{Kind: convoke.EntryChanged, Entry: 5, Seal: 1}}},
		"the account":   {change(func(e *convoke.Event) { e.AccountID = "other" }), []convoke.Fault{{Kind: convoke.EntryChanged, Entry: 5, Seal: 1}}},
		"first removed": {log[1:], []convoke.Fault{{Kind: convoke.EntryMissing, Entry: 3, Seal: 1}}},
		"last removed":  {log[:2], []convoke.Fault{{Kind: convoke.EntryMissing, Entry: 9, Seal: 1}}},
		"all removed":   {nil, []convoke.Fault{{Kind: convoke.EntryMissing, Entry: 3, Seal: 1}, {Kind: convoke.EntryMissing, Entry: 5, Seal: 1}, {Kind: convoke.EntryMissing, Entry: 9, Seal: 1}}},
		"one put in":    {[]convoke.Event{log[0], entry(4, "x"), log[1], log[2]}, []convoke.Fault{{Kind: convoke.EntryAdded, Entry: 4, Seal: 1}}},
		"renumbered":    {change(func(e *convoke.Event) { e.ID = 6 }), []convoke.Fault{{Kind: convoke.EntryMissing, Entry: 5, Seal: 1}, {Kind: convoke.EntryAdded, Entry: 6, Seal: 1}}},
	} {
		got := key.CheckEntries(seal, c.log)
		if len(got) != len(c.want) {
			t.Errorf("%s: faults %+v, want %+v", name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: faults %+v, want %+v", name, got, c.want)
			}
		}
	}
}

func TestASealIsTiedToTheOneBefore(t *testing.T) {
	t.Parallel()
	key := convoke.AuditKey(strings.Repeat("k", 32))
	first := key.Seal(convoke.Seal{}, []convoke.Event{entry(1, "a")}, auditNoon)
	second := key.Seal(first, []convoke.Event{entry(2, "b")}, auditNoon)
	if faults := append(key.CheckLink(convoke.Seal{}, first), key.CheckLink(first, second)...); len(faults) > 0 {
		t.Fatalf("a sound chain has faults: %+v", faults)
	}
	forged := convoke.AuditKey(strings.Repeat("x", 32)).Seal(convoke.Seal{}, []convoke.Event{entry(1, "forged")}, auditNoon)
	cut := second
	cut.Entries = nil
	for name, c := range map[string]struct {
		previous, seal convoke.Seal
		want           convoke.FaultKind
	}{
		"made without the key":    {convoke.Seal{}, forged, convoke.SealBroken},
		"after one that was made": {forged, second, convoke.SealBroken},
		"its entries dropped":     {first, cut, convoke.SealBroken},
		"the one before is gone":  {convoke.Seal{}, second, convoke.SealMissing},
	} {
		if got := key.CheckLink(c.previous, c.seal); len(got) != 1 || got[0].Kind != c.want {
			t.Errorf("%s: %+v, want %s", name, got, c.want)
		}
	}
}

func TestTheAuditViewHidesSecrets(t *testing.T) {
	t.Parallel()
	e := entry(1, `{"object":{"id":12345678901234567890,"host_key":"482913","topic":"<Talk>","occurrences":[{"join_url":"https://x/j/1?pwd=y"}]},"old_object":{"host_key":""}}`)
	const want = `{"object":{"host_key":"(hidden)","id":12345678901234567890,"occurrences":[{"join_url":"(hidden)"}],"topic":"<Talk>"},"old_object":{"host_key":""}}`
	if got := string(e.AuditView()); got != want {
		t.Errorf("view is\n%s, want\n%s", got, want)
	}
	if got := string(entry(1, "{broken").AuditView()); got != "null" {
		t.Errorf("a broken payload shows as %s", got)
	}
}

func TestTheAuditFilter(t *testing.T) {
	t.Parallel()
	e := entry(1, `{"object":{"id":"u1","email":"ada@example.com"}}`)
	for _, c := range []struct {
		filter convoke.AuditFilter
		want   bool
	}{
		{convoke.AuditFilter{}, true},
		{convoke.AuditFilter{Person: "u1"}, true},
		{convoke.AuditFilter{Person: "u"}, false},
		{convoke.AuditFilter{Person: "ada@example.com"}, true},
		{convoke.AuditFilter{Person: "client"}, true},
		{convoke.AuditFilter{Person: "lantern"}, true},
		{convoke.AuditFilter{Action: "user.updated"}, true},
		{convoke.AuditFilter{Action: "user."}, true},
		{convoke.AuditFilter{Action: "user"}, false},
		{convoke.AuditFilter{From: auditNoon, To: auditNoon.Add(1)}, true},
		{convoke.AuditFilter{From: auditNoon.Add(1)}, false},
		{convoke.AuditFilter{To: auditNoon}, false},
	} {
		if got := c.filter.Passes(e); got != c.want {
			t.Errorf("%+v passes: %v, want %v", c.filter, got, c.want)
		}
	}
	if err := (convoke.AuditFilter{From: auditNoon, To: auditNoon}).Check(); !convoke.HasCode(err, convoke.CodeInvalidField) {
		t.Errorf("an empty time span gives %v", err)
	}
}

func TestTheClientAddress(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"192.0.2.7:4711": "192.0.2.7", "[2001:db8::1]:80": "2001:db8::1", "[::ffff:192.0.2.7]:80": "192.0.2.7",
		"[fe80::1%eth0]:80": "fe80::1", "": "", "@": "",
	} {
		if got := (convoke.Principal{Kind: convoke.OperatorCaller}).From(remote).Actor().Address; got != want {
			t.Errorf("the address of %q is %q, want %q", remote, got, want)
		}
	}
}
