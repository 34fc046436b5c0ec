// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"testing"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// A ticket is spent, and yet the browser that spent it can load the page again,
// as often as it likes, while the meeting runs.
func TestTheBrowserOfATicketComesBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	url, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{DisplayName: "Cora", Role: convoke.RoleCohost})
	b.must(t, err)
	link := ticketLink(t, url)
	first := b.join(t, link, "")
	for range 20 {
		b.clock.advance(time.Minute) // long past the ticket's own life
		link.Sessions = []string{"forged", first.Secret}
		lobby, err := b.Lobby(t.Context(), link)
		b.must(t, err)
		again := b.join(t, link, "Somebody Else")
		if lobby.Role != convoke.RoleCohost || again.Participant.Role != convoke.RoleCohost || again.Participant.Name != "Cora" ||
			again.State != conference.StateAdmitted || again.Participant.ID == first.Participant.ID {
			t.Fatalf("came back as %+v", again.Participant)
		}
		first = again
	}
	b.must(t, b.EndForAll(t.Context(), host.Secret))
	b.clock.advance(time.Minute)
	b.join(t, startLink(t, v.StartURL), "")
	_, err = b.Join(t.Context(), link, "")
	wantCode(t, err, convoke.CodeTicketUsed)
}

func TestNobodyElseComesBackByATicket(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, host := b.started(t, `{}`)
	ticket := func(r conference.TicketRequest) conference.Link {
		b.clock.advance(time.Second)
		url, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, r)
		b.must(t, err)
		return ticketLink(t, url)
	}
	spent := ticket(conference.TicketRequest{DisplayName: "Boss", Role: convoke.RoleHost})
	boss := b.join(t, spent, "")
	others := ticket(conference.TicketRequest{DisplayName: "Ann"})
	ann := b.join(t, others, "")
	guest := b.join(t, joinLink(t, v.JoinURL), "Gary")
	for name, sessions := range map[string][]string{
		"no session":          nil,
		"another's session":   {ann.Secret, guest.Secret, host.Secret},
		"an id alone":         {string(boss.Participant.ID)},
		"another's signature": {string(boss.Participant.ID) + ann.Secret[22:]},
		"odd bytes":           {"\xff.\x00", ""},
	} {
		link := spent
		link.Sessions = sessions
		_, err := b.Join(t.Context(), link, "")
		if !convoke.HasCode(err, convoke.CodeTicketUsed) {
			t.Errorf("%s: %v", name, err)
		}
	}
	others.Sessions = []string{ann.Secret}
	b.must(t, b.RemoveParticipant(t.Context(), host.Secret, ann.Participant.ID))
	_, err := b.Join(t.Context(), others, "")
	wantCode(t, err, convoke.CodeRemoved)
}
