// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/zoom"
)

// Features is what the door asks of package provision about changing many users.
type Features interface {
	// SetTypes gives each user that a reference names the licence.
	SetTypes(ctx context.Context, p convoke.Principal, refs []string, t convoke.UserType) ([]provision.TypeResult, error)
}

// The reasons of POST /v2/users/features, in its enum's spelling.
const (
	reasonNotFound  = "Users not found"
	reasonSeats     = "Not enough seats"
	reasonUnchanged = "No need to update"
	reasonBasic     = "Not allowed to add basic users"
)

// featureTypes are the licences that many users can be given at once: not 99,
// which a user has from custCreate only.
var featureTypes = []zoom.UserType{zoom.TypeBasic, zoom.TypeLicensed, zoom.TypeUnassigned}

// updateFeatures: POST /v2/users/features. The licence is the only feature there is.
func (a *api) updateFeatures(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var body zoom.FeaturesRequest
	if _, err := decodeBody(w, r, &body); err != nil {
		return err
	}
	err := required(need{"feature_type", body.FeatureType != ""}, need{"feature_value", body.FeatureValue != ""}, need{"users", len(body.Users) > 0})
	if err != nil {
		return err
	}
	if body.FeatureType != zoom.FeatureUserType {
		return &zoom.Error{Status: http.StatusBadRequest, Code: zoom.CodeNoPrivilege, Message: "Current account does not enable this feature."}
	}
	value, err := strconv.Atoi(body.FeatureValue)
	if err != nil || !slices.Contains(featureTypes, zoom.UserType(value)) {
		return invalidField(zoom.FieldError{Field: "feature_value", Message: "The type must be 1, 2 or 4."})
	}
	refs := make([]string, 0, len(body.Users))
	for _, u := range body.Users {
		refs = append(refs, cmp.Or(u.ID, u.Email))
	}
	results, err := a.Features.SetTypes(r.Context(), p, refs, convoke.UserType(value))
	if err != nil {
		return err
	}
	return reply(w, http.StatusCreated, featureResults(results))
}

func featureResults(results []provision.TypeResult) zoom.FeaturesAnswer {
	answer := zoom.FeaturesAnswer{SuccessUserIDs: []string{}, FailDetails: []zoom.FeatureFailure{}}
	for _, result := range results {
		reason := featureReason(result)
		if reason == "" {
			answer.SuccessUserIDs = append(answer.SuccessUserIDs, string(result.UserID))
			continue
		}
		id := cmp.Or(string(result.UserID), result.Ref)
		at := slices.IndexFunc(answer.FailDetails, func(f zoom.FeatureFailure) bool { return f.Reason == reason })
		if at < 0 {
			answer.FailDetails = append(answer.FailDetails, zoom.FeatureFailure{Reason: reason})
			at = len(answer.FailDetails) - 1
		}
		answer.FailDetails[at].UserIDs = append(answer.FailDetails[at].UserIDs, id)
	}
	return answer
}

// featureReason is empty for a user that was changed.
func featureReason(result provision.TypeResult) string {
	switch {
	case convoke.HasCode(result.Err, convoke.CodeUserNotFound):
		return reasonNotFound
	case convoke.HasCode(result.Err, convoke.CodeSeatsExhausted):
		return reasonSeats
	case result.Err != nil:
		return reasonBasic
	case !result.Changed:
		return reasonUnchanged
	}
	return ""
}
