// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

func TestLobbyChangesNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{"mute_upon_entry":true}`)
	url, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{DisplayName: "Dr. Who", Role: convoke.RoleCohost})
	b.must(t, err)
	for range 2 {
		host, err := b.Lobby(t.Context(), startLink(t, v.StartURL), "")
		b.must(t, err)
		if host.Role != convoke.RoleHost || host.Name != b.host.DisplayName || !host.NameFixed || host.HostName != b.host.DisplayName {
			t.Errorf("host's lobby: %+v", host)
		}
		guest, err := b.Lobby(t.Context(), joinLink(t, v.JoinURL), "")
		b.must(t, err)
		if guest.Role != convoke.RoleAttendee || guest.Name != "" || guest.NameFixed || !guest.Meeting.Settings.MuteUponEntry || guest.Meeting.State != convoke.MeetingWaiting {
			t.Errorf("guest's lobby: %+v", guest)
		}
		ticket, err := b.Lobby(t.Context(), ticketLink(t, url), "")
		b.must(t, err)
		if ticket.Role != convoke.RoleCohost || ticket.Name != "Dr. Who" || !ticket.NameFixed {
			t.Errorf("ticket's lobby: %+v", ticket)
		}
	}
	if n := len(b.events(t, convoke.EventMeetingStarted)); n != 0 {
		t.Errorf("a lobby started the meeting %d times", n)
	}
}

func TestGuestsAreCarriedIntoTheRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), " Ann  Lee ")
	if guest.State != conference.StateWaiting || guest.Reason != conference.ReasonHostNotStarted || guest.MediaToken != "" ||
		guest.Meeting.Passcode != "" || guest.JoinURL != "" || guest.Participant.Name != "Ann Lee" {
		t.Errorf("waiting guest: %+v", guest)
	}
	if b.state(t, guest.Secret, conference.StateWaiting).Reason != conference.ReasonHostNotStarted {
		t.Error("waits for something else than the host")
	}
	host := b.join(t, startLink(t, v.StartURL), "ignored")
	in := b.state(t, guest.Secret, conference.StateAdmitted)
	if in.Participant.Room != host.Participant.Room || in.Participant.ID != guest.Participant.ID || in.Meeting.Passcode != v.Meeting.Passcode || in.JoinURL != v.JoinURL {
		t.Errorf("the guest is in %+v, the host in %+v", in, host.Participant)
	}
	b.must(t, b.AllowSignal(t.Context(), in.Participant.Room, in.Participant.ID))
	if n := len(b.events(t, convoke.EventMeetingParticipantJoined)); n != 2 {
		t.Errorf("%d people joined", n)
	}
	for range 3 {
		b.state(t, guest.Secret, conference.StateAdmitted) // looking again changes nothing
	}
	if n := len(b.events(t, convoke.EventMeetingParticipantJoined)); n != 2 {
		t.Errorf("%d people joined after looking again", n)
	}
}

func TestWaitingForARunThatIsOver(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	host := b.join(t, startLink(t, v.StartURL), "")
	b.must(t, b.EndForAll(t.Context(), host.Secret)) // before the guest looked
	b.state(t, guest.Secret, conference.StateEnded)
	_, err := b.Join(t.Context(), joinLink(t, v.JoinURL), "Ann", "")
	wantCode(t, err, convoke.CodeMeetingEnded)
	_, err = b.Lobby(t.Context(), joinLink(t, v.JoinURL), "")
	wantCode(t, err, convoke.CodeMeetingEnded)
}

func TestEachRunHasItsOwnRoom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, first := b.started(t, `{}`)
	if first.Meeting.UUID != v.Meeting.UUID {
		t.Errorf("the first run has the UUID %q, not the one given out: %q", first.Meeting.UUID, v.Meeting.UUID)
	}
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	b.must(t, b.EndForAll(t.Context(), first.Secret))
	second := b.join(t, startLink(t, v.StartURL), "")
	if second.State != conference.StateAdmitted || second.Participant.Room == first.Participant.Room || second.Meeting.UUID == first.Meeting.UUID {
		t.Errorf("second run: %+v", second)
	}
	b.state(t, guest.Secret, conference.StateEnded)
	b.state(t, first.Secret, conference.StateEnded)
	for _, room := range []string{first.Participant.Room, second.Participant.Room, ""} {
		if b.AllowSignal(t.Context(), room, guest.Participant.ID) == nil {
			t.Errorf("a guest of the first run may connect to %q", room)
		}
	}
	wantCode(t, b.EndForAll(t.Context(), first.Secret), convoke.CodeMeetingEnded) // the old session has no power over the new run
	b.state(t, second.Secret, conference.StateAdmitted)
}

func TestInstantMeetingIsOverAfterItsRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeInstant, `{}`)
	host := b.join(t, startLink(t, v.StartURL), "")
	b.must(t, b.EndForAll(t.Context(), host.Secret))
	for _, link := range []conference.Link{startLink(t, v.StartURL), joinLink(t, v.JoinURL)} {
		_, err := b.Join(t.Context(), link, "Ann", "")
		wantCode(t, err, convoke.CodeMeetingEnded)
	}
	_, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"})
	wantCode(t, err, convoke.CodeMeetingEnded)
}

func TestWaitingRoom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{"waiting_room":true,"join_before_host":true}`)
	early := b.join(t, joinLink(t, v.JoinURL), "Early")
	host := b.join(t, startLink(t, v.StartURL), "")
	if s := b.state(t, early.Secret, conference.StateWaiting); s.Reason != conference.ReasonWaitingRoom {
		t.Errorf("the early guest waits for %q", s.Reason)
	}
	late := b.join(t, joinLink(t, v.JoinURL), "Late")
	if late.Reason != conference.ReasonWaitingRoom {
		t.Errorf("the late guest waits for %q", late.Reason)
	}
	waiting, err := b.Waiting(t.Context(), host.Secret)
	b.must(t, err)
	if len(waiting) != 2 {
		t.Fatalf("waiting: %+v", waiting)
	}
	if b.AllowSignal(t.Context(), host.Participant.Room, late.Participant.ID) == nil {
		t.Error("who waits may connect")
	}
	b.must(t, b.Admit(t.Context(), host.Secret, early.Participant.ID))
	b.must(t, b.Admit(t.Context(), host.Secret, early.Participant.ID))
	in := b.state(t, early.Secret, conference.StateAdmitted)
	b.must(t, b.AllowSignal(t.Context(), in.Participant.Room, in.Participant.ID))
	b.must(t, b.RemoveParticipant(t.Context(), host.Secret, late.Participant.ID))
	b.state(t, late.Secret, conference.StateRemoved)
	wantCode(t, b.Admit(t.Context(), host.Secret, late.Participant.ID), convoke.CodePersonNotInRoom)
	_, err = b.Join(t.Context(), joinLink(t, v.JoinURL), "Late", late.Participant.ID)
	wantCode(t, err, convoke.CodeRemoved)
	if waiting, err := b.Waiting(t.Context(), host.Secret); err != nil || len(waiting) != 0 {
		t.Errorf("still waiting: %+v, %v", waiting, err)
	}
	third := b.join(t, joinLink(t, v.JoinURL), "Third")
	b.must(t, b.Update(t.Context(), b.app, v.Meeting.ID, convoke.MeetingPatch{Settings: json.RawMessage(`{"waiting_room":false}`)}))
	b.state(t, third.Secret, conference.StateAdmitted)
}

func TestJoinBeforeHost(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, err := b.Schedule(t.Context(), b.app, b.host.Email, convoke.MeetingPatch{
		StartTime: new("2026-11-23T12:30:00Z"), Settings: json.RawMessage(`{"join_before_host":true,"jbh_time":10}`),
	})
	b.must(t, err)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	b.clock.advance(20*time.Minute - time.Second)
	b.state(t, guest.Secret, conference.StateWaiting)
	b.clock.advance(time.Second)
	in := b.state(t, guest.Secret, conference.StateAdmitted) // opened by who was waiting
	host := b.join(t, startLink(t, v.StartURL), "")
	if host.Participant.Room != in.Participant.Room || host.Participant.Role != convoke.RoleHost || in.Participant.Role != convoke.RoleAttendee {
		t.Errorf("guest %+v, host %+v", in.Participant, host.Participant)
	}
	if n := len(b.events(t, convoke.EventMeetingStarted)); n != 1 {
		t.Errorf("started %d times", n)
	}
}

func TestParallelHostsStartOneRun(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	services := []*conference.Service{b.Service, b.newService(t)}
	rooms := make([]string, 50)
	var all sync.WaitGroup
	for i := range rooms {
		all.Go(func() {
			s, err := services[i%2].Join(t.Context(), startLink(t, v.StartURL), "", "")
			if err != nil || s.State != conference.StateAdmitted {
				t.Errorf("host %d: %q, %v", i, s.State, err)
			}
			rooms[i] = s.Participant.Room
		})
	}
	all.Wait()
	for _, room := range rooms {
		if room != rooms[0] {
			t.Errorf("two rooms: %q and %q", rooms[0], room)
		}
	}
	if n := len(b.events(t, convoke.EventMeetingStarted)); n != 1 {
		t.Errorf("started %d times", n)
	}
}

func TestTicketIsUsedOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, _ := b.started(t, `{}`)
	url, expires, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"})
	b.must(t, err)
	if !expires.Equal(b.clock.Now().Add(conference.TicketLife)) {
		t.Errorf("expires %v", expires)
	}
	services := []*conference.Service{b.Service, b.newService(t)}
	errs := make([]error, 32)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = services[i%2].Join(t.Context(), ticketLink(t, url), "", "") })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			wantCode(t, err, convoke.CodeTicketUsed)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d came in", won, len(errs))
	}
	if n := len(b.events(t, convoke.EventMeetingParticipantJoined)); n != 2 {
		t.Errorf("%d people joined, want the host and one", n)
	}
	_, err = b.Lobby(t.Context(), ticketLink(t, url), "")
	wantCode(t, err, convoke.CodeTicketUsed)
}

func TestTicketExpires(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, _ := b.started(t, `{}`)
	url, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"})
	b.must(t, err)
	b.clock.advance(conference.TicketLife)
	_, err = b.Join(t.Context(), ticketLink(t, url), "", "")
	wantCode(t, err, convoke.CodeTicketExpired)
}

func TestTicketRoles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, c := range map[string]struct {
		request conference.TicketRequest
		role    convoke.Role
		user    convoke.UserID
		shown   string
	}{
		"default":           {conference.TicketRequest{DisplayName: " Ann "}, convoke.RoleAttendee, "", "Ann"},
		"cohost guest":      {conference.TicketRequest{DisplayName: "Ann", Role: convoke.RoleCohost}, convoke.RoleCohost, "", "Ann"},
		"user":              {conference.TicketRequest{ExternalID: "ext-gary"}, convoke.RoleAttendee, b.guest.ID, b.guest.DisplayName},
		"user as host":      {conference.TicketRequest{ExternalID: "ext-gary", Role: convoke.RoleHost}, convoke.RoleHost, b.guest.ID, b.guest.DisplayName},
		"user by own name":  {conference.TicketRequest{ExternalID: "ext-gary", DisplayName: "G."}, convoke.RoleAttendee, b.guest.ID, "G."},
		"the meeting's own": {conference.TicketRequest{ExternalID: "ext-jane", Role: convoke.RoleHost}, convoke.RoleHost, b.host.ID, b.host.DisplayName},
	} {
		v, _ := b.started(t, `{}`)
		url, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, c.request)
		b.must(t, err)
		s := b.join(t, ticketLink(t, url), "typed")
		if p := s.Participant; p.Role != c.role || p.UserID != c.user || p.Name != c.shown {
			t.Errorf("%s: %+v", name, p)
		}
	}
}

func TestHostTicketStarts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	url, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{ExternalID: "ext-gary", Role: convoke.RoleHost})
	b.must(t, err)
	b.state(t, b.join(t, ticketLink(t, url), "").Secret, conference.StateAdmitted)
}

func TestTicketRefuses(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	b.changeUser(t, b.cust, deactivate)
	for name, c := range map[string]struct {
		request conference.TicketRequest
		code    convoke.Code
	}{
		"nobody":            {conference.TicketRequest{Role: convoke.RoleHost}, convoke.CodeInvalidField},
		"role":              {conference.TicketRequest{DisplayName: "Ann", Role: "owner"}, convoke.CodeInvalidField},
		"name too long":     {conference.TicketRequest{DisplayName: strings.Repeat("a", 65)}, convoke.CodeInvalidName},
		"name of spaces":    {conference.TicketRequest{DisplayName: "   "}, convoke.CodeInvalidName},
		"unbound":           {conference.TicketRequest{ExternalID: "ext-nobody"}, convoke.CodeBindingNotFound},
		"of other account":  {conference.TicketRequest{ExternalID: "ext-alien"}, convoke.CodeBindingNotFound},
		"external id long":  {conference.TicketRequest{ExternalID: strings.Repeat("x", 256)}, convoke.CodeInvalidField},
		"deactivated user":  {conference.TicketRequest{ExternalID: "ext-cust"}, convoke.CodeUserInactive},
		"deactivated, host": {conference.TicketRequest{ExternalID: "ext-cust", Role: convoke.RoleHost}, convoke.CodeUserInactive},
	} {
		if _, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, c.request); !convoke.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: acme, UserID: b.host.ID, Label: b.host.Email}
	byApp := person
	byApp.ClientID, byApp.Scopes = "client", convoke.Scopes{"meeting:write"}
	for _, key := range []string{"ext-gary", "ext-nobody"} { // whether there is such a user is not told
		_, _, err := b.Ticket(t.Context(), person, v.Meeting.ID, conference.TicketRequest{ExternalID: key})
		wantCode(t, err, convoke.CodeNotOperator)
		_, _, err = b.Ticket(t.Context(), byApp, v.Meeting.ID, conference.TicketRequest{ExternalID: key})
		wantCode(t, err, convoke.CodeScopeMissing)
	}
	_, _, err := b.Ticket(t.Context(), byApp, v.Meeting.ID, conference.TicketRequest{DisplayName: "Ann"})
	b.must(t, err)
	late, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{ExternalID: "ext-gary"})
	b.must(t, err)
	b.changeUser(t, b.guest, deactivate)
	_, err = b.Join(t.Context(), ticketLink(t, late), "", "")
	wantCode(t, err, convoke.CodeUserInactive)
}

func TestJoinNeedsAName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	for _, name := range []string{"", "  ", strings.Repeat("a", 65), "a\x00b"} {
		_, err := b.Join(t.Context(), joinLink(t, v.JoinURL), name, "")
		wantCode(t, err, convoke.CodeInvalidName)
	}
}

func TestReturningBrowserIsOfferedItsName(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	lobby, err := b.Lobby(t.Context(), joinLink(t, v.JoinURL), guest.Participant.ID)
	if err != nil || lobby.Name != "Ann" || lobby.NameFixed {
		t.Errorf("%+v, %v", lobby, err)
	}
	if _, err := b.Lobby(t.Context(), joinLink(t, v.JoinURL), "unknown\x00"); err != nil {
		t.Errorf("a cookie of nobody: %v", err)
	}
}

func TestSessionSecrets(t *testing.T) {
	t.Parallel()
	b := setup(t)
	_, host := b.started(t, `{}`)
	id, mac, _ := strings.Cut(host.Secret, ".")
	other := "A" + id[1:]
	if other == id {
		other = "B" + id[1:]
	}
	for _, forged := range []string{"", ".", id, id + ".", id + "." + mac[1:], id + "." + mac + "A", other + "." + mac, "." + mac, host.Secret + ".x"} {
		_, err := b.Session(t.Context(), forged)
		wantCode(t, err, convoke.CodeTokenInvalid)
		wantCode(t, b.EndForAll(t.Context(), forged), convoke.CodeTokenInvalid)
		wantCode(t, b.Leave(t.Context(), forged), convoke.CodeTokenInvalid)
	}
	if s := b.state(t, host.Secret, conference.StateAdmitted); !strings.Contains(s.MediaToken, "as host") {
		t.Errorf("media token %q", s.MediaToken)
	}
}

func TestAwait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	guest := b.join(t, joinLink(t, v.JoinURL), "Ann")
	if s, err := b.Await(t.Context(), guest.Secret, conference.StateWaiting, 0); err != nil || s.State != conference.StateWaiting {
		t.Errorf("no wait: %q, %v", s.State, err)
	}
	if s, err := b.Await(t.Context(), guest.Secret, "", time.Hour); err != nil || s.State != conference.StateWaiting {
		t.Errorf("another state known: %q, %v", s.State, err)
	}
	elsewhere := b.newService(t) // as in another process: it is not woken
	states := make(chan conference.State)
	for _, service := range []*conference.Service{b.Service, elsewhere} {
		go func() {
			s, err := service.Await(t.Context(), guest.Secret, conference.StateWaiting, time.Hour)
			if err != nil {
				t.Error(err)
			}
			states <- s.State
		}()
	}
	b.join(t, startLink(t, v.StartURL), "")
	for range 2 {
		if state := <-states; state != conference.StateAdmitted {
			t.Errorf("woken to %q", state)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Await(ctx, guest.Secret, conference.StateAdmitted, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("the caller went away: %v", err)
	}
}
