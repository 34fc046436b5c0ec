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
	// Make writes a change that makes a user, decided on what Find returned a
	// moment ago. It reports false when something came in between.
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
}

// Accounts keeps accounts and their domains.
type Accounts interface {
	CreateAccount(context.Context, convoke.Account) error
	Account(context.Context, convoke.AccountID) (convoke.Account, error)
	Accounts(context.Context) ([]convoke.Account, error)
	ChangeAccount(ctx context.Context, id convoke.AccountID, apply func(convoke.Account) (convoke.Account, error)) error
	SaveDomain(context.Context, convoke.Domain) error
	Domains(context.Context, convoke.AccountID) ([]convoke.Domain, error)
}

// Config is everything that a Service needs.
type Config struct {
	Store    Store
	Accounts Accounts
	Bulk     Bulk // needed by Import only
	// HashPassword returns the PHC string of a password. It is slow on purpose.
	HashPassword func(context.Context, string) (string, error)
	// PageKey seals page tokens and CodeKey activation codes; 32 bytes each, the
	// same in every process that serves one database.
	PageKey, CodeKey []byte
	Now              func() time.Time
}

// Service makes, finds and changes users. It is safe for concurrent use and
// keeps nothing that another process would need.
type Service struct {
	store    Store
	accounts Accounts
	bulk     Bulk
	hash     func(context.Context, string) (string, error)
	pages    convoke.PageTokens
	codeKey  []byte
	now      func() time.Time
}

// New returns a Service.
func New(c Config) *Service {
	return &Service{
		store: c.Store, accounts: c.Accounts, bulk: c.Bulk, hash: c.HashPassword,
		pages: convoke.PageTokens{Key: c.PageKey}, codeKey: c.CodeKey, now: c.Now,
	}
}

// mark stamps a change of the principal's with the present time, in the
// millisecond precision that both databases keep.
func (s *Service) mark(p convoke.Principal) convoke.Mark {
	return convoke.Mark{At: s.now().UTC().Truncate(time.Millisecond), By: p}
}
