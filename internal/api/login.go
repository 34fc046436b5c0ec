// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// Logins is what the door asks of package provision about how users get in.
type Logins interface {
	// RevokeTokens signs a user out and makes the host tokens and tickets that
	// there are worthless.
	RevokeTokens(ctx context.Context, p convoke.Principal, ref string) error
}

// revokeTokens is DELETE /users/{user_id}/tokens.
func (a *api) revokeTokens(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Logins.RevokeTokens(r.Context(), p, r.PathValue("user_id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
