// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Capabilities tells which of the four actions the principal's account may use,
// and exactly what the others lack. It needs RightReadUser.
func (s *Service) Capabilities(ctx context.Context, p convoke.Principal) (convoke.Account, []convoke.Capability, error) {
	if err := p.Require(convoke.RightReadUser); err != nil {
		return convoke.Account{}, nil, err
	}
	found, err := s.store.Find(ctx, convoke.Lookup{AccountID: p.AccountID})
	if err != nil {
		return convoke.Account{}, nil, err
	}
	return found.Policy.Account, convoke.Capabilities(found.Policy), nil
}

// Seats returns the licensed seats of the principal's account. It needs RightReadUser.
func (s *Service) Seats(ctx context.Context, p convoke.Principal) (convoke.Seats, error) {
	if err := p.Require(convoke.RightReadUser); err != nil {
		return convoke.Seats{}, err
	}
	seats, _, err := s.store.Tally(ctx, p.AccountID)
	return seats, err
}

// Census counts the users of the principal's account by status. It needs RightReadUser.
func (s *Service) Census(ctx context.Context, p convoke.Principal) (convoke.Census, error) {
	if err := p.Require(convoke.RightReadUser); err != nil {
		return convoke.Census{}, err
	}
	_, census, err := s.store.Tally(ctx, p.AccountID)
	return census, err
}

// CreateAccount makes a tenant and gives it what the change grants. Only the
// operator may, and only one who is not held to a single account.
func (s *Service) CreateAccount(ctx context.Context, p convoke.Principal, name string, grants convoke.AccountChange) (convoke.Account, error) {
	if err := forAccount(p, ""); err != nil {
		return convoke.Account{}, err
	}
	mark := s.mark(p)
	account, err := convoke.NewAccount(convoke.AccountID(newID()), name, mark.At)
	if err != nil {
		return convoke.Account{}, err
	}
	if account, err = account.Apply(grants); err != nil {
		return convoke.Account{}, err
	}
	return account, s.accounts.CreateAccount(ctx, account, mark.AccountCreated(account))
}

// EnsureDefaultAccount gives a fresh install one account, which may use custCreate
// and create at once; where there is any account it makes none. Of two processes
// that start together with the same id one alone makes it. Only the operator may
// who is not held to a single account.
func (s *Service) EnsureDefaultAccount(ctx context.Context, p convoke.Principal, id convoke.AccountID, name string) error {
	accounts, err := s.Accounts(ctx, p)
	if err != nil || len(accounts) > 0 {
		return err
	}
	mark := s.mark(p)
	account, err := convoke.NewAccount(id, name, mark.At)
	if err != nil {
		return err
	}
	account.APIPartner = true
	if err := s.accounts.CreateAccount(ctx, account, mark.AccountCreated(account)); !convoke.HasCode(err, convoke.CodeAccountTaken) {
		return err
	}
	return nil
}

// Accounts lists every tenant, for the operator.
func (s *Service) Accounts(ctx context.Context, p convoke.Principal) ([]convoke.Account, error) {
	if err := forAccount(p, ""); err != nil {
		return nil, err
	}
	return s.accounts.Accounts(ctx)
}

// Account returns the principal's own account.
func (s *Service) Account(ctx context.Context, p convoke.Principal) (convoke.Account, error) {
	return s.accounts.Account(ctx, p.AccountID)
}

// SetAccount changes what an account may do, for the operator.
func (s *Service) SetAccount(ctx context.Context, p convoke.Principal, id convoke.AccountID, change convoke.AccountChange) (convoke.Account, error) {
	if err := forAccount(p, id); err != nil {
		return convoke.Account{}, err
	}
	var account convoke.Account
	mark := s.mark(p)
	err := s.accounts.ChangeAccount(ctx, id, func(before convoke.Account) (convoke.Account, []convoke.Event, error) {
		var err error
		account, err = before.Apply(change)
		return account, mark.AccountUpdated(before, account), err
	})
	return account, err
}

// forAccount lets the operator pass who is not held to another account.
func forAccount(p convoke.Principal, id convoke.AccountID) error {
	if err := p.RequireOperator(); err != nil {
		return err
	}
	if p.AccountID != "" && p.AccountID != id {
		return convoke.NotFound(convoke.CodeAccountNotFound, "Account does not exist: %s.", id)
	}
	return nil
}
