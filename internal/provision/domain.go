// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"sync"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"github.com/convoke/convoke/internal/convoke"
)

// AddDomain gives an account a domain; trusted makes it a verified one at once,
// without a look-up, which only the operator may. One that is there already
// stays as it is, or becomes a trusted one. It needs RightWriteDomains. A
// trusted domain that another account has verified is CodeDomainTaken.
func (s *Service) AddDomain(ctx context.Context, p convoke.Principal, name string, trusted bool) (convoke.Domain, error) {
	if err := mayAddDomain(p, trusted); err != nil {
		return convoke.Domain{}, err
	}
	name, err := domainName(name)
	if err != nil {
		return convoke.Domain{}, err
	}
	mark := s.mark(p)
	fresh := convoke.NewDomain(p.AccountID, name, newToken(), mark.At)
	var domain convoke.Domain
	err = s.domains.ChangeDomain(ctx, p.AccountID, name, func(before *convoke.Domain) (convoke.DomainChange, error) {
		change := convoke.AddDomain(before, fresh, trusted, mark)
		domain = *change.After
		return change, nil
	})
	return domain, err
}

func mayAddDomain(p convoke.Principal, trusted bool) error {
	if trusted {
		return p.RequireOperator()
	}
	return p.Require(convoke.RightWriteDomains)
}

// newToken returns 128 random bits as 32 hexadecimal digits.
func newToken() string {
	var raw [16]byte
	rand.Read(raw[:])
	return hex.EncodeToString(raw[:])
}

// domainName brings a domain into the form in which it is kept: ASCII, lower
// case. It refuses what nobody can have an e-mail at and a public suffix, such
// as co.uk, which belongs to nobody. IDNA and the list of suffixes are tables
// from outside, which package convoke does without.
func domainName(s string) (string, error) {
	name, err := convoke.ParseDomain(s)
	if err != nil {
		return "", err
	}
	if name, err = idna.Lookup.ToASCII(name); err != nil {
		return "", convoke.Invalid(convoke.CodeInvalidField, "domain", "The domain is not a valid name: it must look like example.com.")
	}
	if suffix, _ := publicsuffix.PublicSuffix(name); suffix == name {
		return "", convoke.Invalid(convoke.CodeInvalidField, "domain",
			"%s is a public suffix, under which many have domains of their own. Add yours, such as example.%s.", name, name)
	}
	return convoke.ParseDomain(name)
}

// Domains lists the domains of the account, by name. account is the
// principal's own or "me"; any other is CodeAccountNotFound. It needs
// RightReadDomains.
func (s *Service) Domains(ctx context.Context, p convoke.Principal, account string) ([]convoke.Domain, error) {
	if err := p.Require(convoke.RightReadDomains); err != nil {
		return nil, err
	}
	if err := s.ownAccount(ctx, p, account); err != nil {
		return nil, err
	}
	return s.domains.Domains(ctx, p.AccountID)
}

// TrustedDomains lists the names of the account's verified domains. It needs
// RightTrustedDomains; account is as in Domains.
func (s *Service) TrustedDomains(ctx context.Context, p convoke.Principal, account string) ([]string, error) {
	if err := p.Require(convoke.RightTrustedDomains); err != nil {
		return nil, err
	}
	if err := s.ownAccount(ctx, p, account); err != nil {
		return nil, err
	}
	domains, err := s.domains.Domains(ctx, p.AccountID)
	names := []string{}
	for _, d := range domains {
		if d.Verified() {
			names = append(names, d.Name)
		}
	}
	return names, err
}

// ownAccount refuses an account that is not there, or not the principal's.
func (s *Service) ownAccount(ctx context.Context, p convoke.Principal, account string) error {
	if account != "me" && convoke.AccountID(account) != p.AccountID {
		return convoke.NotFound(convoke.CodeAccountNotFound, "Account does not exist: %s.", account)
	}
	_, err := s.Account(ctx, p)
	return err
}

// keep changes nothing.
func keep(before convoke.Domain) convoke.DomainChange {
	return convoke.DomainChange{Before: &before, After: &before}
}

// SetDomain changes what the patch names. It needs RightWriteDomains.
// CodeInvalidField: an exception is not of the domain.
func (s *Service) SetDomain(ctx context.Context, p convoke.Principal, name string, patch convoke.DomainPatch) (convoke.Domain, error) {
	if err := p.Require(convoke.RightWriteDomains); err != nil {
		return convoke.Domain{}, err
	}
	patch, err := patch.Check(storedName(name))
	if err != nil {
		return convoke.Domain{}, err
	}
	return s.changeDomain(ctx, p.AccountID, name, func(before convoke.Domain) convoke.DomainChange {
		return convoke.SetDomain(before, patch, s.mark(p))
	})
}

// RemoveDomain takes a domain from the account. Its users stay. It needs
// RightWriteDomains.
func (s *Service) RemoveDomain(ctx context.Context, p convoke.Principal, name string) error {
	if err := p.Require(convoke.RightWriteDomains); err != nil {
		return err
	}
	_, err := s.changeDomain(ctx, p.AccountID, name, func(before convoke.Domain) convoke.DomainChange {
		return convoke.RemoveDomain(before, s.mark(p))
	})
	return err
}

// VerifyDomain looks for the domain's proofs now, and draws the conclusion: the
// domain as it is then, and what was found. It needs RightWriteDomains. A
// domain that is proved and that another account has verified is CodeDomainTaken;
// an app that asks again before convoke.DomainPause is over gets CodeDomainTooSoon.
func (s *Service) VerifyDomain(ctx context.Context, p convoke.Principal, name string) (convoke.Domain, []convoke.Finding, error) {
	if err := p.Require(convoke.RightWriteDomains); err != nil {
		return convoke.Domain{}, nil, err
	}
	var refused error
	domain, err := s.changeDomain(ctx, p.AccountID, name, func(before convoke.Domain) (change convoke.DomainChange) {
		if change, refused = convoke.BeginLook(before, s.mark(p)); refused != nil {
			return keep(before)
		}
		return change
	})
	if err = cmp.Or(err, refused); err != nil {
		return convoke.Domain{}, nil, err
	}
	return s.look(ctx, domain, p)
}

// look asks outside any transaction, since the world may take its time, and
// writes the conclusion in one.
func (s *Service) look(ctx context.Context, d convoke.Domain, p convoke.Principal) (convoke.Domain, []convoke.Finding, error) {
	findings, err := s.looker.Look(ctx, d)
	if err != nil {
		return convoke.Domain{}, nil, err
	}
	found := convoke.AnyFound(findings)
	after, err := s.changeDomain(ctx, d.AccountID, d.Name, func(before convoke.Domain) convoke.DomainChange {
		if before.Token != d.Token { // removed and added again meanwhile: this look was for other proofs
			return keep(before)
		}
		return convoke.CheckDomain(before, found, s.mark(p))
	})
	return after, findings, err
}

// changeDomain runs decide on a domain that must be there, in one transaction.
func (s *Service) changeDomain(
	ctx context.Context, account convoke.AccountID, name string, decide func(convoke.Domain) convoke.DomainChange,
) (convoke.Domain, error) {
	var domain convoke.Domain
	err := s.domains.ChangeDomain(ctx, account, storedName(name), func(before *convoke.Domain) (convoke.DomainChange, error) {
		if before == nil {
			return convoke.DomainChange{}, convoke.NotFound(convoke.CodeDomainNotFound, "The account has no domain %s.", name)
		}
		change := decide(*before)
		if change.After != nil {
			domain = *change.After
		}
		return change, nil
	})
	return domain, err
}

// storedName is the name under which a domain would be kept. What cannot be a
// domain gives the empty name, which none has.
func storedName(name string) string {
	if !convoke.Nameable(name) {
		return ""
	}
	stored, err := domainName(name)
	if err != nil {
		return ""
	}
	return stored
}

// looksAtOnce is how many domains the daily run looks at together: most of the
// time is spent waiting.
const looksAtOnce = 16

// RecheckDomains looks again at every domain of every account whose day has
// come, and returns how many it looked at. Only the operator may who is not
// held to a single account. Several processes may run it at once: each domain
// is looked at by one. A fault with one domain does not stop the others.
func (s *Service) RecheckDomains(ctx context.Context, p convoke.Principal) (int, error) {
	if err := forAccount(p, ""); err != nil {
		return 0, err
	}
	looked := 0
	var faults []error
	for {
		due, err := s.domains.DueDomains(ctx, s.mark(p).At, looksAtOnce)
		if err != nil || len(due) == 0 {
			return looked, errors.Join(append(faults, err)...)
		}
		n, err := s.recheckAll(ctx, due)
		looked += n
		if err != nil {
			faults = append(faults, err)
		}
		if ctx.Err() != nil || len(faults) > looksAtOnce {
			return looked, errors.Join(faults...)
		}
	}
}

func (s *Service) recheckAll(ctx context.Context, due []convoke.Domain) (looked int, _ error) {
	done, faults := make([]bool, len(due)), make([]error, len(due))
	var group sync.WaitGroup
	for i, d := range due {
		group.Go(func() { done[i], faults[i] = s.recheck(ctx, d) })
	}
	group.Wait()
	for _, d := range done {
		if d {
			looked++
		}
	}
	return looked, errors.Join(faults...)
}

// recheck looks at one domain, unless another process was quicker. Nobody is
// named as the operator of the events that follow.
func (s *Service) recheck(ctx context.Context, d convoke.Domain) (bool, error) {
	claimed := false
	_, err := s.changeDomain(ctx, d.AccountID, d.Name, func(before convoke.Domain) convoke.DomainChange {
		change := convoke.ClaimDomain(before, s.mark(convoke.Principal{}).At)
		claimed = !change.Empty()
		return change
	})
	if convoke.HasCode(err, convoke.CodeDomainNotFound) {
		return false, nil // removed meanwhile
	}
	if err != nil || !claimed {
		return false, err
	}
	_, _, err = s.look(ctx, d, convoke.Principal{})
	if convoke.HasCode(err, convoke.CodeDomainNotFound) {
		err = nil
	}
	return true, err
}
