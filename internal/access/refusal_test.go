// SPDX-License-Identifier: Apache-2.0

package access_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// refused are the entries about refusals in the home account's log, as
// "address code times" and, where it is told, the person.
func (w *world) refused(t *testing.T) []string {
	t.Helper()
	events, err := w.db.Events(t.Context(), home, 0, 1000)
	check(t, err)
	var found []string
	for _, e := range events {
		if e.Name != convoke.EventSSORefused {
			continue
		}
		var payload struct{ Object convoke.RefusalObject }
		check(t, json.Unmarshal(e.Payload, &payload))
		if !e.Name.AuditOnly() {
			t.Errorf("an app is told of %s", e.Name)
		}
		entry := fmt.Sprintf("%s %s %d %s%s", e.Actor.Address, payload.Object.Code, payload.Object.Times, payload.Object.Email, payload.Object.ExternalID)
		found = append(found, strings.TrimRight(entry, " "))
	}
	return found
}

// wantLog holds the log to the entries, in this order.
func (w *world) wantLog(t *testing.T, want ...string) {
	t.Helper()
	if found := w.refused(t); fmt.Sprint(found) != fmt.Sprint(want) {
		t.Errorf("the log has %q, want %q", found, want)
	}
}

func TestAFloodOfRefusalsIsCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 500 {
		w.NoteRefusal(t.Context(), convoke.Refusal{AccountID: home, Code: "bad_signature", Address: "192.0.2.7"})
	}
	w.NoteRefusal(t.Context(), convoke.Refusal{AccountID: home, Code: "expired", Address: "192.0.2.7"})
	w.NoteRefusal(t.Context(), convoke.Refusal{AccountID: abroad, Code: "bad_signature", Address: "192.0.2.7"})
	w.FlushRefusals(t.Context()) // the minute is not over
	w.wantLog(t, "192.0.2.7 bad_signature 1", "192.0.2.7 expired 1")
	w.clock.advance(time.Minute)
	w.FlushRefusals(t.Context())
	w.FlushRefusals(t.Context())
	w.wantLog(t, "192.0.2.7 bad_signature 1", "192.0.2.7 expired 1", "192.0.2.7 bad_signature 499")
	w.NoteRefusal(t.Context(), convoke.Refusal{AccountID: home, Code: "expired", Address: "192.0.2.7"})
	w.wantLog(t, "192.0.2.7 bad_signature 1", "192.0.2.7 expired 1", "192.0.2.7 bad_signature 499", "192.0.2.7 expired 1")
}

func TestAFloodFromManyAddressesIsCountedTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		for i := range 250 {
			w.NoteRefusal(t.Context(), convoke.Refusal{AccountID: home, Code: "bad_signature", Address: fmt.Sprintf("198.51.100.%d", i)})
		}
	}
	for i := range 100 { // what one customer of a network has is one address
		w.NoteRefusal(t.Context(), convoke.Refusal{AccountID: home, Code: "expired", Address: fmt.Sprintf("2001:db8::%x", i)})
	}
	w.clock.advance(time.Minute)
	w.FlushRefusals(t.Context())
	found, total := w.refused(t), 0
	for _, entry := range found {
		var address, code string
		var times int
		if _, err := fmt.Sscanf(entry, "%s %s %d", &address, &code, &times); err != nil { // the rest has no address
			_, err = fmt.Sscanf(entry, "%s %d", &code, &times)
			check(t, err)
		}
		total += times
	}
	if len(found) > 44 || total != 850 {
		t.Errorf("%d entries tell of %d refusals: %q", len(found), total, found)
	}
}

// Those who proved who they are stand in the log by name, also when they share an
// address, until there are too many of them; what they are called is shortened.
func TestAProvenPersonIsNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("n", convoke.MaxExternalID)
	note := func(email, id string) {
		w.NoteRefusal(t.Context(), convoke.Refusal{AccountID: home, Code: "not_provisioned", Address: "192.0.2.7", Email: email, ExternalID: id})
	}
	note("ann@example.com", "")
	note("bob@example.com", "")
	note("ann@example.com", "")
	note("", long+"n")
	w.clock.advance(time.Minute)
	w.FlushRefusals(t.Context())
	w.wantLog(t, "192.0.2.7 not_provisioned 1 ann@example.com", "192.0.2.7 not_provisioned 1 bob@example.com",
		"192.0.2.7 not_provisioned 1 "+long+"...", "192.0.2.7 not_provisioned 1 ann@example.com")
	for i := range 525 {
		note(fmt.Sprintf("p%d@example.com", i), "")
	}
	w.clock.advance(time.Minute)
	w.FlushRefusals(t.Context())
	if found := w.refused(t); found[len(found)-1] != " not_provisioned 24" {
		t.Errorf("of those beyond 500 the log has %q", found[len(found)-2:])
	}
}

func TestAPasswordThatSingleSignOnReplacesIsInTheAuditLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.addUser(t, home, w.withPassword(t, password))
	w.forceSSO(t, true)
	for _, email := range []string{"ada@example.com", "nobody@example.com"} {
		_, err := w.SignIn(t.Context(), "192.0.2.7", email, password)
		wantCode(t, err, convoke.CodeSSORequired)
	}
	w.clock.advance(time.Minute)
	w.FlushRefusals(t.Context())
	w.wantLog(t, "192.0.2.7 sso_required 1", "192.0.2.7 sso_required 1")
}
