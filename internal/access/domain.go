// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// forcing is a domain whose people sign in at their identity provider only, as
// one sign-in sees it. The zero value forces nobody.
type forcing struct {
	domain convoke.Domain
	forced bool   // the e-mail's person
	page   string // where to sign in instead, a path of this server; may be empty
}

// forcing looks whether an account forces single sign-on on the e-mail's domain.
// One whose single sign-on is switched off forces nobody: they could not get in.
func (s *Service) forcing(ctx context.Context, email string) (forcing, error) {
	domain, ok, err := s.domains.VerifiedDomain(ctx, convoke.EmailDomain(email))
	if err != nil || !ok || !domain.ForceSSO {
		return forcing{}, err
	}
	account, err := s.sessions.Account(ctx, domain.AccountID)
	if err != nil || !account.SSO {
		return forcing{}, err
	}
	f := forcing{domain: domain}
	f.forced, _ = domain.ForcesSSO(email)
	connection, err := s.domains.SSO(ctx, domain.AccountID)
	if convoke.HasCode(err, convoke.CodeSSONotFound) {
		return f, nil
	}
	if err == nil {
		f.page = "/sso/" + connection.Vanity
	}
	return f, err
}

// forces reports whether the user must not use a password. The e-mail's users in
// other accounts may, and so may the account's owner.
func (f forcing) forces(u convoke.User) bool {
	return f.forced && f.domain.AccountID == u.AccountID && !u.BreaksGlass()
}

// breaks reports whether only being the owner lets the user use a password.
func (f forcing) breaks(u convoke.User) bool {
	return f.forced && f.domain.AccountID == u.AccountID && u.BreaksGlass()
}

// excepts reports whether only an exception lets the user use a password.
func (f forcing) excepts(u convoke.User) bool {
	_, excepted := f.domain.ForcesSSO(u.Email)
	return excepted && f.domain.AccountID == u.AccountID
}

// instead says where to sign in to somebody who may never have had a password.
// It is about the domain: it does not tell who has a user here.
func (f forcing) instead(err error) error {
	if f.forced && convoke.HasCode(err, convoke.CodeWrongPassword) {
		return f.refusal()
	}
	return err
}

func (f forcing) refusal() error {
	return &convoke.Error{
		Kind: convoke.KindForbidden, Code: convoke.CodeSSORequired, Link: f.page,
		Message: "People of " + f.domain.Name + " sign in through their organisation, not with a password.",
	}
}
