// SPDX-License-Identifier: Apache-2.0

package clienttest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"

	"github.com/convoke/convoke/client"
)

// Call is one call that a Provider has had.
type Call struct {
	Method     string // as Ensure
	ExternalID string
	MeetingKey string
	MeetingID  int64
}

// ErrDown is the error of every call while SetDown holds. It matches
// client.ErrUnavailable.
var ErrDown error = &client.Error{
	Code: client.CodeUnreachable, Message: "The server did not answer.", Err: errors.New("connection refused"),
}

// begin records the call and fails it when it is to fail.
func (p *Provider) begin(ctx context.Context, call Call) error {
	p.calls = append(p.calls, call)
	if err := ctx.Err(); err != nil {
		return &client.Error{Code: client.CodeUnreachable, Message: "The server did not answer.", Err: err}
	}
	if p.down {
		return ErrDown
	}
	if len(p.failures) == 0 {
		return nil
	}
	err := p.failures[0]
	p.failures = p.failures[1:]
	return err
}

// SetDown makes every call fail with ErrDown until it is set to false.
func (p *Provider) SetDown(down bool) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.down = down
}

// FailNext makes the coming calls fail with these errors, one each; a nil lets
// its call through. The failing call changes nothing.
func (p *Provider) FailNext(errs ...error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	p.failures = append(p.failures, errs...)
}

// Calls returns all calls so far, those that failed among them.
func (p *Provider) Calls() []Call {
	p.lock.Lock()
	defer p.lock.Unlock()
	return slices.Clone(p.calls)
}

// User returns who is bound to an external id.
func (p *Provider) User(externalID string) (client.User, bool) {
	p.lock.Lock()
	defer p.lock.Unlock()
	b := p.bindings[externalID]
	if b == nil || p.users[b.userID] == nil {
		return client.User{}, false
	}
	return *p.users[b.userID], true
}

// Users returns all users in the order of their external ids.
func (p *Provider) Users() []client.User {
	p.lock.Lock()
	defer p.lock.Unlock()
	users := make([]client.User, 0, len(p.users))
	for _, user := range p.users {
		users = append(users, *user)
	}
	slices.SortFunc(users, func(a, b client.User) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
	return users
}

// Meetings returns the meetings of an external id in the order they were made.
func (p *Provider) Meetings(externalID string) []client.Meeting {
	p.lock.Lock()
	defer p.lock.Unlock()
	var list []client.Meeting
	for _, m := range p.meetings {
		if m.externalID == externalID {
			list = append(list, m.Meeting)
		}
	}
	return list
}

// DeleteUser deletes a user with its meetings, as an operator would. The next
// Ensure makes another user. It implements Control.
func (p *Provider) DeleteUser(_ context.Context, userID string) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.users[userID] == nil {
		return noUser(userID)
	}
	delete(p.users, userID)
	p.meetings = slices.DeleteFunc(p.meetings, func(m *meeting) bool { return m.HostID == userID })
	return nil
}

// DeactivateUser bars a user from hosting. It implements Control.
func (p *Provider) DeactivateUser(_ context.Context, userID string) error {
	return p.setStatus(userID, client.StatusInactive)
}

// ActivateUser undoes DeactivateUser. It implements Control.
func (p *Provider) ActivateUser(_ context.Context, userID string) error {
	return p.setStatus(userID, client.StatusActive)
}

func (p *Provider) setStatus(userID string, status client.Status) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.users[userID] == nil {
		return noUser(userID)
	}
	p.users[userID].Status = status
	return nil
}

func noUser(userID string) error {
	return refuse(http.StatusNotFound, "user_not_found", "User does not exist: "+userID+".")
}
