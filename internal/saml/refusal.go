// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"fmt"

	"github.com/convoke/convoke/internal/signon"
)

// reason says why a message was not believed, in the log.
type reason string

// The reasons.
const (
	badRequest       reason = "bad_request"        // no such form, or not in Base64
	tooLarge         reason = "too_large"          // over maxMessage
	badXML           reason = "bad_xml"            // not well-formed, or read differently twice
	forbiddenXML     reason = "forbidden_xml"      // a DTD, a comment or a processing instruction
	tooDeep          reason = "too_deep"           // nested, or with elements, beyond reason
	duplicateID      reason = "duplicate_id"       //
	wrongShape       reason = "wrong_shape"        // elements where none of that kind belongs, as in wrapping
	notOneAssertion  reason = "not_one_assertion"  //
	unsigned         reason = "unsigned"           //
	badReference     reason = "bad_reference"      // the signature does not name its own parent
	badAlgorithm     reason = "bad_algorithm"      // SHA-1, HMAC, or another transform
	badSignature     reason = "bad_signature"      // by another key, or over other content
	notEncrypted     reason = "not_encrypted"      // and it must be
	undecryptable    reason = "undecryptable"      //
	wrongIssuer      reason = "wrong_issuer"       //
	wrongDestination reason = "wrong_destination"  //
	wrongRecipient   reason = "wrong_recipient"    //
	wrongAudience    reason = "wrong_audience"     //
	wrongRequest     reason = "wrong_in_response"  // not the answer to a request of this browser
	unsolicited      reason = "unsolicited"        // nobody asked here, and the account does not allow it
	notYetValid      reason = "not_yet_valid"      //
	expired          reason = "expired"            //
	badTime          reason = "bad_time"           //
	unknownCondition reason = "unknown_condition"  //
	badSubject       reason = "bad_subject"        // no NameID, or not one that lasts
	noStatement      reason = "no_authn_statement" //
	staleLogin       reason = "stale_login"        // the person proved who they are too long ago
	failedThere      reason = "failed_at_provider" // the identity provider says that it did not sign the person in
)

func refuse(why reason, format string, args ...any) error {
	return &signon.RefusedError{Reason: string(why), Detail: fmt.Sprintf(format, args...)}
}
