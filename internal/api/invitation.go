// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// Invitations is what the door asks of package provision about pending users.
type Invitations interface {
	// User returns the user that ref names: an id or an e-mail.
	User(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error)
	// Invite sends a pending user a new activation link, which kills the old one.
	Invite(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error)
	// RevokeInvitation makes a pending user's activation links worthless.
	RevokeInvitation(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error)
}

// invitation is where a user stands with the activation, on the wire.
type invitation struct {
	UserID       convoke.UserID `json:"user_id"`
	Email        string         `json:"email"`
	Status       convoke.Status `json:"status"`
	StatusReason convoke.Reason `json:"status_reason"`
	ExpiresAt    string         `json:"expires_at,omitempty"` // of the latest link; absent without one
}

func newInvitation(u convoke.User) invitation {
	return invitation{u.ID, u.Email, u.Status, u.StatusReason, stamp(u.InvitedUntil)}
}

// findInvitation is GET /users/{user_id}/invitation.
func (a *api) findInvitation(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	return a.invitation(w, r, p, a.Invitations.User)
}

// sendInvitation is POST /users/{user_id}/invitation.
func (a *api) sendInvitation(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	return a.invitation(w, r, p, a.Invitations.Invite)
}

// revokeInvitation is DELETE /users/{user_id}/invitation.
func (a *api) revokeInvitation(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	return a.invitation(w, r, p, a.Invitations.RevokeInvitation)
}

// invitation answers with the user as the act leaves it.
func (a *api) invitation(
	w http.ResponseWriter, r *http.Request, p convoke.Principal, act func(context.Context, convoke.Principal, string) (convoke.User, error),
) error {
	u, err := act(r.Context(), p, r.PathValue("user_id"))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, newInvitation(u))
}
