// SPDX-License-Identifier: Apache-2.0

package api

import "github.com/convoke/convoke/internal/convoke"

// user is a conferencing user on the wire.
type user struct {
	ID                 convoke.UserID    `json:"id"`
	Email              string            `json:"email"`
	FirstName          string            `json:"first_name"`
	LastName           string            `json:"last_name"`
	DisplayName        string            `json:"display_name"`
	Type               convoke.UserType  `json:"type"`
	Status             convoke.Status    `json:"status"`
	StatusReason       convoke.Reason    `json:"status_reason"`
	PMI                convoke.MeetingID `json:"pmi"`
	PersonalMeetingURL string            `json:"personal_meeting_url,omitempty"`
	CreatedAt          string            `json:"created_at"`
	UpdatedAt          string            `json:"updated_at"`
	LastLoginAt        string            `json:"last_login_at,omitempty"`
}

func (a *api) user(u convoke.User) user {
	w := user{
		ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, DisplayName: u.Name(),
		Type: u.Type, Status: u.Status, StatusReason: u.StatusReason, PMI: u.PMI,
		CreatedAt: stamp(u.CreatedAt), UpdatedAt: stamp(u.UpdatedAt), LastLoginAt: stamp(u.LastLoginAt),
	}
	if u.PersonalLink != "" {
		w.PersonalMeetingURL = convoke.PublicURL(a.PublicURL).Personal(u.PersonalLink)
	}
	return w
}
