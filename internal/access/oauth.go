// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"log/slog"
	"net/url"
	"slices"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// ConsentStore keeps what people allow apps.
type ConsentStore interface {
	// Consent returns what the person allowed the app, and whether there is anything.
	Consent(ctx context.Context, client convoke.ClientID, user convoke.UserID) (convoke.Consent, bool, error)
	// Consents returns what the person allowed which apps.
	Consents(ctx context.Context, user convoke.UserID) ([]convoke.Consent, []convoke.App, error)
	// GiveConsent stores a consent and the grant that comes of it.
	GiveConsent(ctx context.Context, c convoke.Consent, g convoke.UserGrant, events ...convoke.Event) error
	// DeleteConsent ends a consent and all that came of it, or returns CodeAppNotFound.
	DeleteConsent(ctx context.Context, client convoke.ClientID, user convoke.UserID, events ...convoke.Event) error
}

// GrantStore keeps what apps hold of that.
type GrantStore interface {
	// GrantByCode returns the grant of a code, or CodeInvalidGrant.
	GrantByCode(ctx context.Context, hash []byte) (convoke.UserGrant, error)
	// GrantByRefresh returns a refresh token and its grant, or CodeInvalidGrant.
	GrantByRefresh(ctx context.Context, hash []byte) (convoke.RefreshToken, convoke.UserGrant, error)
	// Redeem stores what comes of a code, once.
	Redeem(ctx context.Context, g convoke.UserGrant, refresh []byte, t convoke.Token, events ...convoke.Event) error
	// Rotate stores what comes of a refresh token, once.
	Rotate(ctx context.Context, g convoke.UserGrant, old convoke.RefreshToken, fresh []byte, t convoke.Token, forget time.Time, events ...convoke.Event) error
	// DeleteGrant ends a grant with its tokens, if it is there.
	DeleteGrant(ctx context.Context, id string, events ...convoke.Event) error
}

// Asked is an app's request as the person is shown it.
type Asked struct {
	App        convoke.App
	Account    convoke.Account
	Request    convoke.AuthRequest
	Remembered bool // the person allowed all of it before, and it is certain that this is the app
}

// UserTokens is the answer to an app that shows a code or a refresh token of a
// person's: tokens, and who the person is.
type UserTokens struct {
	Grant

	RefreshToken string
	ClientID     convoke.ClientID
	Nonce        string
	AuthTime     time.Time // when the person had signed in; zero: not known
	User         convoke.User
}

// Client is how an app says who it is: a public one without a secret.
type Client struct {
	ID      convoke.ClientID
	Secret  string
	Address string // of the client, for the audit log
}

// AuthRequest reads an app's request to people. The errors are those of
// convoke.NewAuthRequest, CodeInvalidClient for an app that is unknown or not for
// users, and CodeAppRevoked.
func (s *Service) AuthRequest(ctx context.Context, values url.Values) (convoke.App, convoke.AuthRequest, error) {
	app, err := s.claimedApp(ctx, convoke.ClientID(values.Get("client_id")))
	if err != nil {
		return convoke.App{}, convoke.AuthRequest{}, err
	}
	if err := mayAsk(app); err != nil {
		return convoke.App{}, convoke.AuthRequest{}, err
	}
	request, err := convoke.NewAuthRequest(app, values)
	return app, request, err
}

// mayAsk says why the app may ask people nothing. Here, where nobody proves
// anything, who has its client id is told that it was revoked.
func mayAsk(app convoke.App) error {
	switch {
	case !app.ForUsers():
		return convoke.Errorf(convoke.KindInvalid, convoke.CodeInvalidClient, "The app that sent you here is not known. Nothing was given to it.")
	case app.Revoked():
		return convoke.Errorf(convoke.KindInvalid, convoke.CodeAppRevoked, "The app that sent you here was switched off. Nothing was given to it.")
	}
	return nil
}

// Asked is what the signed-in person is to be asked. It returns the errors of
// AuthRequest, CodeNotPerson, CodeInvalidClient for an app of another account, and
// CodeLoginRequired for a person who must sign in again.
func (s *Service) Asked(ctx context.Context, p convoke.Principal, values url.Values) (Asked, error) {
	if err := p.RequirePerson(); err != nil {
		return Asked{}, err
	}
	app, request, err := s.AuthRequest(ctx, values)
	if err != nil {
		return Asked{}, err
	}
	if err := ofOneAccount(app, p); err != nil {
		return Asked{}, err
	}
	return s.ask(ctx, p, app, request)
}

// ask is Asked for a person of the app's account, and a request that was read.
func (s *Service) ask(ctx context.Context, p convoke.Principal, app convoke.App, request convoke.AuthRequest) (Asked, error) {
	if err := request.CheckLogin(p); err != nil {
		return Asked{}, err
	}
	account, err := s.sessions.Account(ctx, p.AccountID)
	if err != nil {
		return Asked{}, err
	}
	consent, found, err := s.consents.Consent(ctx, app.ClientID, p.UserID)
	remembered := found && consent.Covers(request) && app.SaysWhoItIs(request.RedirectURI)
	return Asked{App: app, Account: account, Request: request, Remembered: remembered}, err
}

func ofOneAccount(app convoke.App, p convoke.Principal) error {
	if app.AccountID == p.AccountID {
		return nil
	}
	return convoke.Errorf(convoke.KindInvalid, convoke.CodeInvalidClient,
		"This app belongs to another account than yours. Sign in as somebody of that account.")
}

// Allow writes down that the person allows the app what it asks for, and returns
// the request and an authorization code for the app, which works once, within
// convoke.AuthCodeLife. The errors are those of Asked.
func (s *Service) Allow(ctx context.Context, p convoke.Principal, values url.Values) (convoke.AuthRequest, string, error) {
	asked, err := s.Asked(ctx, p, values)
	if err != nil {
		return convoke.AuthRequest{}, "", err
	}
	return s.allow(ctx, p, asked)
}

// AllowSilently answers an app that wants nobody to be asked (prompt=none): with
// a code for what the person allowed before. p is nobody where nobody is signed
// in. It returns the errors of AuthRequest; with the request it returns
// CodeLoginRequired where nobody is signed in, or not recently enough, or somebody
// of another account, and CodeConsentRequired.
func (s *Service) AllowSilently(ctx context.Context, p convoke.Principal, values url.Values) (convoke.AuthRequest, string, error) {
	app, request, err := s.AuthRequest(ctx, values)
	if err != nil {
		return convoke.AuthRequest{}, "", err
	}
	if p.RequirePerson() != nil || ofOneAccount(app, p) != nil {
		return request, "", convoke.LoginRequired("Nobody of the app's account is signed in.")
	}
	asked, err := s.ask(ctx, p, app, request)
	if err == nil && !asked.Remembered {
		err = convoke.ConsentRequired()
	}
	if err != nil {
		return request, "", err
	}
	return s.allow(ctx, p, asked)
}

func (s *Service) allow(ctx context.Context, p convoke.Principal, asked Asked) (convoke.AuthRequest, string, error) {
	r := asked.Request
	code := newSecret()
	hash := digest(code)
	mark := s.mark(p)
	grant := convoke.UserGrant{
		ID: newID(), ClientID: r.ClientID, AccountID: p.AccountID, UserID: p.UserID, Scopes: r.Scopes, RedirectURI: r.RedirectURI,
		Nonce: r.Nonce, Challenge: r.Challenge, Plain: r.Plain, AuthTime: p.SignedInAt, CodeHash: hash[:], CreatedAt: mark.At, ExpiresAt: mark.At.Add(convoke.AuthCodeLife),
	}
	return r, code, s.giveConsent(ctx, mark, asked.App, grant, asked.Remembered)
}

// giveConsent adds the grant's scopes to what the person allowed before. What is
// not new is no event.
func (s *Service) giveConsent(ctx context.Context, mark convoke.Mark, app convoke.App, g convoke.UserGrant, remembered bool) error {
	consent, err := s.widened(ctx, g)
	if err != nil {
		return err
	}
	if remembered {
		return s.consents.GiveConsent(ctx, consent, g)
	}
	consent.GivenAt = mark.At
	return s.consents.GiveConsent(ctx, consent, g, mark.ConsentEvent(convoke.EventAppAuthorized, app, g.UserID, g.Scopes))
}

// widened is what the person allowed the app before, with the grant's scopes.
func (s *Service) widened(ctx context.Context, g convoke.UserGrant) (convoke.Consent, error) {
	before, _, err := s.consents.Consent(ctx, g.ClientID, g.UserID)
	scopes := slices.Concat(before.Scopes, g.Scopes)
	slices.Sort(scopes)
	return convoke.Consent{
		ClientID: g.ClientID, AccountID: g.AccountID, UserID: g.UserID, Scopes: slices.Compact(scopes), GivenAt: before.GivenAt,
	}, err
}

// Decline returns the request that the person does not allow, so that the app
// can be told. The errors are those of Asked.
func (s *Service) Decline(ctx context.Context, p convoke.Principal, values url.Values) (convoke.AuthRequest, error) {
	asked, err := s.Asked(ctx, p, values)
	return asked.Request, err
}

// Connections returns what the signed-in person allowed which apps, or CodeNotPerson.
func (s *Service) Connections(ctx context.Context, p convoke.Principal) ([]convoke.Consent, []convoke.App, error) {
	if err := p.RequirePerson(); err != nil {
		return nil, nil, err
	}
	return s.consents.Consents(ctx, p.UserID)
}

// Withdraw ends what the signed-in person allowed the app, and all tokens that
// it holds for them, at once. It returns CodeNotPerson and CodeAppNotFound.
func (s *Service) Withdraw(ctx context.Context, p convoke.Principal, id convoke.ClientID) error {
	if err := p.RequirePerson(); err != nil {
		return err
	}
	app, err := s.claimedApp(ctx, id)
	if err != nil {
		return err
	}
	consent, found, err := s.consents.Consent(ctx, app.ClientID, p.UserID)
	if err != nil {
		return err
	}
	if !found {
		return convoke.NotFound(convoke.CodeAppNotFound, "You have not allowed this app anything.")
	}
	return s.consents.DeleteConsent(ctx, id, p.UserID, s.mark(p).ConsentEvent(convoke.EventAppDeauthorized, app, p.UserID, consent.Scopes))
}

// client returns the app for users that proves who it is, or CodeInvalidClient.
func (s *Service) client(ctx context.Context, c Client) (convoke.App, error) {
	app, err := s.anyClient(ctx, c)
	if err == nil && !app.ForUsers() {
		return convoke.App{}, invalidClient()
	}
	return app, err
}

// anyClient is client for an app of any kind.
func (s *Service) anyClient(ctx context.Context, c Client) (convoke.App, error) {
	app, err := s.claimedApp(ctx, c.ID)
	if err != nil {
		return convoke.App{}, err
	}
	proved := provesApp(app, c.Secret) || app.Kind == convoke.AppPublic && c.Secret == ""
	if !proved || app.Revoked() {
		return convoke.App{}, invalidClient()
	}
	return app, nil
}

func invalidClient() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeInvalidClient, "Invalid client_id or client_secret")
}

// RedeemCode gives the app the tokens of an authorization code. A code that was
// used before ends all that came of it. It returns CodeInvalidClient, and
// CodeInvalidGrant for a code that is unknown, used, too old, another app's, for
// another redirect URI, without the right verifier, or of a person who is not
// active any more.
func (s *Service) RedeemCode(ctx context.Context, c Client, code, redirectURI, verifier string) (UserTokens, error) {
	app, err := s.client(ctx, c)
	if err != nil {
		return UserTokens{}, err
	}
	if redirectURI == "" {
		return UserTokens{}, convoke.RedirectMismatch() // only the code of a device has none, and it is no code for this
	}
	hash := digest(code)
	grant, err := s.grants.GrantByCode(ctx, hash[:])
	if err != nil {
		return UserTokens{}, err
	}
	return s.redeem(ctx, c, app, grant, redirectURI, verifier)
}

func (s *Service) redeem(ctx context.Context, c Client, app convoke.App, grant convoke.UserGrant, redirectURI, verifier string) (UserTokens, error) {
	if !grant.RedeemedAt.IsZero() {
		return UserTokens{}, s.replayed(ctx, c, app, grant)
	}
	if err := grant.CheckRedeem(app, redirectURI, verifier, s.now()); err != nil {
		return UserTokens{}, err
	}
	return s.issue(ctx, c, app, grant, func(g convoke.UserGrant, refresh []byte, t convoke.Token, event convoke.Event) error {
		g.RedeemedAt = event.At
		return s.grants.Redeem(ctx, g, refresh, t, event)
	})
}

// Refresh gives the app new tokens for a refresh token, which it ends. One that
// was replaced before ends all of its grant. It returns what RedeemCode does.
func (s *Service) Refresh(ctx context.Context, c Client, token string) (UserTokens, error) {
	app, err := s.client(ctx, c)
	if err != nil {
		return UserTokens{}, err
	}
	hash := digest(token)
	old, grant, err := s.grants.GrantByRefresh(ctx, hash[:])
	if err != nil {
		return UserTokens{}, err
	}
	if grant.ClientID != app.ClientID || !s.now().Before(grant.ExpiresAt) {
		return UserTokens{}, convoke.InvalidGrant()
	}
	if !old.UsedAt.IsZero() {
		return UserTokens{}, s.replayed(ctx, c, app, grant)
	}
	return s.issue(ctx, c, app, grant, func(g convoke.UserGrant, fresh []byte, t convoke.Token, event convoke.Event) error {
		old.UsedAt = event.At
		return s.grants.Rotate(ctx, g, old, fresh, t, event.At.Add(-convoke.RefreshTokenLife), event)
	})
}

// replayed ends a grant whose code or refresh token came a second time: one of
// the two who have it has stolen it. Only the app itself can do that.
func (s *Service) replayed(ctx context.Context, c Client, app convoke.App, g convoke.UserGrant) error {
	if g.ClientID != app.ClientID {
		return convoke.InvalidGrant()
	}
	s.logger.WarnContext(ctx, "a used code or refresh token came again; the tokens of the grant are revoked",
		slog.Any("account_id", g.AccountID), slog.Any("client_id", g.ClientID), slog.Any("user_id", g.UserID))
	if err := s.endGrant(ctx, c, app, g); err != nil {
		return err
	}
	return convoke.InvalidGrant()
}

func (s *Service) endGrant(ctx context.Context, c Client, app convoke.App, g convoke.UserGrant) error {
	by := app.Principal()
	by.Address = c.Address
	return s.grants.DeleteGrant(ctx, g.ID, s.mark(by).ConsentEvent(convoke.EventTokenRevoked, app, g.UserID, g.Scopes))
}

// issue makes the tokens of a grant and hands them to save.
func (s *Service) issue(
	ctx context.Context, c Client, app convoke.App, g convoke.UserGrant,
	save func(g convoke.UserGrant, refresh []byte, t convoke.Token, event convoke.Event) error,
) (UserTokens, error) {
	found, err := s.sessions.Find(ctx, convoke.Lookup{AccountID: g.AccountID, UserID: g.UserID})
	if err != nil {
		return UserTokens{}, err
	}
	if found.Target == nil || found.Target.Status != convoke.StatusActive {
		return UserTokens{}, convoke.InvalidGrant()
	}
	user := *found.Target
	holder := convoke.Holder{GrantID: g.ID, UserID: user.ID, Email: user.Email, Active: true, Scopes: g.Scopes}
	by := app.PrincipalFor(holder)
	by.Address = c.Address
	mark := s.mark(by)
	g.ExpiresAt = mark.At.Add(convoke.RefreshTokenLife)
	token, refresh := newSecret(), newSecret()
	tokenHash, refreshHash := digest(token), digest(refresh)
	err = save(g, refreshHash[:], convoke.Token{
		Hash: tokenHash[:], ClientID: app.ClientID, AccountID: app.AccountID, ExpiresAt: mark.At.Add(TokenLife), Holder: &holder,
	}, mark.ConsentEvent(convoke.EventTokenCreated, app, user.ID, by.Scopes))
	return UserTokens{
		Grant:        Grant{AccessToken: token, ExpiresIn: TokenLife, Scopes: by.Scopes},
		RefreshToken: refresh, ClientID: app.ClientID, Nonce: g.Nonce, AuthTime: g.AuthTime, User: user,
	}, err
}

// RevokeToken ends the grant of an access token or refresh token of the app's,
// and with it both; of an app for its account it ends the one token, in this
// process at once and in others within a second. A token that is unknown, or
// another app's, is no error (RFC 7009 section 2.2). It returns CodeInvalidClient.
func (s *Service) RevokeToken(ctx context.Context, c Client, token string) error {
	app, err := s.anyClient(ctx, c)
	if err != nil {
		return err
	}
	if !app.ForUsers() {
		return s.revokeOwn(ctx, c, app, token)
	}
	grant, err := s.grantOf(ctx, token)
	if convoke.HasCode(err, convoke.CodeInvalidGrant) || err == nil && grant.ClientID != app.ClientID {
		return nil
	}
	if err != nil {
		return err
	}
	return s.endGrant(ctx, c, app, grant)
}

// revokeOwn ends a token that an app for its account has.
func (s *Service) revokeOwn(ctx context.Context, c Client, app convoke.App, token string) error {
	by := app.Principal()
	by.Address = c.Address
	hash := digest(token)
	if err := s.tokens.DeleteToken(ctx, app.ClientID, hash[:], s.mark(by).AppEvent(convoke.EventTokenRevoked, app)); err != nil {
		return err
	}
	s.callers.drop(hash)
	return nil
}

// grantOf returns the grant of a token of either sort, or CodeInvalidGrant.
func (s *Service) grantOf(ctx context.Context, token string) (convoke.UserGrant, error) {
	hash := digest(token)
	_, grant, err := s.grants.GrantByRefresh(ctx, hash[:])
	if !convoke.HasCode(err, convoke.CodeInvalidGrant) {
		return grant, err
	}
	access, app, err := s.tokens.TokenApp(ctx, hash[:])
	if convoke.HasCode(err, convoke.CodeTokenInvalid) || err == nil && access.Holder == nil {
		return convoke.UserGrant{}, convoke.InvalidGrant()
	}
	if err != nil {
		return convoke.UserGrant{}, err
	}
	h := access.Holder
	return convoke.UserGrant{ID: h.GrantID, ClientID: app.ClientID, AccountID: app.AccountID, UserID: h.UserID, Scopes: h.Scopes}, nil
}

// Identity returns the person for whom an app holds the token, and the scopes of
// the token. It returns the errors of Bearer, and CodeScopeMissing for a token
// without the scope openid.
func (s *Service) Identity(ctx context.Context, token string) (convoke.User, convoke.Scopes, error) {
	p, err := s.Bearer(ctx, token)
	if err != nil {
		return convoke.User{}, nil, err
	}
	if p.Kind != convoke.UserCaller || !slices.Contains(p.Scopes, convoke.ScopeOpenID) {
		return convoke.User{}, nil, convoke.Errorf(convoke.KindForbidden, convoke.CodeScopeMissing, "The token was not given with the scope openid.")
	}
	found, err := s.sessions.Find(ctx, convoke.Lookup{AccountID: p.AccountID, UserID: p.UserID})
	if err != nil {
		return convoke.User{}, nil, err
	}
	if found.Target == nil {
		return convoke.User{}, nil, tokenInvalid()
	}
	return *found.Target, p.Scopes, nil
}
