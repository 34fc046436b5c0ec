// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// UserInfo is a user and the role, as the commands print it.
type UserInfo struct {
	UserID string `json:"user_id"`
	Email  string `json:"email"`
	Status string `json:"status"`
	Role   string `json:"role"` // owner, admin or member
}

// SetRole gives a user another role; user is an id or an e-mail.
func (a *Admin) SetRole(ctx context.Context, account, user, role string) (UserInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return UserInfo{}, err
	}
	wanted, err := convoke.ParseRole(role)
	if err != nil {
		return UserInfo{}, err
	}
	u, err := a.provision.SetRole(ctx, p, user, wanted)
	return UserInfo{string(u.ID), u.Email, string(u.Status), u.Role.Text()}, err
}
