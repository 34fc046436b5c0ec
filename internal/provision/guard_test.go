// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// TestNoAppBecomesAnAdminByWayOfOne has an app that may do everything try to take
// the owner's and an admin's sign-in over, or to put them out.
func TestNoAppBecomesAnAdminByWayOfOne(t *testing.T) {
	t.Parallel()
	for _, role := range []convoke.AccountRole{convoke.AccountOwner, convoke.AccountAdmin} {
		w, operator := newWorld(t, everything), convoke.Operator("")
		operator.AccountID = w.id
		_, err := w.AddDomain(t.Context(), operator, "example.com", true)
		check(t, err)
		request := bound("1", "ada@example.com")
		request.Action, request.Password = string(convoke.ActionAutoCreate), goodPassword
		ada := w.made(t, request)
		_, err = w.SetRole(t.Context(), operator, string(ada.ID), role)
		check(t, err)

		before := w.picture(t)
		for name, try := range map[string]func() error{
			"password": func() error { return w.SetPassword(t.Context(), w.app, string(ada.ID), "Another-Day-42") },
			"e-mail":   func() error { return w.SetEmail(t.Context(), w.app, string(ada.ID), "mallory@example.com") },
			"ensure": func() error {
				_, err := w.Ensure(t.Context(), w.app, bound("1", "mallory@example.com"))
				return err
			},
			"directory": func() error {
				return changeEntry(t, w, ada.ID, convoke.EntryPatch{Email: "mallory@example.com"})
			},
			"deactivation": func() error { return w.SetStatus(t.Context(), w.app, string(ada.ID), false) },
			"activation":   func() error { return w.SetStatus(t.Context(), w.app, string(ada.ID), true) },
			"removal":      func() error { return w.Remove(t.Context(), w.app, string(ada.ID), convoke.Delete) },
		} {
			if err := try(); !convoke.HasCode(err, convoke.CodeRoleGuarded) {
				t.Errorf("%s of the %s: %v", name, role, err)
			}
		}
		w.unchanged(t, before)

		_, err = w.Ensure(t.Context(), w.app, bound("1", "ada@example.com"))
		check(t, err)
		check(t, w.SetPassword(t.Context(), operator, string(ada.ID), "Another-Day-42"))
		check(t, w.Remove(t.Context(), operator, string(ada.ID), convoke.Delete))
	}
}

// TestADirectoryPutsAnAdminOutForGood: who has left must not stay in for being an
// admin, and whoever can push to the account brings no admin back.
func TestADirectoryPutsAnAdminOutForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	ada, ben := w.made(t, bound("1", "ada@example.com")), w.made(t, bound("2", "ben@example.com"))
	_, err := w.SetRole(t.Context(), convoke.Operator(w.id), string(ada.ID), convoke.AccountOwner)
	check(t, err)
	_, err = w.SetRole(t.Context(), convoke.Operator(w.id), string(ben.ID), convoke.AccountAdmin)
	check(t, err)

	wantCode(t, changeEntry(t, w, ada.ID, convoke.EntryPatch{Active: new(false)}), convoke.CodeRoleGuarded)
	check(t, changeEntry(t, w, ben.ID, convoke.EntryPatch{Active: new(false)}))
	wantCode(t, changeEntry(t, w, ben.ID, convoke.EntryPatch{Active: new(true)}), convoke.CodeRoleGuarded)
	if got := w.user(t, ben.ID).Status; got != convoke.StatusInactive {
		t.Errorf("the admin who left is %s", got)
	}
}

func changeEntry(t *testing.T, w *world, id convoke.UserID, patch convoke.EntryPatch) error {
	t.Helper()
	_, err := w.ChangeEntry(t.Context(), w.app, id, func(convoke.Entry) (convoke.EntryPatch, error) { return patch, nil })
	return err
}
