// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func TestAnInvitationBecomesAMailInTheOutbox(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	w.check(w.sink.Deliver(t.Context(), w.invite(func(*convoke.User) {})))
	list := w.mails()
	if len(list) != 1 {
		t.Fatalf("%d mails", len(list))
	}
	m := list[0]
	if m.To != "ada@example.org" || m.Subject != "Acme invites you to video meetings" || !m.CreatedAt.Equal(start) {
		t.Errorf("mail is %+v", m)
	}
	w.contains("the text", m.Text, "Hello Ada Lovelace,", "choose your password", "until 31 March 2026",
		"\nhttps://meet.example.com/activate/code-of-invitation-00000000001\n")
	w.contains("the log", w.log.String(), `msg="mail kept in the outbox"`) // it reaches nobody, whatever they wait for
}

func TestAnSSOUserIsAskedToConfirm(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	w.check(w.sink.Deliver(t.Context(), w.invite(func(u *convoke.User) {
		u.Action, u.StatusReason = convoke.ActionSSOCreate, convoke.ReasonDomainNotAssociated
	})))
	m := w.mails()[0]
	if m.Subject != "Confirm your e-mail address for Acme" || strings.Contains(m.Text, "choose your password") {
		t.Errorf("mail is %+v", m)
	}
	w.contains("the text", m.Text, "single sign-on", "/activate/code-of-invitation-00000000001\n")
}

func TestAnInvitationThatIsOverCausesNoMail(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(*world, convoke.Event){
		"used": func(w *world, _ convoke.Event) {
			i, err := w.db.Invitation(w.Context(), "invitation-00000000001")
			w.check(err)
			w.change(func(f convoke.Found) (convoke.Change, error) {
				return convoke.Accept(*f.Target, i, "hash", convoke.Mark{At: w.now})
			})
		},
		"replaced": func(w *world, _ convoke.Event) { w.again("invitation-00000000002") },
		"expired":  func(w *world, _ convoke.Event) { w.now = w.now.Add(convoke.InvitationLife + time.Hour) },
		"user deleted": func(w *world, _ convoke.Event) {
			w.change(func(f convoke.Found) (convoke.Change, error) { return convoke.Change{Before: f.Target}, nil })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "Acme")
			event := w.invite(func(*convoke.User) {})
			end(w, event)
			w.check(w.sink.Deliver(t.Context(), event))
			if list := w.mails(); len(list) != 0 {
				t.Errorf("mail is %+v", list[0])
			}
		})
	}
}

func TestAResendSendsTheNewLinkOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	first := w.invite(func(*convoke.User) {})
	second := w.again("invitation-00000000002")
	w.check(w.sink.Deliver(t.Context(), second))
	w.check(w.sink.Deliver(t.Context(), first))
	list := w.mails()
	if len(list) != 1 {
		t.Fatalf("%d mails", len(list))
	}
	w.contains("the text", list[0].Text, "code-of-invitation-00000000002")
}

func TestNoOtherEventIsWanted(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("../convoke/event.go")
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile(`EventName = "([a-z_.]+)"`).FindAllStringSubmatch(string(source), -1)
	if len(names) < 20 {
		t.Fatalf("found %d event names", len(names))
	}
	for _, match := range names {
		name := convoke.EventName(match[1])
		if got, want := new(Sink).Wants(convoke.Event{Name: name}), name == "user.invited" || name == "user.password_changed"; got != want {
			t.Errorf("%s is wanted: %t", name, got)
		}
	}
}

func TestCustCreateNeverCausesAMail(t *testing.T) {
	t.Parallel()
	account := convoke.Account{ID: home, APIPartner: true}
	for _, email := range []string{"", "ada@example.org"} {
		draft, err := convoke.NewDraft(convoke.Request{Source: convoke.SourceApp, ExternalID: "42", Email: email}, convoke.ActionCustCreate)
		if err != nil {
			t.Fatal(err)
		}
		decision, err := convoke.Decide(draft, convoke.Found{Policy: convoke.Policy{Account: account}},
			convoke.Fresh{UserID: "user-00000000000000000"}, convoke.Mark{At: start, By: convoke.Operator(home)})
		if err != nil {
			t.Fatal(err)
		}
		if len(decision.Change.Events) == 0 {
			t.Error("no event at all")
		}
		for _, e := range decision.Change.Events {
			if new(Sink).Wants(e) {
				t.Errorf("%s is wanted", e.Name)
			}
		}
	}
}

func TestABrokenEventIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	if err := w.sink.Deliver(t.Context(), convoke.Event{Name: convoke.EventUserInvited, Payload: []byte("{")}); err == nil {
		t.Error("no error")
	}
	w.check(w.sink.Deliver(t.Context(), convoke.Event{Name: convoke.EventUserInvited, Payload: []byte("{}")})) // no such invitation
}

func TestANameBreaksNoLine(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme\r\nBcc: all@example.org")
	w.check(w.sink.Deliver(t.Context(), w.invite(func(u *convoke.User) { u.DisplayName = "Ada\r\n\r\nhttps://evil.example\u2028now\u202e" })))
	m := w.mails()[0]
	if m.Subject != "Acme Bcc: all@example.org invites you to video meetings" {
		t.Errorf("subject is %q", m.Subject)
	}
	w.contains("the text", m.Text, "Hello Ada https://evil.example now,\n")
}
