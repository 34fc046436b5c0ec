// SPDX-License-Identifier: Apache-2.0

package storetest

import "github.com/convoke/convoke/internal/convoke"

// invited makes a pending user and returns it with its activation link.
func (w *world) invited() (convoke.User, convoke.InvitationID) {
	w.Helper()
	d, err := w.ensure(w.account, convoke.Request{Action: "create", Email: newID() + "@example.com"})
	w.must(err)
	return d.User, d.Change.Invitation.ID
}

func (w *world) accept(user convoke.UserID, id convoke.InvitationID) error {
	invitation, err := w.db.Invitation(w.ctx(), id)
	if err != nil {
		return err
	}
	return w.byUser(w.account, user, func(u convoke.User) (convoke.Change, error) {
		return convoke.Accept(u, invitation, "new hash", w.mark())
	})
}

var invitationTests = map[string]func(*world){
	"stored": func(w *world) {
		user, id := w.invited()
		got, err := w.db.Invitation(w.ctx(), id)
		w.must(err)
		want := convoke.Invitation{
			ID: id, AccountID: w.account.ID, UserID: user.ID, Email: user.Email,
			CreatedAt: now, ExpiresAt: now.Add(convoke.InvitationLife),
		}
		if got != want {
			w.Errorf("read back %+v, want %+v", got, want)
		}
		_, err = w.db.Invitation(w.ctx(), "nobody")
		w.wantCode(err, convoke.CodeInvitationNotFound)
	},
	"spent once by 20 at the same time": func(w *world) {
		user, id := w.invited()
		done := 0
		for _, err := range parallel(20, func(int) error { return w.accept(user.ID, id) }) {
			if err == nil {
				done++
			} else {
				w.wantCode(err, convoke.CodeInvitationUsed)
			}
		}
		if done != 1 {
			w.Errorf("accepted %d times", done)
		}
		if got := w.user(user.ID); got.Status != convoke.StatusActive || got.PasswordHash != "new hash" {
			w.Errorf("user is %+v", got)
		}
	},
	"spent, though it was read before": func(w *world) {
		user, id := w.invited()
		stale, err := w.db.Invitation(w.ctx(), id)
		w.must(err)
		w.must(w.accept(user.ID, id))
		err = w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
			u.Status = convoke.StatusPending // so that the store alone refuses
			return convoke.Accept(u, stale, "other hash", w.mark())
		})
		w.wantCode(err, convoke.CodeInvitationUsed)
		if got := w.user(user.ID); got.PasswordHash != "new hash" {
			w.Errorf("the password was overwritten")
		}
	},
	"revoked by a newer one": func(w *world) {
		user, old := w.invited()
		fresh := newFresh()
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) { return convoke.Invite(u, fresh, w.mark()) }))
		w.wantCode(w.accept(user.ID, old), convoke.CodeInvitationRevoked)
		w.must(w.accept(user.ID, fresh.InvitationID))
	},
	"withdrawn": func(w *world) {
		user, id := w.invited()
		if got := w.user(user.ID); !got.InvitedUntil.Equal(now.Add(convoke.InvitationLife)) {
			w.Errorf("the link is said to work until %s", got.InvitedUntil)
		}
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) { return convoke.RevokeInvitation(u, w.mark()) }))
		w.wantCode(w.accept(user.ID, id), convoke.CodeInvitationRevoked)
		if got := w.user(user.ID); got.StatusReason != convoke.ReasonInvitationRevoked || !got.InvitedUntil.IsZero() {
			w.Errorf("user is %+v", got)
		}
		if stored, err := w.db.Invitation(w.ctx(), id); err != nil || stored.RevokedAt.IsZero() {
			w.Errorf("the link is %+v: %v", stored, err)
		}
	},
	"gone with its user": func(w *world) {
		user, id := w.invited()
		w.remove(user.ID)
		_, err := w.db.Invitation(w.ctx(), id)
		w.wantCode(err, convoke.CodeInvitationNotFound)
	},
}
