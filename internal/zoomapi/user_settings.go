// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// UserSettings is what the door asks of package provision about a user's settings.
type UserSettings interface {
	// Settings returns a user's settings by section.
	Settings(ctx context.Context, p convoke.Principal, ref string) (map[string]any, error)
	// SetSettings changes the settings that raw names.
	SetSettings(ctx context.Context, p convoke.Principal, ref string, raw json.RawMessage) error
	// Permissions returns the names of what a user may administer.
	Permissions(ctx context.Context, p convoke.Principal, ref string) ([]string, error)
}

// readSettings: GET /v2/users/{userId}/settings.
func (a *api) readSettings(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := wholeSettings(r); err != nil {
		return err
	}
	settings, err := a.UserSettings.Settings(r.Context(), p, r.PathValue("userId"))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, settings)
}

// updateSettings: PATCH /v2/users/{userId}/settings.
func (a *api) updateSettings(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := wholeSettings(r); err != nil {
		return err
	}
	raw, err := decodeBody(w, r, &struct{}{})
	if err != nil {
		return err
	}
	if err := a.UserSettings.SetSettings(r.Context(), p, r.PathValue("userId"), raw); err != nil {
		return err
	}
	return done(w)
}

// wholeSettings refuses the query parameter option, which stands for another
// body: the account's options for authentication and security, which Convoke has not.
func wholeSettings(r *http.Request) error {
	if r.URL.Query().Get("option") == "" {
		return nil
	}
	return invalidField(zoom.FieldError{Field: "option", Message: "There are no such options here: leave option out."})
}

// readPermissions: GET /v2/users/{userId}/permissions.
func (a *api) readPermissions(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	permissions, err := a.UserSettings.Permissions(r.Context(), p, r.PathValue("userId"))
	if err != nil {
		return err
	}
	return reply(w, http.StatusOK, zoom.UserPermissions{Permissions: permissions})
}
