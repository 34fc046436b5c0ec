// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// TestAClientSecretIsForOneProvider: whoever may say where people sign in must
// not learn the secret that the account has with its provider.
func TestAClientSecretIsForOneProvider(t *testing.T) {
	t.Parallel()
	from := func(issuer string) *convoke.SSOMetadata {
		return &convoke.SSOMetadata{
			EntityID: issuer, SignInURL: issuer + "/authorize", Binding: convoke.SSORedirect,
			OIDC: &convoke.OIDCEndpoints{TokenURL: issuer + "/token", KeysURL: issuer + "/keys"},
		}
	}
	const theirs, another = "https://login.example.com", "https://evil.example.com"
	first, err := convoke.NewSSOConnection("acct", convoke.SSOKeyPair{}, mark.At).Apply(convoke.SSODraft{
		Protocol: new(convoke.SSOOIDC), Vanity: new("acme"), ClientID: new("id"), ClientSecret: []byte("sealed"), Metadata: from(theirs),
	}, mark.At)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := first.Apply(convoke.SSODraft{Metadata: from(theirs)}, mark.At); err != nil || string(again.OIDC.Secret) != "sealed" {
		t.Errorf("the same provider again: %v", err)
	}
	if _, err := first.Apply(convoke.SSODraft{Metadata: from(another)}, mark.At); convoke.AsError(err).Field != "client_secret" {
		t.Errorf("another provider, without a secret of its own: %v", err)
	}
	moved, err := first.Apply(convoke.SSODraft{Metadata: from(another), ClientSecret: []byte("other")}, mark.At)
	if err != nil || string(moved.OIDC.Secret) != "other" || string(first.OIDC.Secret) != "sealed" {
		t.Errorf("another provider with its secret: %v", err)
	}
}
