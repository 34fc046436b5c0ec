// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"time"
	"unicode/utf8"
)

// Source says which door's key an external id is.
type Source string

// The sources. Keys of different sources never collide.
const (
	SourceApp  Source = "app"
	SourceSAML Source = "saml"
	SourceOIDC Source = "oidc"
	SourceSCIM Source = "scim"
	SourceCSV  Source = "csv"
)

// Binding ties one external id of one source to one user, for good. Unbinding
// removes it and leaves the user. Generation counts the users that the
// external id has had: it grows by one when the former user was deleted and
// the next Ensure made a new one.
type Binding struct {
	AccountID  AccountID
	Source     Source
	ExternalID string
	UserID     UserID
	Generation int
	CreatedAt  time.Time
}

// Key is the external id; of no binding it is empty.
func (b *Binding) Key() string {
	if b == nil {
		return ""
	}
	return b.ExternalID
}

// MaxExternalID is the longest external id, in bytes.
const MaxExternalID = 255

// CheckExternalID returns CodeInvalidField unless id is UTF-8 of 1 to 255 bytes.
func CheckExternalID(id string) error {
	switch {
	case id == "":
		return Invalid(CodeInvalidField, "external_id", "The external id must not be empty.")
	case len(id) > MaxExternalID:
		return Invalid(CodeInvalidField, "external_id", "The external id may have at most %d bytes; it has %d.", MaxExternalID, len(id))
	case !utf8.ValidString(id):
		return Invalid(CodeInvalidField, "external_id", "The external id must be valid UTF-8.")
	}
	return nil
}
