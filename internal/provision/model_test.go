// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

// TestUsersFollowTheModel walks random sequences of calls against a small model
// of what they must do. After each, the account is held against the model and
// against what must hold in any state.
func TestUsersFollowTheModel(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, store.Config{Path: filepath.Join(t.TempDir(), "convoke.db"), FullSync: new(false)})
	rapid.Check(t, func(rt *rapid.T) {
		m := &model{
			world: newWorldOn(t, db, partner), t: t, users: map[convoke.UserID]*person{}, bindings: map[string]*binding{},
		}
		rt.Repeat(map[string]func(*rapid.T){
			"Ensure":    m.ensure,
			"Bind":      m.bind,
			"Update":    m.update,
			"SetStatus": m.setStatus,
			"Remove":    m.remove,
			"Unbind":    m.unbind,
			"Invite":    m.invite,
			"Revoke":    m.revoke,
			"Wait":      m.wait,
			"Activate":  m.activate,
			"":          m.holds,
		})
	})
}

// model is what the account must look like.
type model struct {
	*world

	t        *testing.T
	users    map[convoke.UserID]*person
	bindings map[string]*binding
	made     int // users ever
}

// person is a user: the links are all that were sent, the last alone works.
type person struct {
	email     string
	firstName string
	action    convoke.Action
	status    convoke.Status
	reason    convoke.Reason // while no time has passed
	until     time.Time      // the latest link's end, while it is open
	invites   convoke.Daily  // those after the first
}

// invitedAgain reports whether another invitation is allowed, and counts it.
func (p *person) invitedAgain(now time.Time) bool {
	if day := now.Unix() / (24 * 60 * 60); p.invites.Day != day {
		p.invites = convoke.Daily{Day: day}
	}
	if p.invites.Count == convoke.MaxInvitations {
		return false
	}
	p.invites.Count++
	return true
}

// renames reports whether the request gives the person another address, and
// whether that sends them an invitation.
func (p *person) renames(r convoke.Request) (renamed, invited bool) {
	renamed = r.Email != "" && r.Email != p.email
	return renamed, renamed && p.status == convoke.StatusPending && p.reason != convoke.ReasonInvitationRevoked
}

// asOf is the reason that everyone must see at the time.
func (p person) asOf(now time.Time) convoke.Reason {
	if p.status == convoke.StatusPending && !p.until.IsZero() && !now.Before(p.until) {
		return convoke.ReasonInvitationExpired
	}
	return p.reason
}

// binding is an external id's; the user may be gone.
type binding struct {
	user       convoke.UserID
	generation int
}

var (
	someIDs    = rapid.SampledFrom([]string{"1", "2", "3", "4"})
	someEmails = rapid.SampledFrom([]string{"a@example.com", "b@example.com", "c@example.com"})
	someNames  = rapid.SampledFrom([]string{"Ada", "Ben"})
	someMakers = rapid.SampledFrom([]string{"", "create", "custCreate"})
)

// draw chooses one of the users there are; it may be a stranger.
func (m *model) draw(rt *rapid.T) (convoke.UserID, *person) {
	ids := append(slices.Sorted(maps.Keys(m.users)), "nobody")
	id := rapid.SampledFrom(ids).Draw(rt, "user")
	return id, m.users[id]
}

func (m *model) holder(email string) convoke.UserID {
	for id, p := range m.users {
		if p.email == email {
			return id
		}
	}
	return ""
}

// live returns the user of an external id, unless there is none any more.
func (m *model) live(externalID string) *person {
	if b := m.bindings[externalID]; b != nil {
		return m.users[b.user]
	}
	return nil
}

func (m *model) want(rt *rapid.T, err error, code convoke.Code) {
	rt.Helper()
	if code == "" && err != nil || code != "" && !convoke.HasCode(err, code) {
		rt.Fatalf("the error is %v, want %q", err, code)
	}
}

func (m *model) ensure(rt *rapid.T) {
	externalID, action := someIDs.Draw(rt, "external id"), someMakers.Draw(rt, "action")
	request := bound(externalID, "")
	request.Action, request.FirstName = action, someNames.Draw(rt, "name")
	if action == "create" || rapid.Bool().Draw(rt, "with e-mail") {
		request.Email = someEmails.Draw(rt, "e-mail")
	}
	decision, err := m.Ensure(context.Background(), m.app, request)
	known, holder := m.live(externalID), m.holder(request.Email)
	if holder != "" && m.users[holder] != known {
		m.want(rt, err, convoke.CodeEmailTaken)
		if blocking(err) != holder {
			rt.Fatalf("the conflict names %s, want %s", blocking(err), holder)
		}
		return
	}
	if known != nil {
		if _, invited := known.renames(request); invited && !known.invitedAgain(m.clock.Now()) {
			m.want(rt, err, convoke.CodeRateInvites)
			return
		}
		m.want(rt, err, "")
		m.refreshed(rt, externalID, known, request, decision)
		return
	}
	m.want(rt, err, "")
	m.created(rt, externalID, request, decision)
}

// refreshed: the same external id is the same user for as long as that user lives.
func (m *model) refreshed(rt *rapid.T, externalID string, known *person, r convoke.Request, d convoke.Decision) {
	renamed, invited := known.renames(r)
	changes := renamed || r.FirstName != known.firstName
	if d.User.ID != m.bindings[externalID].user || d.Created() || (d.Outcome == convoke.OutcomeUpdated) != changes {
		rt.Fatalf("%s of user %s; %q belongs to %s, who changes: %t", d.Outcome, d.User.ID, externalID, m.bindings[externalID].user, changes)
	}
	known.firstName = r.FirstName
	if renamed {
		known.email = r.Email
	}
	if invited {
		known.until = m.clock.Now().Add(convoke.InvitationLife)
	}
}

// created: a user nobody has seen, one generation after the one before.
func (m *model) created(rt *rapid.T, externalID string, r convoke.Request, d convoke.Decision) {
	generation := 1
	if b := m.bindings[externalID]; b != nil {
		generation = b.generation + 1
	}
	if !d.Created() || d.Binding.Generation != generation || m.users[d.User.ID] != nil {
		rt.Fatalf("%s of user %s with generation %d, want a new user of generation %d", d.Outcome, d.User.ID, d.Binding.Generation, generation)
	}
	m.made++
	p := &person{email: d.User.Email, firstName: r.FirstName, action: convoke.ActionCustCreate, status: convoke.StatusActive}
	if r.Action == "create" {
		p.action, p.status, p.reason = convoke.ActionCreate, convoke.StatusPending, convoke.ReasonInvited
		p.until = m.clock.Now().Add(convoke.InvitationLife)
	}
	m.users[d.User.ID], m.bindings[externalID] = p, &binding{d.User.ID, generation}
}

func (m *model) bind(rt *rapid.T) {
	externalID := someIDs.Draw(rt, "external id")
	id, p := m.draw(rt)
	d, err := m.Ensure(context.Background(), m.app, convoke.Request{Source: convoke.SourceApp, ExternalID: externalID, UserID: id})
	b, elsewhere := m.bindings[externalID], ""
	for other, b := range m.bindings {
		if b.user == id && p != nil && other != externalID {
			elsewhere = other
		}
	}
	switch {
	case p == nil:
		m.want(rt, err, convoke.CodeUserNotFound)
	case m.live(externalID) == p:
		m.want(rt, err, "")
	case m.live(externalID) != nil || elsewhere != "":
		m.want(rt, err, convoke.CodeBoundElsewhere)
	default:
		m.want(rt, err, "")
		generation := 1
		if b != nil {
			generation = b.generation + 1
		}
		if d.Outcome != convoke.OutcomeBound || d.Binding.Generation != generation {
			rt.Fatalf("%s with generation %d, want %d", d.Outcome, d.Binding.Generation, generation)
		}
		m.bindings[externalID] = &binding{id, generation}
	}
}

func (m *model) update(rt *rapid.T) {
	id, p := m.draw(rt)
	name := someNames.Draw(rt, "name")
	_, err := m.Update(context.Background(), m.app, string(id), convoke.UserPatch{FirstName: &name})
	if p == nil {
		m.want(rt, err, convoke.CodeUserNotFound)
		return
	}
	m.want(rt, err, "")
	p.firstName = name
}

func (m *model) setStatus(rt *rapid.T) {
	id, p := m.draw(rt)
	active := rapid.Bool().Draw(rt, "active")
	err := m.SetStatus(context.Background(), m.app, string(id), active)
	switch {
	case p == nil:
		m.want(rt, err, convoke.CodeUserNotFound)
	case p.status == convoke.StatusPending:
		m.want(rt, err, convoke.CodeUserPending)
	case !active:
		m.want(rt, err, "")
		p.status, p.reason = convoke.StatusInactive, convoke.ReasonDeactivated
	default:
		m.want(rt, err, "")
		p.status, p.reason = convoke.StatusActive, ""
	}
}

func (m *model) remove(rt *rapid.T) {
	id, p := m.draw(rt)
	how := rapid.SampledFrom([]convoke.Removal{convoke.Delete, convoke.Disassociate}).Draw(rt, "how")
	err := m.Remove(context.Background(), m.app, string(id), how)
	switch {
	case p == nil:
		m.want(rt, err, convoke.CodeUserNotFound)
	case how == convoke.Disassociate && p.action == convoke.ActionCustCreate:
		m.want(rt, err, convoke.CodeCannotUnlink)
	default:
		m.want(rt, err, "")
		delete(m.users, id)
	}
}

func (m *model) unbind(rt *rapid.T) {
	externalID := someIDs.Draw(rt, "external id")
	err := m.Unbind(context.Background(), m.app, convoke.SourceApp, externalID)
	if m.bindings[externalID] == nil {
		m.want(rt, err, convoke.CodeBindingNotFound)
		return
	}
	m.want(rt, err, "")
	delete(m.bindings, externalID)
}

func (m *model) invite(rt *rapid.T) {
	id, p := m.draw(rt)
	err := m.world.invite(context.Background(), string(id))
	switch {
	case p == nil:
		m.want(rt, err, convoke.CodeUserNotFound)
	case p.status != convoke.StatusPending:
		m.want(rt, err, convoke.CodeStatusUnchanged)
	case !p.invitedAgain(m.clock.Now()):
		m.want(rt, err, convoke.CodeRateInvites)
	default:
		m.want(rt, err, "")
		p.reason, p.until = convoke.ReasonInvited, m.clock.Now().Add(convoke.InvitationLife)
	}
}

func (m *model) revoke(rt *rapid.T) {
	id, p := m.draw(rt)
	_, err := m.RevokeInvitation(context.Background(), m.app, string(id))
	switch {
	case p == nil:
		m.want(rt, err, convoke.CodeUserNotFound)
	case p.status != convoke.StatusPending:
		m.want(rt, err, convoke.CodeStatusUnchanged)
	default:
		m.want(rt, err, "")
		p.reason, p.until = convoke.ReasonInvitationRevoked, time.Time{}
	}
}

// wait lets links lapse: two waits are longer than the life of one.
func (m *model) wait(*rapid.T) { m.clock.advance(convoke.InvitationLife/2 + time.Hour) }

// activate tries any link that the person was ever sent.
func (m *model) activate(rt *rapid.T) {
	id, p := m.draw(rt)
	codes := m.codes(m.t, id)
	if len(codes) == 0 {
		rt.Skip("nobody invited this user")
	}
	i := rapid.IntRange(0, len(codes)-1).Draw(rt, "link")
	user, err := m.Activate(context.Background(), "192.0.2.7", codes[i], goodPassword)
	switch {
	case p == nil:
		m.want(rt, err, convoke.CodeInvitationNotFound)
	case i < len(codes)-1:
		m.want(rt, err, convoke.CodeInvitationRevoked)
	case p.status != convoke.StatusPending:
		m.want(rt, err, convoke.CodeInvitationUsed)
	case p.reason == convoke.ReasonInvitationRevoked:
		m.want(rt, err, convoke.CodeInvitationRevoked)
	case p.asOf(m.clock.Now()) == convoke.ReasonInvitationExpired:
		m.want(rt, err, convoke.CodeInvitationExpired)
	default:
		m.want(rt, err, "")
		if user.ID != id {
			rt.Fatalf("the link of %s activated %s", id, user.ID)
		}
		p.status, p.reason, p.until = convoke.StatusActive, "", time.Time{}
	}
}

// holds compares the account with the model.
func (m *model) holds(rt *rapid.T) {
	p := m.picture(m.t)
	if len(p.users) != len(m.users) {
		rt.Fatalf("the store has %d users, the model %d", len(p.users), len(m.users))
	}
	for _, u := range p.users {
		want := m.users[u.ID]
		if want == nil {
			rt.Fatalf("the store has %+v, whom the model does not know", u)
		}
		got := person{u.Email, u.FirstName, u.Action, u.Status, u.StatusReason, u.InvitedUntil, u.DayCounts.Invites}
		if !reflect.DeepEqual(got, *want) {
			rt.Fatalf("the user is %+v, want %+v", got, *want)
		}
		seen := m.user(m.t, u.ID)
		if seen.StatusReason != want.asOf(m.clock.Now()) {
			rt.Fatalf("the reason is %q, want %q", seen.StatusReason, want.asOf(m.clock.Now()))
		}
		reasons := convoke.ReasonsOf(u.Status)
		if u.Status == convoke.StatusActive && seen.StatusReason != "" || u.Status != convoke.StatusActive && !slices.Contains(reasons, seen.StatusReason) {
			rt.Fatalf("status %s has the reason %q, which is none of %q", u.Status, seen.StatusReason, reasons)
		}
	}
	bindings := map[string]*binding{}
	for _, b := range p.bindings {
		bindings[b.ExternalID] = &binding{b.UserID, b.Generation}
	}
	if !reflect.DeepEqual(bindings, m.bindings) {
		rt.Fatalf("the bindings are %s, want %s", show(bindings), show(m.bindings))
	}
	seats, census := p.recount()
	if seats != p.seats.Used || census != p.census {
		rt.Fatalf("the counters say %+v %+v, a recount %+v %+v", p.seats, p.census, seats, census)
	}
	if got := len(m.events(m.t, convoke.EventUserCreated)); got != m.made {
		rt.Fatalf("%d events tell of a new user, %d were made", got, m.made)
	}
}

func show(bindings map[string]*binding) string {
	text := ""
	for _, id := range slices.Sorted(maps.Keys(bindings)) {
		text += fmt.Sprintf("%s:%+v ", id, *bindings[id])
	}
	return text
}
