// SPDX-License-Identifier: Apache-2.0

package convoke

import "time"

// Assertion is what an identity provider vouches for, after a door has
// verified it: who signed in, and which attributes came along. It is the one
// shape in which a sign-in by SAML or OpenID Connect reaches provision.
type Assertion struct {
	AccountID AccountID
	Source    Source // which protocol's keys Subject belongs to
	Issuer    string // the identity provider's entity id or issuer address
	Subject   string // the person's stable key at Issuer, 1 to 255 bytes

	// Attributes holds every value that came, by the name the provider gave
	// it; for SAML the Name of the Attribute, and NameID under "NameID".
	Attributes map[string][]string

	At time.Time // when the door accepted it
}
