// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"net/url"

	"github.com/convoke/convoke/zoom"
)

func userPath(userID string) string { return "/v2/users/" + segment(userID) }

// DeleteUser deletes a user for good, with its meetings
// (DELETE /v2/users/{userId}). The next Ensure of the same external id makes a
// new one, a generation later. ErrNotFound: no such user, perhaps because an
// attempt whose answer was lost has done it.
func (c *Client) DeleteUser(ctx context.Context, userID string) error {
	if err := needKey("user_id", userID); err != nil {
		return err
	}
	_, err := c.do(ctx, del(userPath(userID), url.Values{"action": {"delete"}}))
	return err
}

// DeactivateUser bars a user from hosting and frees its seat, until
// ActivateUser (PUT /v2/users/{userId}/status).
func (c *Client) DeactivateUser(ctx context.Context, userID string) error {
	return c.setStatus(ctx, userID, zoom.Deactivate)
}

// ActivateUser undoes DeactivateUser.
func (c *Client) ActivateUser(ctx context.Context, userID string) error {
	return c.setStatus(ctx, userID, zoom.Activate)
}

func (c *Client) setStatus(ctx context.Context, userID string, action zoom.StatusAction) error {
	if err := needKey("user_id", userID); err != nil {
		return err
	}
	_, err := c.do(ctx, put(userPath(userID)+"/status", zoom.StatusRequest{Action: action}, nil))
	return err
}
