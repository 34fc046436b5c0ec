// SPDX-License-Identifier: Apache-2.0

package portal

import "net/http"

// invite is POST /portal/api/users/{id}/invitation. It answers with the user.
func (d *door) invite(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	user, err := d.Invitations.Invite(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newUserView(user))
}

// revokeInvitation is DELETE /portal/api/users/{id}/invitation. It answers with
// the user, who stays pending.
func (d *door) revokeInvitation(w http.ResponseWriter, r *http.Request) error {
	p, err := d.administratorOf(r)
	if err != nil {
		return err
	}
	user, err := d.Invitations.RevokeInvitation(r.Context(), p, r.PathValue("id"))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newUserView(user))
}
