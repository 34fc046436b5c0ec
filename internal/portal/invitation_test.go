// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"fmt"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestTheOperatorRevokesAndRenewsInvitations(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := w.asOperator(t)
	pending := w.user(t, convoke.Request{Action: "create", Email: "ada@acme.example"})
	path := fmt.Sprintf("/portal/api/users/%s/invitation", pending.ID)
	old := w.code(t, pending.ID)
	type user struct {
		Status       string
		StatusReason string  `json:"status_reason"`
		InvitedUntil *string `json:"invited_until"`
	}
	for range 2 { // the second time there is nothing left to revoke
		got := decoded[user](t, w.call(t, "DELETE", path, "", operator), 200)
		if got.Status != "pending" || got.StatusReason != "invitation_revoked" || got.InvitedUntil != nil {
			t.Errorf("revoked: %+v", got)
		}
	}
	wantProblem(t, w.get(t, "/portal/api/activation/"+old), 410, convoke.CodeInvitationRevoked)
	got := decoded[user](t, w.post(t, path, "", operator), 200)
	if got.StatusReason != "invitation_not_accepted" || got.InvitedUntil == nil {
		t.Errorf("renewed: %+v", got)
	}
	wantStatus(t, w.get(t, "/portal/api/activation/"+w.code(t, pending.ID)), 200)
	stranger := w.newAccount(t, "Other").asOperator(t)
	for _, method := range []string{"POST", "DELETE"} {
		active := fmt.Sprintf("/portal/api/users/%s/invitation", w.host.ID)
		wantProblem(t, w.call(t, method, active, "", operator), 409, convoke.CodeStatusUnchanged)
		wantProblem(t, w.call(t, method, "/portal/api/users/me/invitation", "", operator), 404, convoke.CodeUserNotFound)
		wantProblem(t, w.call(t, method, path, "", stranger), 404, convoke.CodeUserNotFound)
	}
}
