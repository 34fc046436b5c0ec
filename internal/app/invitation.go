// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// InvitationInfo is where a pending user stands, as the commands print it.
type InvitationInfo struct {
	UserID    string     `json:"user_id"`
	Email     string     `json:"email"`
	Status    string     `json:"status"`
	Reason    string     `json:"status_reason"`
	ExpiresAt *time.Time `json:"expires_at"` // null: no link works
}

func newInvitationInfo(u convoke.User) InvitationInfo {
	info := InvitationInfo{UserID: string(u.ID), Email: u.Email, Status: string(u.Status), Reason: string(u.StatusReason)}
	if !u.InvitedUntil.IsZero() {
		info.ExpiresAt = &u.InvitedUntil
	}
	return info
}

// Invite sends a pending user a new activation link; user is an id or an e-mail.
func (a *Admin) Invite(ctx context.Context, account, user string) (InvitationInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return InvitationInfo{}, err
	}
	u, err := a.provision.Invite(ctx, p, user)
	return newInvitationInfo(u), err
}

// RevokeInvitation makes a pending user's activation links worthless.
func (a *Admin) RevokeInvitation(ctx context.Context, account, user string) (InvitationInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return InvitationInfo{}, err
	}
	u, err := a.provision.RevokeInvitation(ctx, p, user)
	return newInvitationInfo(u), err
}

// EachInvitation calls each for every pending user of the account, page by page,
// until each returns an error.
func (a *Admin) EachInvitation(ctx context.Context, account string, each func(InvitationInfo) error) error {
	p, err := a.principal(ctx, account)
	if err != nil {
		return err
	}
	list := provision.UserList{Status: convoke.StatusPending, Size: provision.MaxPageSize}
	for {
		page, err := a.provision.Users(ctx, p, list)
		if err != nil {
			return err
		}
		for _, u := range page.Users {
			if err := each(newInvitationInfo(u)); err != nil {
				return err
			}
		}
		if list.Token = page.Next; list.Token == "" {
			return nil
		}
	}
}
