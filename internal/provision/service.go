// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Store keeps users, bindings and invitations.
type Store interface {
	// Find reads what the lookup names, and always the account's policy.
	Find(context.Context, convoke.Lookup) (convoke.Found, error)
	// Change runs decide on what Find would return and writes its change, in one
	// transaction. It may run decide again after a conflict.
	Change(ctx context.Context, l convoke.Lookup, decide func(convoke.Found) (convoke.Change, error)) error
	// Make writes a change that makes a user, decided on the account as it was and
	// an external id believed to be free. It reports false when that is not so.
	Make(ctx context.Context, account convoke.Account, change convoke.Change) (made bool, err error)
	Users(ctx context.Context, account convoke.AccountID, status convoke.Status, after convoke.UserID, limit int) ([]convoke.User, error)
	Bindings(ctx context.Context, account convoke.AccountID, source convoke.Source, after string, limit int) ([]convoke.Binding, error)
	BindingsOf(ctx context.Context, account convoke.AccountID, user convoke.UserID) ([]convoke.Binding, error)
	Tally(context.Context, convoke.AccountID) (convoke.Seats, convoke.Census, error)
	Invitation(context.Context, convoke.InvitationID) (convoke.Invitation, error)
}

// Bulk writes many changes in one transaction.
type Bulk interface {
	// ChangeMany runs the work's changes in their order and writes them together
	// with the record of what became of them. It may run all of it again.
	ChangeMany(ctx context.Context, job convoke.ImportID, w convoke.Work) error
	// PMIs returns the first personal meeting ids from one up to another that
	// users have, in their order.
	PMIs(ctx context.Context, from, to convoke.MeetingID, limit int) ([]convoke.MeetingID, error)
	// ImportForecast returns what a dry run has noted of the keys so far.
	ImportForecast(ctx context.Context, job convoke.ImportID, keys []string) (convoke.Forecast, error)
}

// Passwords keeps the passwords that users replaced.
type Passwords interface {
	// FormerPasswords returns their hashes, the latest first.
	FormerPasswords(ctx context.Context, user convoke.UserID) ([]string, error)
}

// Accounts keeps accounts.
type Accounts interface {
	CreateAccount(ctx context.Context, account convoke.Account, events ...convoke.Event) error
	Account(context.Context, convoke.AccountID) (convoke.Account, error)
	Accounts(context.Context) ([]convoke.Account, error)
	ChangeAccount(ctx context.Context, id convoke.AccountID, apply func(convoke.Account) (convoke.Account, []convoke.Event, error)) error
}

// Domains keeps the accounts' domains.
type Domains interface {
	Domains(context.Context, convoke.AccountID) ([]convoke.Domain, error)
	// DueDomains returns domains of all accounts whose next look is due.
	DueDomains(ctx context.Context, now time.Time, limit int) ([]convoke.Domain, error)
	// ChangeDomain runs decide on the domain as it is, nil when it is not there,
	// and writes its change, in one transaction. It may run decide again.
	ChangeDomain(ctx context.Context, account convoke.AccountID, name string, decide func(*convoke.Domain) (convoke.DomainChange, error)) error
}

// Looker looks for the proofs of a domain, in the world outside.
type Looker interface {
	// Look returns a finding for each method. What goes wrong out there is a
	// finding too; the error is ctx's alone.
	Look(ctx context.Context, d convoke.Domain) ([]convoke.Finding, error)
}

// Mappings keeps the accounts' mappings, and the latest assertions where they ask for it.
type Mappings interface {
	// Mapping returns the account's mapping and its revision; revision 0: none is
	// set. The mapping is empty when its revision is the known one.
	Mapping(ctx context.Context, account convoke.AccountID, known int64) (convoke.Mapping, int64, error)
	// ChangeMapping stores what change makes of the mapping, nil when none is set.
	ChangeMapping(ctx context.Context, account convoke.AccountID, change func(*convoke.Mapping) (convoke.Mapping, []convoke.Event, error)) error
	// KeepAssertion keeps an assertion among its account's latest.
	KeepAssertion(ctx context.Context, a convoke.KeptAssertion, latest int) error
	// Assertions returns those that came after the time, the latest first.
	Assertions(ctx context.Context, account convoke.AccountID, after time.Time) ([]convoke.KeptAssertion, error)
	// PurgeAssertions deletes those of every account that came before the time.
	PurgeAssertions(ctx context.Context, before time.Time) error
}

// Invites counts the invitations that an account sends.
type Invites interface {
	// TakeInvite counts one, or returns CodeRateInvites.
	TakeInvite(ctx context.Context, account convoke.AccountID) error
	// CountsInvites reports whether there is a limit at all.
	CountsInvites() bool
}

// Config is everything that a Service needs.
type Config struct {
	Store    Store
	Accounts Accounts
	Domains  Domains
	Looker   Looker
	Mappings Mappings // needed by SignIn and the calls about mappings only
	// Passwords and MatchesPassword are needed by SetPassword only.
	Passwords Passwords
	// Assistants is needed by the calls about assistants and schedulers only.
	Assistants Assistants
	// Groups is needed by the calls about groups only.
	Groups Groups
	// Directory is needed by the calls about entries only.
	Directory Directory
	// Pictures is needed by Picture, and where a mapping has a picture.
	Pictures Pictures
	// Roles is needed by SetRole and by lists of the users in a role only.
	Roles Roles
	// Invites holds accounts to their invitations a day; nil holds them to none.
	Invites Invites
	Bulk    Bulk // needed by Import only
	// SSO, Protocol and OIDC are needed by the calls about single sign-on only.
	SSO      SSOStore
	Protocol SSOProtocol
	OIDC     OIDCProtocol
	// HashPassword returns the PHC string of a password. It is slow on purpose.
	HashPassword func(context.Context, string) (string, error)
	// MatchesPassword reports whether a password is that of a PHC string; as slow.
	MatchesPassword func(ctx context.Context, phc, password string) (bool, error)
	// PageKey seals page tokens and CodeKey activation codes; 32 bytes each, the
	// same in every process that serves one database.
	PageKey, CodeKey []byte
	Now              func() time.Time
}

// Service makes, finds and changes users. It is safe for concurrent use and
// keeps nothing that another process would need.
type Service struct {
	store      Store
	accounts   Accounts
	domains    Domains
	looker     Looker
	invites    Invites
	bulk       Bulk
	former     Passwords
	assistants Assistants
	groups     Groups
	directory  Directory
	pictures   Pictures
	roles      Roles
	decoding   chan struct{} // a place for each picture that is being decoded
	sso        SSOStore
	protocol   SSOProtocol
	oidc       OIDCProtocol
	hash       func(context.Context, string) (string, error)
	matches    func(ctx context.Context, phc, password string) (bool, error)
	pages      convoke.PageTokens
	codeKey    []byte
	mappings   Mappings
	mappers    *mapperCache
	now        func() time.Time
	guesses    guesses
}

// New returns a Service.
func New(c Config) *Service {
	return &Service{
		store: c.Store, accounts: c.Accounts, domains: c.Domains, looker: c.Looker, invites: c.Invites, bulk: c.Bulk, former: c.Passwords,
		assistants: c.Assistants, groups: c.Groups, directory: c.Directory, pictures: c.Pictures, roles: c.Roles,
		decoding: make(chan struct{}, picturesAtOnce), sso: c.SSO, protocol: c.Protocol, oidc: c.OIDC,
		hash: c.HashPassword, matches: c.MatchesPassword,
		pages: convoke.PageTokens{Key: c.PageKey}, codeKey: c.CodeKey, now: c.Now,
		mappings: c.Mappings, mappers: newMapperCache(),
	}
}

// mark stamps a change of the principal's with the present time, in the
// millisecond precision that both databases keep.
func (s *Service) mark(p convoke.Principal) convoke.Mark {
	return convoke.Mark{At: s.now().UTC().Truncate(time.Millisecond), By: p}
}
