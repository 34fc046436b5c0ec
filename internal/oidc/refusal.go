// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"fmt"

	"github.com/convoke/convoke/internal/signon"
)

// reason says why an answer was not believed, in the log.
type reason string

// The reasons.
const (
	badRequest        reason = "bad_request"         // not in the form that OpenID Connect gives it
	wrongState        reason = "wrong_state"         // not the answer to a request of this browser
	failedThere       reason = "failed_at_provider"  // the provider says that it did not sign the person in
	wrongIssuer       reason = "wrong_issuer"        //
	noToken           reason = "no_token"            // the provider does not take the code, or gives no ID token for it
	malformed         reason = "malformed_token"     // no JWT, or without what one must have
	badAlgorithm      reason = "bad_algorithm"       // none, HMAC, or another that is not accepted
	badSignature      reason = "bad_signature"       // by another key, or over other content
	wrongAudience     reason = "wrong_audience"      //
	wrongParty        reason = "wrong_azp"           // issued to another client
	wrongNonce        reason = "wrong_nonce"         // of another request
	wrongTokenHash    reason = "wrong_token_hash"    // of another access token
	notYetValid       reason = "not_yet_valid"       //
	expired           reason = "expired"             //
	badSubject        reason = "bad_subject"         // none, or too long
	wrongOrganisation reason = "wrong_organisation"  // the person is of another organisation at the provider, or of none
	staleLogin        reason = "stale_login"         // the person proved who they are too long ago, or the provider does not say when
	tooManyAnswers    reason = "too_many_answers"    // so many from one address were refused that the provider is not asked for a while
	noUserInfo        reason = "no_userinfo"         // the provider does not answer, or about another person
	wrongStart        reason = "wrong_login_request" // a sign-in for another provider
)

func refuse(why reason, format string, args ...any) error {
	return &signon.RefusedError{Reason: string(why), Detail: fmt.Sprintf(format, args...)}
}
