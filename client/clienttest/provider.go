// SPDX-License-Identifier: Apache-2.0

package clienttest

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/convoke/convoke/client"
)

// BaseURL begins every link that a Provider makes.
const BaseURL = "https://convoke.test"

// Provider is a client.Provider in memory. Make it with New; it is safe for
// concurrent use.
type Provider struct {
	lock     sync.Mutex
	users    map[string]*client.User // by user id
	bindings map[string]*binding     // by external id
	meetings []*meeting              // in the order they were made
	calls    []Call
	failures []error
	down     bool
	serial   int
}

var _ client.Provider = (*Provider)(nil)

type binding struct {
	userID     string
	generation int
}

type meeting struct {
	client.Meeting
	externalID string
}

// New returns a Provider with no users.
func New() *Provider {
	return &Provider{users: map[string]*client.User{}, bindings: map[string]*binding{}}
}

// Ensure implements client.Provider. It knows one action, custCreate, which is
// what the zero Action means here, and makes other actions' users as active as
// it does that one's.
func (p *Provider) Ensure(ctx context.Context, externalID string, person client.Person) (client.User, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if err := p.begin(ctx, Call{Method: "Ensure", ExternalID: externalID}); err != nil {
		return client.User{}, err
	}
	if err := checkPerson(externalID, person); err != nil {
		return client.User{}, err
	}
	bound := p.bindings[externalID]
	if holder := p.holder(person.Email); holder != nil && (bound == nil || holder.ID != bound.userID) {
		return client.User{}, emailTaken(person.Email, holder.ID)
	}
	if bound != nil && p.users[bound.userID] != nil {
		user := p.users[bound.userID]
		update(user, person)
		return *user, nil
	}
	return p.makeUser(externalID, person), nil
}

// holder returns who has the e-mail.
func (p *Provider) holder(email string) *client.User {
	if email == "" {
		return nil
	}
	for _, user := range p.users {
		if strings.EqualFold(user.Email, email) {
			return user
		}
	}
	return nil
}

// makeUser makes a user, binds it, and answers as the call that made it.
func (p *Provider) makeUser(externalID string, person client.Person) client.User {
	if p.bindings[externalID] == nil {
		p.bindings[externalID] = &binding{}
	}
	bound := p.bindings[externalID]
	bound.userID = rand.Text()[:22]
	bound.generation++
	user := client.User{
		ExternalID: externalID, ID: bound.userID, Generation: bound.generation,
		Action: person.Action, Type: person.Type, Status: client.StatusActive,
	}
	if user.Action == "" {
		user.Action = client.ActionCustCreate
	}
	if user.Type == 0 {
		user.Type = client.TypeLicensed
	}
	update(&user, person)
	if user.Email == "" {
		user.Email = strings.ToLower(user.ID) + "@users.convoke.invalid"
	}
	stored := user
	p.users[user.ID] = &stored
	user.Created = true
	return user
}

// update keeps what is there when the person says nothing.
func update(user *client.User, person client.Person) {
	for _, field := range []struct {
		to    *string
		value string
	}{
		{&user.Email, person.Email},
		{&user.FirstName, person.FirstName},
		{&user.LastName, person.LastName},
		{&user.DisplayName, person.DisplayName},
	} {
		if field.value != "" {
			*field.to = field.value
		}
	}
}

// Meeting implements client.Provider.
func (p *Provider) Meeting(ctx context.Context, externalID, meetingKey string, spec client.MeetingSpec) (client.Meeting, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if err := p.begin(ctx, Call{Method: "Meeting", ExternalID: externalID, MeetingKey: meetingKey}); err != nil {
		return client.Meeting{}, err
	}
	if err := checkKey("external_meeting_id", meetingKey); err != nil {
		return client.Meeting{}, err
	}
	host, err := p.bound(externalID)
	if err != nil {
		return client.Meeting{}, err
	}
	for _, m := range p.meetings {
		if m.HostID == host.ID && m.Key == meetingKey {
			return m.Meeting, nil
		}
	}
	if err := cmp.Or(mayHost(host), checkSpec(spec)); err != nil {
		return client.Meeting{}, err
	}
	return p.makeMeeting(host, meetingKey, spec), nil
}

func (p *Provider) makeMeeting(host *client.User, key string, spec client.MeetingSpec) client.Meeting {
	p.serial++
	m := client.Meeting{
		ID: 80_000_000_000 + int64(p.serial), Key: key, HostID: host.ID, Status: "waiting", Agenda: spec.Agenda,
		Topic:     cmp.Or(spec.Topic, "Meeting of "+cmp.Or(host.DisplayName, host.FirstName, host.Email)),
		StartTime: spec.StartTime, Duration: cmp.Or(spec.Duration, time.Hour),
		Timezone: cmp.Or(spec.Timezone, "UTC"), Passcode: cmp.Or(spec.Passcode, rand.Text()[:6]),
	}
	if now := time.Now().UTC().Truncate(time.Second); m.StartTime.Before(now) {
		m.StartTime = now
	}
	m.JoinURL = fmt.Sprintf("%s/j/%d?pwd=%s", BaseURL, m.ID, rand.Text())
	p.meetings = append(p.meetings, &meeting{m, host.ExternalID})
	m.Created = true
	return m
}

// HostURL implements client.Provider. Every link it makes is another one.
func (p *Provider) HostURL(ctx context.Context, meetingID int64) (string, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if err := p.begin(ctx, Call{Method: "HostURL", MeetingID: meetingID}); err != nil {
		return "", err
	}
	if _, err := p.find(meetingID); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s/s/%d?zak=%s", BaseURL, meetingID, rand.Text()), nil
}

// JoinURL implements client.Provider.
func (p *Provider) JoinURL(ctx context.Context, meetingID int64) (string, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if err := p.begin(ctx, Call{Method: "JoinURL", MeetingID: meetingID}); err != nil {
		return "", err
	}
	m, err := p.find(meetingID)
	if err != nil {
		return "", err
	}
	return m.JoinURL, nil
}

// bound returns the user of an external id.
func (p *Provider) bound(externalID string) (*client.User, error) {
	if err := checkKey("external_id", externalID); err != nil {
		return nil, err
	}
	if b := p.bindings[externalID]; b != nil && p.users[b.userID] != nil {
		return p.users[b.userID], nil
	}
	return nil, refuse(http.StatusNotFound, "binding_not_found", "No user is bound to this external id.")
}

func (p *Provider) find(meetingID int64) (*meeting, error) {
	i := slices.IndexFunc(p.meetings, func(m *meeting) bool { return m.ID == meetingID })
	if i < 0 {
		return nil, refuse(http.StatusNotFound, "meeting_not_found", fmt.Sprintf("Meeting does not exist: %d.", meetingID))
	}
	return p.meetings[i], nil
}
