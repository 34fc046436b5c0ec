// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// AppStore keeps apps.
type AppStore interface {
	// CreateApp stores a new app, and the events about that.
	CreateApp(ctx context.Context, app convoke.App, events ...convoke.Event) error
	// App returns an app, revoked or not, or CodeAppNotFound.
	App(ctx context.Context, id convoke.ClientID) (convoke.App, error)
	// Apps lists an account's apps.
	Apps(ctx context.Context, account convoke.AccountID) ([]convoke.App, error)
	// RevokeApp marks an app of the account as revoked, or returns CodeAppNotFound.
	RevokeApp(ctx context.Context, account convoke.AccountID, id convoke.ClientID, at time.Time, events ...convoke.Event) error
	// SetRedirectURIs replaces an app's redirect URIs, or returns CodeAppNotFound.
	SetRedirectURIs(ctx context.Context, account convoke.AccountID, id convoke.ClientID, uris []string, events ...convoke.Event) error
	// Record appends events that come with no other change.
	Record(ctx context.Context, events ...convoke.Event) error
}

// TokenStore keeps access tokens.
type TokenStore interface {
	// SaveToken stores a new token, and the events about that.
	SaveToken(ctx context.Context, token convoke.Token, events ...convoke.Event) error
	// DeleteToken ends a token of the app, if it is there; the events are appended only then.
	DeleteToken(ctx context.Context, client convoke.ClientID, hash []byte, events ...convoke.Event) error
	// TokenApp returns the token with the hash and its app, or CodeTokenInvalid.
	TokenApp(ctx context.Context, hash []byte) (convoke.Token, convoke.App, error)
}

// SessionStore keeps portal sessions, and knows who may have one.
type SessionStore interface {
	// SaveSession stores a new session, and the events about that.
	SaveSession(ctx context.Context, session convoke.Session, events ...convoke.Event) error
	// Session returns the session with the hash.
	Session(ctx context.Context, hash []byte) (convoke.Session, error)
	// TakeSession returns the session with the hash and deletes it, for one caller only.
	TakeSession(ctx context.Context, hash []byte) (convoke.Session, error)
	// DeleteSession deletes the session with the hash, if there is one.
	DeleteSession(ctx context.Context, hash []byte) error
	// UsersByEmail returns the users of all accounts who have the e-mail.
	UsersByEmail(ctx context.Context, emailKey string, limit int) ([]convoke.User, error)
	// SignIn stores a user's new session, when the user signed in, and the events,
	// together, or returns CodeUserNotFound when the user is not there or not active.
	SignIn(ctx context.Context, session convoke.Session, events ...convoke.Event) error
	// Find reads what the look-up names.
	Find(ctx context.Context, lookup convoke.Lookup) (convoke.Found, error)
	// Account returns an account, or CodeAccountNotFound.
	Account(ctx context.Context, id convoke.AccountID) (convoke.Account, error)
}

// DomainStore knows whose people sign in at their identity provider only, and where.
type DomainStore interface {
	// VerifiedDomain returns the domain of the name whose account has verified it, and whether there is one.
	VerifiedDomain(ctx context.Context, name string) (convoke.Domain, bool, error)
	// SSO returns an account's single sign-on, or CodeSSONotFound.
	SSO(ctx context.Context, account convoke.AccountID) (convoke.SSOConnection, error)
}

// SSOStore keeps what single sign-on needs beside sessions.
type SSOStore interface {
	// UseOnce writes down what was taken, or returns CodeReplayed.
	UseOnce(ctx context.Context, until time.Time, hashes ...[]byte) error
	// DeleteSSOSessions ends sessions of the person whom the identity provider
	// names so, and returns how many.
	DeleteSSOSessions(ctx context.Context, account convoke.AccountID, subject string, indexes []string) (int, error)
	// DeleteSSOSession ends the sessions that rest on the identity provider's one,
	// and returns how many.
	DeleteSSOSession(ctx context.Context, account convoke.AccountID, index string) (int, error)
}

// Config is what the service is made of. All but Now is needed; SSO by the calls
// about single sign-on alone, Consents, Grants and Devices by those about apps for users.
type Config struct {
	Apps     AppStore
	Tokens   TokenStore
	Sessions SessionStore
	Domains  DomainStore
	SSO      SSOStore
	Consents ConsentStore
	Grants   GrantStore
	Devices  DeviceStore
	Now      func() time.Time // nil: time.Now
	Logger   *slog.Logger
}

// Service is the use case. It may be used by many goroutines at once. What it
// keeps in memory (recently seen tokens, recent wrong passwords) is bounded and
// may be lost at any time without harm.
type Service struct {
	apps     AppStore
	tokens   TokenStore
	sessions SessionStore
	domains  DomainStore
	sso      SSOStore
	consents ConsentStore
	grants   GrantStore
	devices  DeviceStore
	codes    *Throttle // of user codes, by who types them
	starts   *Throttle // of devices, by address
	now      func() time.Time
	logger   *slog.Logger
	callers  *callerCache
	gate     *gate
	refusals *refusals
	hashing  chan struct{} // a slot for each password hash that may be computed at once
	queued   atomic.Int64  // sign-ins that have or wait for one
	calls    chan struct{} // of these slots, those for calls that set passwords
}

// New makes the service. It does no work beyond that, and starts nothing.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Service{
		apps: c.Apps, tokens: c.Tokens, sessions: c.Sessions, domains: c.Domains, sso: c.SSO,
		consents: c.Consents, grants: c.Grants, devices: c.Devices, now: c.Now, logger: c.Logger,
		codes: NewThrottle(GuessTries, GuessRefill), starts: NewThrottle(deviceStarts, deviceRefill),
		callers: newCallerCache(), gate: newGate(), refusals: newRefusals(), hashing: newHashingSlots(), calls: newCallSlots(),
	}
}

// mark stamps what the principal does with the present time, in the millisecond
// precision that both databases keep.
func (s *Service) mark(p convoke.Principal) convoke.Mark {
	return convoke.Mark{At: s.now().UTC().Truncate(time.Millisecond), By: p}
}
