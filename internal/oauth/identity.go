// SPDX-License-Identifier: Apache-2.0

package oauth

import (
	stdcrypto "crypto"
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/crypto"
	"github.com/zitadel/oidc/v3/pkg/oidc"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// signer signs ID tokens, and shows the key to check them by.
type signer struct {
	jose   jose.Signer
	public jose.JSONWebKeySet
}

// newSigner names the key by its thumbprint (RFC 7638), so that another key has
// another name.
func newSigner(key *ecdsa.PrivateKey) (signer, error) {
	public := jose.JSONWebKey{Key: key.Public(), Algorithm: string(jose.ES256), Use: "sig"}
	sum, err := public.Thumbprint(stdcrypto.SHA256)
	if err != nil {
		return signer{}, fmt.Errorf("naming the key of ID tokens: %w", err)
	}
	public.KeyID = base64.RawURLEncoding.EncodeToString(sum)
	made, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: public.KeyID}}, nil)
	if err != nil {
		return signer{}, fmt.Errorf("the key of ID tokens cannot sign: %w", err)
	}
	return signer{made, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}}}, nil
}

// idToken says who signed in (OpenID Connect Core section 2). It holds what the
// access token opens at the userinfo endpoint too.
func (d *door) idToken(t access.UserTokens) (string, error) {
	now := d.Now()
	claims := oidc.IDTokenClaims{TokenClaims: oidc.TokenClaims{
		Issuer: d.PublicURL, Audience: oidc.Audience{string(t.ClientID)}, AuthorizedParty: string(t.ClientID), Nonce: t.Nonce,
		IssuedAt: oidc.FromTime(now), Expiration: oidc.FromTime(now.Add(t.ExpiresIn)),
	}}
	if !t.AuthTime.IsZero() {
		claims.AuthTime = oidc.FromTime(t.AuthTime)
	}
	claims.SetUserInfo(userInfoOf(t.User, t.Scopes))
	sum := sha256.Sum256([]byte(t.AccessToken))
	claims.AccessTokenHash = base64.RawURLEncoding.EncodeToString(sum[:sha256.Size/2])
	return crypto.Sign(&claims, d.signer.jose)
}

// userInfo is GET and POST /oauth/userinfo.
func (d *door) userInfo(w http.ResponseWriter, r *http.Request) error {
	user, scopes, err := d.Access.Identity(r.Context(), access.BearerToken(r.Header.Get("Authorization")))
	if err != nil {
		return err
	}
	return writeJSON(w, http.StatusOK, userInfoOf(user, scopes))
}

func userInfoOf(u convoke.User, scopes convoke.Scopes) *oidc.UserInfo {
	info := &oidc.UserInfo{Subject: string(u.ID)}
	if slices.Contains(scopes, convoke.ScopeEmail) && u.Email != "" {
		info.Email = u.Email
		info.AppendClaims("email_verified", u.Verified()) // the library's own field leaves a no out, which some take for a yes
	}
	if !slices.Contains(scopes, convoke.ScopeProfile) {
		return info
	}
	info.Name, info.GivenName, info.FamilyName = u.Name(), u.FirstName, u.LastName
	if !u.UpdatedAt.IsZero() {
		info.UpdatedAt = oidc.FromTime(u.UpdatedAt.Truncate(time.Second))
	}
	return info
}

// keys is GET /oauth/jwks.
func (d *door) keys(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, d.signer.public)
}

// discovery is GET /.well-known/openid-configuration.
func (d *door) discovery(w http.ResponseWriter, _ *http.Request) error {
	return writeJSON(w, http.StatusOK, discovered{NamesIssuer: true, DiscoveryConfiguration: oidc.DiscoveryConfiguration{
		Issuer: d.PublicURL, AuthorizationEndpoint: d.PublicURL + AuthorizePath, TokenEndpoint: d.PublicURL + tokenPath,
		RevocationEndpoint: d.PublicURL + RevokePath, DeviceAuthorizationEndpoint: d.PublicURL + DevicePath, UserinfoEndpoint: d.PublicURL + UserInfoPath, JwksURI: d.PublicURL + KeysPath,
		ScopesSupported: convoke.UserScopes(), ResponseTypesSupported: []string{string(oidc.ResponseTypeCode)},
		ResponseModesSupported:            []string{string(oidc.ResponseModeQuery)},
		GrantTypesSupported:               grantTypes(),
		SubjectTypesSupported:             []string{"public"},
		IDTokenSigningAlgValuesSupported:  []string{string(jose.ES256)},
		TokenEndpointAuthMethodsSupported: []oidc.AuthMethod{oidc.AuthMethodBasic, oidc.AuthMethodPost, oidc.AuthMethodNone},
		CodeChallengeMethodsSupported:     []oidc.CodeChallengeMethod{oidc.CodeChallengeMethodS256, oidc.CodeChallengeMethodPlain},
		ClaimsSupported:                   []string{"sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "name", "given_name", "family_name", "email", "email_verified", "updated_at"},
	}})
}

// discovered is the document with what the library has no field for, or leaves out
// where it is false.
type discovered struct {
	oidc.DiscoveryConfiguration

	NamesIssuer      bool `json:"authorization_response_iss_parameter_supported"` // RFC 9207
	ClaimsParameter  bool `json:"claims_parameter_supported"`
	RequestParameter bool `json:"request_parameter_supported"`
}

func grantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken, oidc.GrantTypeDeviceCode}
}
