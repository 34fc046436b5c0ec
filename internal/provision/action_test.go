// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// TestEveryAction makes a user in each of the four ways, on an account that may
// use them all.
func TestEveryAction(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		request convoke.Request
		want    convoke.User // status, reason, type and password
		link    string       // "" none, "*" a random one
		events  string
	}{
		"create": {
			convoke.Request{Action: "create", Email: "ada@elsewhere.example"},
			convoke.User{Status: convoke.StatusPending, StatusReason: convoke.ReasonInvited, Type: convoke.TypeBasic},
			"", "user.created user.invited",
		},
		"create, licensed, with a link of its own": {
			convoke.Request{Action: "create", Email: "ada@elsewhere.example", Type: convoke.TypeLicensed, PersonalLink: "countess"},
			convoke.User{Status: convoke.StatusPending, StatusReason: convoke.ReasonInvited, Type: convoke.TypeLicensed},
			"countess", "user.created user.invited",
		},
		"autoCreate": {
			convoke.Request{Action: "autoCreate", Email: "ada@managed.example", Password: goodPassword},
			convoke.User{Status: convoke.StatusActive, Type: convoke.TypeBasic, PasswordHash: "hash of " + goodPassword},
			"", "user.created",
		},
		"custCreate": {
			convoke.Request{Action: "custCreate", Email: "ada@elsewhere.example", Password: goodPassword},
			convoke.User{Status: convoke.StatusActive, Type: convoke.TypeLicensed},
			"", "user.created",
		},
		"ssoCreate": {
			convoke.Request{Action: "ssoCreate", Email: "ada.king@managed.example", Type: convoke.TypeLicensed, Password: goodPassword},
			convoke.User{Status: convoke.StatusActive, Type: convoke.TypeLicensed},
			"ada.king", "user.created",
		},
		"ssoCreate, whose name is no link": {
			convoke.Request{Action: "ssoCreate", Email: "a_k@managed.example", Type: convoke.TypeLicensed},
			convoke.User{Status: convoke.StatusActive, Type: convoke.TypeLicensed},
			"*", "user.created",
		},
		"ssoCreate without a licence": {
			convoke.Request{Action: "ssoCreate", Email: "ada.king@managed.example", Type: convoke.TypeNone},
			convoke.User{Status: convoke.StatusActive, Type: convoke.TypeNone},
			"", "user.created",
		},
		"ssoCreate of a domain that is not associated": {
			convoke.Request{Action: "ssoCreate", Email: "ada@elsewhere.example"},
			convoke.User{Status: convoke.StatusPending, StatusReason: convoke.ReasonDomainNotAssociated, Type: convoke.TypeBasic},
			"", "user.created user.invited",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, everything)
			_, err := w.AddDomain(t.Context(), convoke.Operator(w.id), "managed.example", true)
			check(t, err)
			user := w.user(t, w.made(t, c.request).ID)
			got := convoke.User{Status: user.Status, StatusReason: user.StatusReason, Type: user.Type, PasswordHash: user.PasswordHash}
			if want := c.want; got.Status != want.Status || got.StatusReason != want.StatusReason || got.Type != want.Type || got.PasswordHash != want.PasswordHash {
				t.Errorf("got %+v, want %+v", got, want)
			}
			if user.Action != convoke.Action(c.request.Action) || user.Email != c.request.Email || user.AccountID != w.id {
				t.Errorf("the user is %+v", user)
			}
			if c.link == "*" && convoke.CheckPersonalLink(user.PersonalLink) != nil || c.link != "*" && user.PersonalLink != c.link {
				t.Errorf("the personal link is %q, want %q", user.PersonalLink, c.link)
			}
			if convoke.CheckPMI(user.PMI) != nil || convoke.CheckHostKey(user.HostKey) != nil {
				t.Errorf("personal meeting id %d, host key %q", user.PMI, user.HostKey)
			}
			if got := names(w.events(t)); got != "domain.added domain.verified "+c.events {
				t.Errorf("the events are %q, want %q after the domain's", got, c.events)
			}
			if seats, census := w.picture(t).recount(); seats != w.picture(t).seats.Used || census != w.picture(t).census {
				t.Errorf("the counters differ from %d, %+v", seats, census)
			}
		})
	}
}

func TestWithoutAnActionTheAccountsDefaultIsUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	user := w.made(t, bound("42", ""))
	if user.Action != convoke.ActionCustCreate || !strings.HasSuffix(user.Email, "@users.convoke.invalid") {
		t.Errorf("with the partner grant: %+v", user)
	}
	plain := w.newAccount(t, convoke.AccountChange{})
	if user := plain.made(t, bound("42", "ada@example.com")); user.Action != convoke.ActionCreate {
		t.Errorf("without: %+v", user)
	}
	_, err := plain.Ensure(t.Context(), plain.app, bound("43", ""))
	wantCode(t, err, convoke.CodeInvalidEmail)
}

func TestARefusedActionNamesWhatCapabilitiesName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, convoke.AccountChange{})
	_, capabilities, err := w.Capabilities(t.Context(), w.app)
	check(t, err)
	usable := 0
	for _, c := range capabilities {
		_, err := w.Ensure(t.Context(), w.app, convoke.Request{Action: string(c.Action), Email: string(c.Action) + "@example.com", Password: goodPassword})
		if c.Usable {
			usable++
			check(t, err)
			continue
		}
		wantCode(t, err, c.Missing[0].Code)
		if !strings.Contains(err.Error(), c.Missing[0].Fix) {
			t.Errorf("%s: %q does not say %q", c.Action, err, c.Missing[0].Fix)
		}
	}
	if usable != 1 {
		t.Errorf("%d actions are usable on a bare account, want create alone", usable)
	}
}

func TestAutoCreateNeedsTheEmailsOwnDomain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	operator := convoke.Operator(w.id)
	request := convoke.Request{Action: "autoCreate", Email: "ada@managed.example", Password: goodPassword}
	refused := func(code convoke.Code) {
		t.Helper()
		_, err := w.Ensure(t.Context(), w.app, request)
		wantCode(t, err, code)
	}
	refused(convoke.CodeNoManagedDomain)
	for _, domain := range []struct {
		name    string
		trusted bool
	}{{"other.example", true}, {"managed.example", false}} {
		_, err := w.AddDomain(t.Context(), operator, domain.name, domain.trusted)
		check(t, err)
		refused(convoke.CodeDomainNotManaged)
	}
	_, err := w.AddDomain(t.Context(), operator, "MANAGED.example.", true)
	check(t, err)
	w.made(t, request)
	sub := request
	sub.Email = "ada@sub.managed.example"
	_, err = w.Ensure(t.Context(), w.app, sub)
	wantCode(t, err, convoke.CodeDomainNotManaged)
}

// The person's way in, with the real hash: the link, a password, and that
// password at the portal.
func TestAnActivatedPersonSignsIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	door := access.New(access.Config{Apps: w.db, Tokens: w.db, Sessions: w.db, Domains: w.db, Now: w.clock.Now, Logger: quiet()})
	service := w.newService(door.HashPassword)
	user := w.pending(t, "ada@example.com")
	_, err := door.SignIn(t.Context(), "", "ada@example.com", goodPassword)
	wantCode(t, err, convoke.CodeWrongPassword)
	active, err := service.Activate(t.Context(), "192.0.2.7", w.code(t, user.ID), goodPassword)
	check(t, err)
	if active.ID != user.ID || active.Status != convoke.StatusActive || active.StatusReason != "" {
		t.Errorf("the activated user is %+v", active)
	}
	if hash := w.user(t, user.ID).PasswordHash; !strings.HasPrefix(hash, "$argon2id$") || strings.Contains(hash, goodPassword) {
		t.Errorf("the stored password is %q", hash)
	}
	signedIn, err := door.SignIn(t.Context(), "", "Ada@Example.com", goodPassword)
	check(t, err)
	if signedIn.User.ID != user.ID {
		t.Errorf("signed in as %s, want %s", signedIn.User.ID, user.ID)
	}
	if got := names(w.events(t)); got != "user.created user.invited user.invitation_accepted user.signed_in" {
		t.Errorf("the events are %q", got)
	}
}
