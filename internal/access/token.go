// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// TokenLife is how long an access token works (Zoom's server-to-server OAuth).
const TokenLife = time.Hour

// Grant is the answer to an app that proved who it is (RFC 6749 section 5.1).
type Grant struct {
	AccessToken string
	ExpiresIn   time.Duration
	Scopes      convoke.Scopes
}

// Token gives an app an access token for its account (grant type
// account_credentials). Several may be live at once. An unknown app, one for
// users, a wrong secret, a revoked app and an account that is not the app's are
// one and the same error, CodeInvalidClient, and take the same time. From is the
// address of the client, for the audit log.
func (s *Service) Token(ctx context.Context, from string, id convoke.ClientID, secret string, account convoke.AccountID) (Grant, error) {
	app, err := s.claimedApp(ctx, id)
	if err != nil {
		return Grant{}, err
	}
	if !speaksForAccount(app, secret) || app.AccountID != account {
		return Grant{}, invalidClient()
	}
	token := newSecret()
	hash := digest(token)
	by := app.Principal()
	by.Address = from
	err = s.tokens.SaveToken(ctx, convoke.Token{
		Hash: hash[:], ClientID: app.ClientID, AccountID: app.AccountID, ExpiresAt: s.now().Add(TokenLife),
	}, s.mark(by).AppEvent(convoke.EventTokenCreated, app))
	if err != nil {
		return Grant{}, err
	}
	return Grant{AccessToken: token, ExpiresIn: TokenLife, Scopes: app.Scopes}, nil
}

// claimedApp returns the app that the caller says it is. One that does not
// exist is not an error here: it is an app that no secret proves.
func (s *Service) claimedApp(ctx context.Context, id convoke.ClientID) (convoke.App, error) {
	if !convoke.IsID(string(id)) {
		return convoke.App{}, nil
	}
	app, err := s.apps.App(ctx, id)
	if convoke.HasCode(err, convoke.CodeAppNotFound) {
		return convoke.App{}, nil
	}
	return app, err
}

// speaksForAccount reports whether the secret proves an app that acts in its whole
// account, and still may.
func speaksForAccount(app convoke.App, secret string) bool {
	return provesApp(app, secret) && !app.ForUsers() && !app.Revoked()
}

// provesApp compares in constant time. For an app that does not exist it does
// the same work against a hash that no secret has.
func provesApp(app convoke.App, secret string) bool {
	stored := app.SecretHash
	if len(stored) != sha256.Size {
		stored = make([]byte, sha256.Size)
	}
	given := digest(secret)
	return subtle.ConstantTimeCompare(given[:], stored) == 1
}

// BearerToken returns the access token of an Authorization header (RFC 6750
// section 2.1), or nothing.
func BearerToken(authorization string) string {
	scheme, token, _ := strings.Cut(authorization, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}

// Bearer returns the app, or the person, that an access token speaks for (RFC
// 6750), with the scopes that the app has now. It returns CodeTokenMissing for an
// empty token, CodeTokenExpired, and CodeTokenInvalid for any other that does not
// work, be it unknown or of a revoked app or of a person who is not active. A
// token of an app for its account that was seen within the last second is not
// looked up again, so a revocation made by another process takes up to a second.
func (s *Service) Bearer(ctx context.Context, token string) (convoke.Principal, error) {
	if token == "" {
		return convoke.Principal{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenMissing,
			"No access token. Send the header Authorization: Bearer, with a token from POST /oauth/token.")
	}
	if !looksLikeSecret(token) {
		return convoke.Principal{}, tokenInvalid()
	}
	hash, now := digest(token), s.now()
	known, era, ok := s.callers.get(hash, now)
	if !ok {
		var err error
		if known, err = s.lookUp(ctx, hash); err != nil {
			return convoke.Principal{}, err
		}
		if known.principal.Kind == convoke.AppCaller {
			s.callers.put(hash, known, now, era)
		}
	}
	if !now.Before(known.expires) {
		return convoke.Principal{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenExpired, "Access token is expired.")
	}
	return known.principal, nil
}

// StandingToken is the bearer token that does not end: an app's client id and
// secret with a dot between. Only the door of SCIM takes it, see Standing.
func StandingToken(id convoke.ClientID, secret string) string { return string(id) + "." + secret }

// Standing returns the app that an Authorization header names by its client id and
// secret: as a StandingToken, or by Basic authentication (RFC 7617). Named is
// false for a header of another kind. It is for directories: they are given one
// value when they are set up, and fetch no tokens that end (RFC 7644 section 2). What
// proves no app of an account is CodeTokenInvalid.
func (s *Service) Standing(ctx context.Context, authorization string) (p convoke.Principal, named bool, err error) {
	id, secret, named := standing(authorization)
	if !named {
		return convoke.Principal{}, false, nil
	}
	hash, now := digest(StandingToken(id, secret)), s.now()
	known, era, ok := s.callers.get(hash, now)
	if ok {
		return known.principal, true, nil
	}
	app, err := s.claimedApp(ctx, id)
	if err != nil {
		return convoke.Principal{}, true, err
	}
	if !speaksForAccount(app, secret) {
		return convoke.Principal{}, true, tokenInvalid()
	}
	s.callers.put(hash, caller{principal: app.Principal(), expires: now.Add(TokenLife)}, now, era)
	return app.Principal(), true, nil
}

func standing(authorization string) (id convoke.ClientID, secret string, named bool) {
	r := http.Request{Header: http.Header{"Authorization": {authorization}}}
	name, secret, named := r.BasicAuth()
	if !named {
		name, secret, named = strings.Cut(BearerToken(authorization), ".")
	}
	return convoke.ClientID(name), secret, named
}

// Renew returns a principal that acts long after it called with the rights that
// it has now: an app's scopes may have become fewer. An app that was revoked is
// CodeInvalidClient, and a person who is gone or not active any more
// CodeTokenInvalid; one who is no admin any more has a member's rights. The
// operator stays who it is.
func (s *Service) Renew(ctx context.Context, p convoke.Principal) (convoke.Principal, error) {
	switch p.Kind {
	case convoke.UserCaller:
		return s.activePerson(ctx, p.AccountID, p.UserID, p.Address)
	case convoke.AppCaller:
		return s.renewApp(ctx, p)
	default:
		return p, nil
	}
}

func (s *Service) renewApp(ctx context.Context, p convoke.Principal) (convoke.Principal, error) {
	app, err := s.claimedApp(ctx, p.ClientID)
	if err != nil {
		return convoke.Principal{}, err
	}
	if app.Revoked() || app.AccountID != p.AccountID {
		return convoke.Principal{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeInvalidClient, "The app %q was revoked.", p.Label)
	}
	now := app.Principal()
	now.Address = p.Address
	return now, nil
}

func (s *Service) lookUp(ctx context.Context, hash [sha256.Size]byte) (caller, error) {
	token, app, err := s.tokens.TokenApp(ctx, hash[:])
	if err != nil {
		return caller{}, err
	}
	if app.Revoked() || app.AccountID != token.AccountID {
		return caller{}, tokenInvalid()
	}
	if token.Holder == nil {
		return caller{expires: token.ExpiresAt, principal: app.Principal()}, nil
	}
	if !token.Holder.Active {
		return caller{}, tokenInvalid()
	}
	return caller{expires: token.ExpiresAt, principal: app.PrincipalFor(*token.Holder)}, nil
}

func tokenInvalid() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "Invalid access token.")
}
