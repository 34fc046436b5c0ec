// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"context"
	"errors"
	"net/http"
	"slices"

	gooidc "github.com/coreos/go-oidc/v3/oidc"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// Protocol is what provision needs of this door to set single sign-on up:
// discovery, and sealed secrets.
type Protocol struct {
	Key    []byte       // seals secrets; 32 bytes, the same in every process that serves one database
	Client *http.Client // fetches what providers publish; it follows no redirect and must not reach the network behind the server
}

// published is what of a discovery document go-oidc has no field for.
type published struct {
	SignOutURL  string   `json:"end_session_endpoint"`
	TokenAuth   []string `json:"token_endpoint_auth_methods_supported"`
	NamesIssuer bool     `json:"authorization_response_iss_parameter_supported"`
	Algorithms  []string `json:"id_token_signing_alg_values_supported"`
}

// Discover reads what the provider publishes of itself (OpenID Connect Discovery
// 4), or returns CodeInvalidMetadata.
func (p Protocol) Discover(ctx context.Context, issuer string) (convoke.SSOMetadata, error) {
	found, err := gooidc.NewProvider(gooidc.ClientContext(ctx, p.Client), issuer)
	if mismatch, ok := errors.AsType[*gooidc.IssuerMismatchError](err); ok {
		return convoke.SSOMetadata{}, badIssuer("The provider at this address calls itself %q. Give that as the issuer, letter for letter.", mismatch.Discovered)
	}
	var more published
	if err == nil {
		err = found.Claims(&more)
	}
	if err != nil {
		return convoke.SSOMetadata{}, badIssuer("No OpenID provider answers at %s, from a public address. Check the issuer for slips. For one inside your network have the operator allow private addresses with --sso-allow-private.", convoke.DiscoveryURL(issuer))
	}
	if len(more.Algorithms) > 0 && !slices.ContainsFunc(more.Algorithms, accepted) {
		return convoke.SSOMetadata{}, badIssuer("The provider signs ID tokens by none of the methods that are accepted, such as RS256.")
	}
	endpoint := found.Endpoint()
	return convoke.SSOMetadata{
		EntityID: issuer, SignInURL: endpoint.AuthURL, SignOutURL: more.SignOutURL, Binding: convoke.SSORedirect,
		OIDC: &convoke.OIDCEndpoints{
			TokenURL: endpoint.TokenURL, UserInfoURL: found.UserInfoEndpoint(), KeysURL: keysOf(found),
			SecretInBody: inBody(more.TokenAuth), NamesIssuer: more.NamesIssuer,
		},
	}, nil
}

func keysOf(p *gooidc.Provider) string {
	var found struct {
		KeysURL string `json:"jwks_uri"`
	}
	_ = p.Claims(&found) // it was read as JSON before
	return found.KeysURL
}

// inBody reports whether the secret goes into the form because the provider
// takes it there only. The header is every provider's default (Discovery 3).
func inBody(methods []string) bool {
	return len(methods) > 0 && !slices.Contains(methods, "client_secret_basic") && slices.Contains(methods, "client_secret_post")
}

func badIssuer(format string, args ...any) error {
	return convoke.Invalid(convoke.CodeInvalidMetadata, "issuer", format, args...)
}

// SealSecret makes of a client secret what may be stored for the account.
func (p Protocol) SealSecret(account convoke.AccountID, secret string) ([]byte, error) {
	return safe(p.Key).Seal(account, []byte(secret))
}

// safe keeps client secrets, and the ID tokens that a sign-out shows.
func safe(key []byte) signon.Safe { return signon.Safe{Key: key, Purpose: "openid connect secrets"} }
