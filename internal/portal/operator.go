// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

type overviewView struct {
	Account      accountView      `json:"account"`
	Capabilities capabilitiesView `json:"capabilities"`
	Seats        seatsView        `json:"seats"`
	Users        censusView       `json:"users"`
}

type capabilitiesView struct {
	Actions []convoke.Capability `json:"actions"`
}

type seatsView struct {
	Mode     convoke.SeatMode  `json:"mode"`
	Licensed convoke.Allowance `json:"licensed"`
	Basic    convoke.Allowance `json:"basic"`
}

type censusView struct {
	Active   int64 `json:"active"`
	Inactive int64 `json:"inactive"`
	Pending  int64 `json:"pending"`
}

// administratorOf returns who is signed in and looks after the account: the
// operator, the owner or an admin. Others get CodeNotOperator.
func (d *door) administratorOf(r *http.Request) (convoke.Principal, error) {
	p, err := d.caller(r)
	if err != nil {
		return convoke.Principal{}, err
	}
	return p, p.RequireAdministrator()
}

// overview is GET /portal/api/overview.
func (d *door) overview(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	account, capabilities, err := d.Users.Capabilities(r.Context(), p)
	if err != nil {
		return err
	}
	seats, err := d.Users.Seats(r.Context(), p)
	if err != nil {
		return err
	}
	census, err := d.Users.Census(r.Context(), p)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, overviewView{
		Account:      accountView{account.ID, account.Name},
		Capabilities: capabilitiesView{capabilities},
		Seats:        seatsView{seats.Mode, seats.Licensed(), seats.Basic()},
		Users:        censusView{census.Active, census.Inactive, census.Pending},
	})
}

type userView struct {
	ID           convoke.UserID   `json:"id"`
	Email        string           `json:"email"`
	DisplayName  string           `json:"display_name"`
	Action       convoke.Action   `json:"action"`
	Type         convoke.UserType `json:"type"`
	Role         string           `json:"role"` // owner, admin or member
	Status       convoke.Status   `json:"status"`
	StatusReason convoke.Reason   `json:"status_reason"`
	InvitedUntil *time.Time       `json:"invited_until"` // of the latest link; null without one
	CreatedAt    time.Time        `json:"created_at"`
	LastLoginAt  *time.Time       `json:"last_login_at"`
}

// users is GET /portal/api/users.
func (d *door) users(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	list := provision.UserList{Token: query(r, "next_page_token")}
	if status := query(r, "status"); status != "" {
		if list.Status, err = convoke.ParseStatus(status); err != nil {
			return err
		}
	}
	page, err := d.Users.Users(r.Context(), p, list)
	if err != nil {
		return err
	}
	views := make([]userView, 0, len(page.Users))
	for _, u := range page.Users {
		views = append(views, newUserView(u))
	}
	return write(w, http.StatusOK, map[string]any{"users": views, "next_page_token": page.Next, "total": page.Total})
}

func newUserView(u convoke.User) userView {
	return userView{
		u.ID, u.Email, u.Name(), u.Action, u.Type, u.Role.Text(), u.Status, u.StatusReason, optional(u.InvitedUntil), u.CreatedAt, optional(u.LastLoginAt),
	}
}

// optional makes a zero time null on the wire.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// setStatus is PUT /portal/api/users/{id}/status.
func (d *door) setStatus(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	var body struct{ Action string }
	if err := read(w, r, &body); err != nil {
		return err
	}
	if body.Action != "activate" && body.Action != "deactivate" {
		return convoke.Invalid(convoke.CodeInvalidField, "action", "The action must be activate or deactivate.")
	}
	return nothing(w, d.Users.SetStatus(r.Context(), p, r.PathValue("id"), body.Action == "activate"))
}
