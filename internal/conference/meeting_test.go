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

func TestScheduleAndRead(t *testing.T) {
	t.Parallel()
	b := setup(t)
	made, err := b.Schedule(t.Context(), b.app, "JANE@example.com", convoke.MeetingPatch{
		Topic: new("Weekly"), Type: new(convoke.TypeSeries), StartTime: new("2026-12-01T09:00:00Z"),
		Recurrence: json.RawMessage(`{"type":1,"end_times":3}`), Settings: json.RawMessage(`{"custom_keys":[{"key":"a","value":"b"}]}`),
	})
	b.must(t, err)
	m := made.Meeting
	if m.ID < 20_000_000_000 || m.ID > 99_999_999_999 || len(m.Passcode) != 10 || len(m.UUID) != 24 || m.HostID != b.host.ID {
		t.Errorf("meeting: %+v", m)
	}
	if !strings.HasSuffix(made.JoinURL, made.EncryptedPasscode) || !strings.HasSuffix(made.JoinURL, ".1") || strings.Contains(made.JoinURL, m.Passcode) {
		t.Errorf("join URL %q", made.JoinURL)
	}
	read, err := b.Meeting(t.Context(), b.app, m.ID)
	b.must(t, err)
	if read.JoinURL != made.JoinURL || read.Meeting.Topic != "Weekly" || len(read.Occurrences) != 3 || read.Host.ID != b.host.ID ||
		len(read.Meeting.Settings.CustomKeys) != 1 || *read.Meeting.Recurrence != *m.Recurrence || !read.Meeting.StartTime.Equal(m.StartTime) {
		t.Errorf("read %+v, want what was made: %+v", read, made)
	}
	if got := b.events(t, convoke.EventMeetingCreated); len(got) != 1 {
		t.Errorf("%d events of the creation", len(got))
	}
}

func TestAssistantsScheduleForTheirHosts(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.must(t, b.db.Change(t.Context(), convoke.Lookup{AccountID: acme, UserID: b.host.ID}, func(f convoke.Found) (convoke.Change, error) {
		return convoke.AddAssistants(*f.Target, nil, []convoke.User{b.guest}, convoke.Mark{At: b.clock.Now(), By: b.app})
	}))
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: acme, UserID: b.guest.ID, Label: b.guest.Email}
	for name, c := range map[string]struct {
		by    convoke.Principal
		ref   string
		whom  string
		code  convoke.Code
		field string
	}{
		"by id":                  {b.app, string(b.guest.ID), string(b.host.ID), "", ""},
		"by e-mail":              {b.app, b.guest.Email, b.host.Email, "", ""},
		"signed in":              {person, "me", b.host.Email, "", ""},
		"the other way round":    {b.app, string(b.host.ID), b.guest.Email, convoke.CodeScheduleRefused, "schedule_for"},
		"no assistant":           {b.app, string(b.cust.ID), b.host.Email, convoke.CodeScheduleRefused, "schedule_for"},
		"for nobody":             {b.app, string(b.guest.ID), "nobody@example.com", convoke.CodeInvalidField, "schedule_for"},
		"for another account's":  {b.app, string(b.guest.ID), string(b.alien.ID), convoke.CodeInvalidField, "schedule_for"},
		"signed in, for nobody":  {person, "me", "nobody", convoke.CodeScheduleRefused, "schedule_for"},
		"signed in, for a user":  {person, "me", string(b.cust.ID), convoke.CodeScheduleRefused, "schedule_for"},
		"signed in, not oneself": {person, string(b.host.ID), b.host.Email, convoke.CodeNotOperator, ""},
	} {
		v, err := b.Schedule(t.Context(), c.by, c.ref, convoke.MeetingPatch{ScheduleFor: &c.whom})
		switch {
		case c.code != "":
			wantCode(t, err, c.code)
			if e := convoke.AsError(err); e.Field != c.field {
				t.Errorf("%s: the field is %q", name, e.Field)
			}
		case err != nil || v.Meeting.HostID != b.host.ID || v.Host.ID != b.host.ID:
			t.Errorf("%s: the host is %s: %v", name, v.Meeting.HostID, err)
		}
	}
	instant := convoke.MeetingPatch{Type: new(convoke.TypeInstant), ScheduleFor: &b.host.Email}
	_, err := b.Schedule(t.Context(), b.app, string(b.guest.ID), instant)
	wantCode(t, err, convoke.CodeScheduleRefused)
}

// picky is a directory of users that, as PostgreSQL does, takes no NUL.
type picky struct{ conference.Users }

func (p picky) Find(ctx context.Context, l convoke.Lookup) (convoke.Found, error) {
	if strings.Contains(string(l.UserID)+l.Email, "\x00") {
		return convoke.Found{}, errors.New("invalid byte sequence")
	}
	return p.Users.Find(ctx, l)
}

func TestWhatIsNoTextNamesNobody(t *testing.T) {
	t.Parallel()
	b := setup(t)
	s, err := conference.New(conference.Config{Store: b.db, Users: picky{b.db}, Media: b.media, PublicURL: public, Key: key, Now: b.clock.Now})
	b.must(t, err)
	for _, whom := range []string{"\x00", "a\x00@example.com"} {
		_, err := s.Schedule(t.Context(), b.app, string(b.host.ID), convoke.MeetingPatch{ScheduleFor: &whom})
		wantCode(t, err, convoke.CodeInvalidField)
		_, err = s.Schedule(t.Context(), b.app, whom, convoke.MeetingPatch{})
		wantCode(t, err, convoke.CodeUserNotFound)
	}
}

func TestScheduleForWhomAndByWhom(t *testing.T) {
	t.Parallel()
	b := setup(t)
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: acme, UserID: b.host.ID, Label: b.host.Email}
	bound := b.app
	bound.UserID = b.cust.ID
	weak := b.app
	weak.Scopes = convoke.Scopes{"meeting:read:admin"}
	for name, c := range map[string]struct {
		by   convoke.Principal
		ref  string
		code convoke.Code
		host convoke.UserID
	}{
		"app by id":               {b.app, string(b.host.ID), "", b.host.ID},
		"app by e-mail":           {b.app, b.host.Email, "", b.host.ID},
		"app as its owner":        {bound, "me", "", b.cust.ID},
		"app without an owner":    {b.app, "me", convoke.CodeUserNotFound, ""},
		"unknown id":              {b.app, "nobody", convoke.CodeUserNotFound, ""},
		"unknown e-mail":          {b.app, "no@example.com", convoke.CodeUserNotFound, ""},
		"empty":                   {b.app, "", convoke.CodeUserNotFound, ""},
		"other account's user":    {b.app, string(b.alien.ID), convoke.CodeUserNotFound, ""},
		"without the scope":       {weak, string(b.host.ID), convoke.CodeScopeMissing, ""},
		"nobody":                  {convoke.Principal{AccountID: acme}, string(b.host.ID), convoke.CodeNotOperator, ""},
		"operator":                {convoke.Operator(acme), string(b.host.ID), "", b.host.ID},
		"person for themselves":   {person, "me", "", b.host.ID},
		"person by own e-mail":    {person, b.host.Email, "", b.host.ID},
		"person for another":      {person, string(b.guest.ID), convoke.CodeNotOperator, ""},
		"person for who is not":   {person, "nobody", convoke.CodeNotOperator, ""},
		"person for an unknown @": {person, "no@example.com", convoke.CodeNotOperator, ""},
	} {
		v, err := b.Schedule(t.Context(), c.by, c.ref, convoke.MeetingPatch{})
		switch {
		case c.code != "":
			if !convoke.HasCode(err, c.code) {
				t.Errorf("%s: %v, want %s", name, err, c.code)
			}
		case err != nil || v.Meeting.HostID != c.host:
			t.Errorf("%s: host %q, %v", name, v.Meeting.HostID, err)
		}
	}
}

func TestOtherPeoplesMeetingsDoNotExist(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	id := v.Meeting.ID
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: acme, UserID: b.guest.ID}
	for _, p := range []convoke.Principal{appOf(other), convoke.Operator(other), person} {
		_, err := b.Meeting(t.Context(), p, id)
		wantCode(t, err, convoke.CodeMeetingNotFound)
		if !strings.Contains(err.Error(), "Meeting does not exist: ") {
			t.Errorf("message: %v", err)
		}
		wantCode(t, b.Update(t.Context(), p, id, convoke.MeetingPatch{Topic: new("mine")}), convoke.CodeMeetingNotFound)
		wantCode(t, b.Delete(t.Context(), p, id), convoke.CodeMeetingNotFound)
		wantCode(t, b.End(t.Context(), p, id), convoke.CodeMeetingNotFound)
		_, _, err = b.Ticket(t.Context(), p, id, conference.TicketRequest{})
		wantCode(t, err, convoke.CodeMeetingNotFound)
	}
	if now, err := b.Meeting(t.Context(), b.app, id); err != nil || now.Meeting.Topic != v.Meeting.Topic {
		t.Errorf("the meeting became %+v, %v", now, err)
	}
}

func TestEveryCallNeedsItsScope(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id := b.schedule(t, convoke.TypeScheduled, `{}`).Meeting.ID
	p := b.app
	p.Scopes = convoke.Scopes{"user:write:user:admin"}
	_, readErr := b.Meeting(t.Context(), p, id)
	_, listErr := b.Meetings(t.Context(), p, b.host.Email, conference.MeetingList{})
	_, tokenErr := b.HostToken(t.Context(), p, b.host.Email, 0)
	_, zakErr := b.OwnHostToken(t.Context(), p)
	_, _, keyErr := b.ForKey(t.Context(), p, "ext-jane", "k", convoke.MeetingPatch{})
	_, _, ticketErr := b.Ticket(t.Context(), p, id, conference.TicketRequest{})
	_, personalErr := b.Personal(t.Context(), p, b.host.Email)
	for _, err := range []error{
		readErr, listErr, tokenErr, zakErr, keyErr, ticketErr, personalErr,
		b.Update(t.Context(), p, id, convoke.MeetingPatch{}), b.Delete(t.Context(), p, id), b.End(t.Context(), p, id),
	} {
		wantCode(t, err, convoke.CodeScopeMissing)
	}
}

func TestForKey(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first, created, err := b.ForKey(t.Context(), b.app, "ext-jane", "appointment 17", convoke.MeetingPatch{Topic: new("One")})
	b.must(t, err)
	if !created || first.Meeting.ExternalID != "appointment 17" {
		t.Errorf("created %t: %+v", created, first.Meeting)
	}
	again, created, err := b.ForKey(t.Context(), b.app, "ext-jane", "appointment 17", convoke.MeetingPatch{Topic: new("Two")})
	b.must(t, err)
	if created || again.Meeting.ID != first.Meeting.ID || again.Meeting.Topic != "One" {
		t.Errorf("created %t: %+v", created, again.Meeting)
	}
	for name, c := range map[string]struct {
		user, meeting string
		code          convoke.Code
	}{
		"unbound":        {"ext-nobody", "m", convoke.CodeBindingNotFound},
		"other account":  {"ext-alien", "m", convoke.CodeBindingNotFound},
		"no user":        {"", "m", convoke.CodeInvalidField},
		"no meeting":     {"ext-jane", "", convoke.CodeInvalidField},
		"meeting binary": {"ext-jane", "\xff", convoke.CodeInvalidField},
		"meeting long":   {"ext-jane", strings.Repeat("x", 256), convoke.CodeInvalidField},
	} {
		if _, _, err := b.ForKey(t.Context(), b.app, c.user, c.meeting, convoke.MeetingPatch{}); !convoke.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

func TestForKeyInParallel(t *testing.T) {
	t.Parallel()
	b := setup(t)
	second := b.newService(t)
	ids := make([]convoke.MeetingID, 40)
	made := make([]bool, len(ids))
	var all sync.WaitGroup
	for i := range ids {
		service := []*conference.Service{b.Service, second}[i%2]
		all.Go(func() {
			v, created, err := service.ForKey(t.Context(), b.app, "ext-jane", "key", convoke.MeetingPatch{})
			if err != nil {
				t.Error(err)
			}
			ids[i], made[i] = v.Meeting.ID, created
		})
	}
	all.Wait()
	count := 0
	for i := range ids {
		if ids[i] != ids[0] {
			t.Errorf("two meetings: %d and %d", ids[0], ids[i])
		}
		if made[i] {
			count++
		}
	}
	if count != 1 || len(b.events(t, convoke.EventMeetingCreated)) != 1 {
		t.Errorf("made %d times, %d events", count, len(b.events(t, convoke.EventMeetingCreated)))
	}
}

func TestUpdateEndDelete(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	id, room := v.Meeting.ID, host.Participant.Room
	b.must(t, b.Update(t.Context(), b.app, id, convoke.MeetingPatch{Topic: new("Other")}))
	wantCode(t, b.Update(t.Context(), b.app, id, convoke.MeetingPatch{Duration: new(0)}), convoke.CodeInvalidField)

	b.must(t, b.End(t.Context(), b.app, id))
	b.must(t, b.End(t.Context(), b.app, id)) // once more changes nothing
	if calls := b.media.take(); len(calls) != 1 || calls[0] != "close "+room {
		t.Errorf("media was told %q", calls)
	}
	b.state(t, host.Secret, conference.StateEnded)
	if now, err := b.Meeting(t.Context(), b.app, id); err != nil || now.Meeting.State != convoke.MeetingEnded || now.Meeting.Topic != "Other" {
		t.Errorf("meeting: %+v, %v", now.Meeting, err)
	}
	for name, want := range map[convoke.EventName]int{
		convoke.EventMeetingUpdated: 1, convoke.EventMeetingEnded: 1,
		convoke.EventMeetingParticipantJoined: 1, convoke.EventMeetingParticipantLeft: 1,
	} {
		if got := len(b.events(t, name)); got != want {
			t.Errorf("%d events %s, want %d", got, name, want)
		}
	}
	b.must(t, b.Delete(t.Context(), b.app, id))
	wantCode(t, b.Delete(t.Context(), b.app, id), convoke.CodeMeetingNotFound)
	if s, err := b.Session(t.Context(), host.Secret); err == nil && s.State != conference.StateEnded {
		t.Errorf("the session of a deleted meeting is %q", s.State)
	}
}

func TestDeleteOfARunningMeetingEndsIt(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	b.must(t, b.Delete(t.Context(), b.app, v.Meeting.ID))
	if calls := b.media.take(); len(calls) != 1 || calls[0] != "close "+host.Participant.Room {
		t.Errorf("media was told %q", calls)
	}
	if b.AllowSignal(t.Context(), host.Participant.Room, host.Participant.ID) == nil {
		t.Error("the host of a deleted meeting may connect")
	}
}

func TestPersonalMeeting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, err := b.Personal(t.Context(), b.app, b.host.Email)
	b.must(t, err)
	again, err := b.Personal(t.Context(), b.app, b.host.Email)
	b.must(t, err)
	if v.Meeting.ID != b.host.PMI || v.Meeting.Type != convoke.TypePersonal || again.Meeting.Passcode != v.Meeting.Passcode {
		t.Errorf("personal meeting: %+v, then %+v", v.Meeting, again.Meeting)
	}
	wantCode(t, b.Delete(t.Context(), b.app, b.host.PMI), convoke.CodePMIUndeletable)

	link := conference.Link{Kind: conference.LinkPersonal, Name: "JANE.link", Pwd: joinLink(t, v.JoinURL).Pwd}
	if s := b.join(t, link, "Ann"); s.State != conference.StateWaiting || s.Participant.Role != convoke.RoleAttendee {
		t.Errorf("guest by the personal link: %+v", s)
	}
	if v.Meeting.Passcode != "" || !v.Meeting.Settings.WaitingRoom {
		t.Errorf("who comes by a bare personal link waits to be admitted: %+v", v.Meeting)
	}
	link.Name = "nobody.here"
	_, err = b.Join(t.Context(), link, "Ann", "")
	wantCode(t, err, convoke.CodeMeetingNotFound)
}

func TestPersonalMeetingStartedByTokenAlone(t *testing.T) {
	t.Parallel()
	b := setup(t)
	zak, err := b.HostToken(t.Context(), b.app, string(b.cust.ID), 0)
	b.must(t, err)
	s := b.join(t, conference.Link{Kind: conference.LinkStart, MeetingID: b.cust.PMI, Zak: zak}, "")
	if s.State != conference.StateAdmitted || s.Participant.Role != convoke.RoleHost {
		t.Errorf("host of the personal meeting: %+v", s)
	}
}

func TestPersonalNumberThatChangedHands(t *testing.T) {
	t.Parallel()
	b := setup(t)
	former, err := b.Personal(t.Context(), b.app, b.host.Email)
	b.must(t, err)
	b.changeUser(t, b.host, func(u *convoke.User) { u.PMI = 2_345_678_999 })
	_, err = b.Join(t.Context(), joinLink(t, former.JoinURL), "Ann", "")
	wantCode(t, err, convoke.CodeMeetingNotFound)
	_, err = b.Join(t.Context(), startLink(t, former.StartURL), "", "")
	wantCode(t, err, convoke.CodeMeetingNotFound)

	b.changeUser(t, b.guest, func(u *convoke.User) { u.PMI = former.Meeting.ID })
	heir, err := b.Personal(t.Context(), b.app, b.guest.Email)
	b.must(t, err)
	if heir.Meeting.HostID != b.guest.ID || heir.Meeting.UUID == former.Meeting.UUID {
		t.Errorf("the number was handed on as %+v", heir.Meeting)
	}
	s := b.join(t, startLink(t, former.StartURL), "") // the old token: a user of the account, no more
	if s.Participant.Role != convoke.RoleAttendee {
		t.Errorf("the former owner comes as %q", s.Participant.Role)
	}
}

func TestHostTokenLife(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	cust, err := b.Schedule(t.Context(), b.app, string(b.cust.ID), convoke.MeetingPatch{})
	b.must(t, err)
	for _, ttl := range []time.Duration{-1, 366 * 24 * time.Hour} {
		_, err := b.HostToken(t.Context(), b.app, b.host.Email, ttl)
		wantCode(t, err, convoke.CodeInvalidField)
	}
	b.clock.advance(2*time.Hour - time.Second)
	_, err = b.Lobby(t.Context(), startLink(t, v.StartURL), "")
	b.must(t, err)
	b.clock.advance(time.Second)
	_, err = b.Lobby(t.Context(), startLink(t, v.StartURL), "")
	wantCode(t, err, convoke.CodeHostTokenExpired)
	b.clock.advance(90*24*time.Hour - 2*time.Hour - time.Second)
	_, err = b.Lobby(t.Context(), startLink(t, cust.StartURL), "")
	b.must(t, err)
	b.clock.advance(time.Second)
	_, err = b.Lobby(t.Context(), startLink(t, cust.StartURL), "")
	wantCode(t, err, convoke.CodeHostTokenExpired)
}

func TestOwnHostToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	mine := b.app
	mine.UserID, mine.Scopes = b.host.ID, convoke.Scopes{"user_zak:read"}
	zak, err := b.OwnHostToken(t.Context(), mine)
	b.must(t, err)
	link := conference.Link{Kind: conference.LinkStart, MeetingID: v.Meeting.ID, Zak: zak}
	if lobby, err := b.Lobby(t.Context(), link, ""); err != nil || lobby.Role != convoke.RoleHost {
		t.Errorf("%+v, %v", lobby, err)
	}
	_, err = b.HostToken(t.Context(), mine, string(b.guest.ID), 0)
	wantCode(t, err, convoke.CodeScopeMissing) // the scope is for one's own token only
	b.clock.advance(conference.OwnHostTokenLife)
	_, err = b.Lobby(t.Context(), link, "")
	wantCode(t, err, convoke.CodeHostTokenExpired)
}
