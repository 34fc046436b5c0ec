// SPDX-License-Identifier: Apache-2.0

package webhook_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/webhook"
)

// hostile are texts that serialisers write in more than one way.
var hostile = []string{
	"", "Zoë", "a<b>&c", `quote " and \ backslash`, "line\nbreak\r\ttab", "\u2028\u2029", "\b\f\v\x00\x1f\x7f", "\u0080\u00ff", "😀🏳️‍🌈",
	"/slash/</script>", "\ufeff\ufffe\uffff", "\xff\xfe broken", "e\u0301", "1234567890", "12e5", "null", strings.Repeat("é", 500),
}

func text(r *rand.Rand) string {
	parts := make([]string, 1+r.IntN(3))
	for i := range parts {
		parts[i] = hostile[r.IntN(len(hostile))]
	}
	return strings.Join(parts, "")
}

// payloads are real ones: every event that the domain makes of a user and a
// meeting, with texts that a person may have typed.
func payloads(t *testing.T, r *rand.Rand) []convoke.Event {
	t.Helper()
	mark := convoke.Mark{At: time.UnixMilli(1748856600123 + r.Int64N(1e9)), By: convoke.Principal{
		Kind: convoke.AppCaller, AccountID: home, ClientID: client, Label: text(r),
	}}
	user := convoke.User{
		ID: "k7Xb2mQvR0yJtN4cWz81Pg", AccountID: home, Action: convoke.ActionCreate, Email: "jane@example.com", FirstName: text(r),
		LastName: text(r), DisplayName: text(r), Type: convoke.TypeLicensed, Status: convoke.StatusPending, StatusReason: convoke.ReasonInvited,
		PMI: 2345678901, CreatedAt: mark.At,
	}
	invited, err := convoke.Invite(user, convoke.Fresh{InvitationID: "i"}, mark)
	if err != nil {
		t.Fatal(err)
	}
	list := invited.Events
	object := convoke.NewUserObject(user)
	for _, name := range convoke.EventNames() {
		list = append(list, convoke.NewEvent(name, mark.At, convoke.Payload{
			AccountID: home, Operator: text(r), OperatorID: string(client), CreationType: "create", Operation: "single",
			Object: object, OldObject: convoke.BindingObject{Source: convoke.SourceApp, ExternalID: text(r), UserID: user.ID, Generation: r.IntN(1 << 30)},
			TimeStamp: mark.At.UnixMilli(),
		}))
	}
	return list
}

// TestABodySurvivesJavaScript has node parse every body and write it again: the
// receivers that verify the signature over that must have the same bytes.
func TestABodySurvivesJavaScript(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	var bodies []string
	for range 200 {
		for _, e := range payloads(t, r) {
			raw, err := webhook.Body(e)
			if err != nil {
				t.Fatal(err)
			}
			checkNumbers(t, raw)
			bodies = append(bodies, string(raw))
		}
	}
	var lines bytes.Buffer
	for _, body := range bodies {
		fmt.Fprintf(&lines, "%x\n", body)
	}
	command := exec.CommandContext(t.Context(), "node", "-e", `
		for (const line of require("fs").readFileSync(0, "utf8").trim().split("\n")) {
			const body = Buffer.from(line, "hex")
			const again = Buffer.from(JSON.stringify(JSON.parse(body.toString("utf8"))), "utf8")
			console.log(again.toString("hex"))
		}`)
	command.Stdin = &lines
	out, err := command.Output()
	if err != nil {
		t.Fatalf("node: %v", err)
	}
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		if want := fmt.Sprintf("%x", bodies[i]); line != want {
			t.Fatalf("node writes another body than\n%q", bodies[i])
		}
	}
}

// checkNumbers refuses what JavaScript reads as another number, and keys that
// it would put into another order.
func checkNumbers(t *testing.T, raw []byte) {
	t.Helper()
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var body any
	if err := decoder.Decode(&body); err != nil {
		t.Fatal(err)
	}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case map[string]any:
			for key, member := range v {
				if strings.Trim(key, "0123456789") == "" {
					t.Errorf("the key %q looks like an integer in %s", key, raw)
				}
				walk(member)
			}
		case []any:
			for _, member := range v {
				walk(member)
			}
		case json.Number:
			if n, err := v.Int64(); err != nil || math.Abs(float64(n)) > 1<<53 {
				t.Errorf("the number %s in %s", v, raw)
			}
		}
	}
	walk(body)
}
