// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// SSOStore keeps the accounts' single sign-on.
type SSOStore interface {
	// SSO returns the account's connection, or CodeSSONotFound.
	SSO(context.Context, convoke.AccountID) (convoke.SSOConnection, error)
	// SSOByVanity returns the connection with the name, or CodeSSONotFound.
	SSOByVanity(ctx context.Context, vanity string) (convoke.SSOConnection, error)
	// DueSSO returns connections whose metadata is to be fetched again.
	DueSSO(ctx context.Context, now time.Time, limit int) ([]convoke.SSOConnection, error)
	// ChangeSSO runs decide on the account and its connection, nil when there is
	// none, and writes its change, in one transaction. It may run decide again.
	ChangeSSO(ctx context.Context, account convoke.AccountID,
		decide func(convoke.Account, *convoke.SSOConnection) (convoke.SSOChange, error)) error
}

// SSOProtocol is the part of single sign-on that knows XML, keys and the world
// outside.
type SSOProtocol interface {
	// NewKeyPair makes the keys of an account's service provider.
	NewKeyPair(account convoke.AccountID, now time.Time) (convoke.SSOKeyPair, error)
	// ParseMetadata reads an identity provider's metadata, or returns CodeInvalidMetadata.
	ParseMetadata(document []byte) (convoke.SSOMetadata, error)
	// FetchMetadata is ParseMetadata of what is at the address.
	FetchMetadata(ctx context.Context, url string) (convoke.SSOMetadata, error)
}

// OIDCProtocol is the part of single sign-on that knows OpenID providers.
type OIDCProtocol interface {
	// Discover reads what the provider publishes of itself, or returns CodeInvalidMetadata.
	Discover(ctx context.Context, issuer string) (convoke.SSOMetadata, error)
	// SealSecret makes of a client secret what may be stored for the account.
	SealSecret(account convoke.AccountID, secret string) ([]byte, error)
}

// SSO returns the single sign-on of the principal's account, or
// CodeSSONotFound. It needs RightReadSSO.
func (s *Service) SSO(ctx context.Context, p convoke.Principal) (convoke.SSOConnection, error) {
	if err := p.Require(convoke.RightReadSSO); err != nil {
		return convoke.SSOConnection{}, err
	}
	return s.sso.SSO(ctx, p.AccountID)
}

// SetSSO sets single sign-on up, or changes it, and switches it on for the
// account. A metadata URL that is new is fetched at once. It needs
// RightWriteSSO, and returns CodeInvalidField, CodeInvalidMetadata or
// CodeVanityTaken.
func (s *Service) SetSSO(ctx context.Context, p convoke.Principal, form convoke.SSOForm) (convoke.SSOConnection, error) {
	if err := p.Require(convoke.RightWriteSSO); err != nil {
		return convoke.SSOConnection{}, err
	}
	draft, err := s.readForm(ctx, p.AccountID, form)
	if err != nil {
		return convoke.SSOConnection{}, err
	}
	mark := s.mark(p)
	keys, err := s.freshKeys(ctx, p, mark.At)
	if err != nil {
		return convoke.SSOConnection{}, err
	}
	var connection convoke.SSOConnection
	err = s.sso.ChangeSSO(ctx, p.AccountID, func(a convoke.Account, before *convoke.SSOConnection) (convoke.SSOChange, error) {
		base := convoke.NewSSOConnection(a, keys, mark.At)
		if before != nil {
			base = *before
		}
		if connection, err = base.Apply(draft, mark.At); err != nil {
			return convoke.SSOChange{}, err
		}
		return convoke.SetSSO(a, before, connection, mark), nil
	})
	return connection, err
}

// freshKeys makes a key pair for an account that has none. It takes its time,
// so it is done before the transaction.
func (s *Service) freshKeys(ctx context.Context, p convoke.Principal, now time.Time) (convoke.SSOKeyPair, error) {
	present, err := s.sso.SSO(ctx, p.AccountID)
	if convoke.HasCode(err, convoke.CodeSSONotFound) {
		return s.protocol.NewKeyPair(p.AccountID, now)
	}
	return convoke.SSOKeyPair{Certificate: present.Certificate, PrivateKey: present.PrivateKey}, err
}

// readForm reads the form, and the metadata that it holds or names.
func (s *Service) readForm(ctx context.Context, account convoke.AccountID, form convoke.SSOForm) (convoke.SSODraft, error) {
	draft, err := form.Draft()
	if err != nil {
		return draft, err
	}
	if form.ClientSecret != nil {
		if err := convoke.CheckClientSecret(*form.ClientSecret); err != nil {
			return draft, err
		}
		if draft.ClientSecret, err = s.oidc.SealSecret(account, *form.ClientSecret); err != nil {
			return draft, err
		}
	}
	var metadata convoke.SSOMetadata
	switch {
	case form.Issuer != nil:
		metadata, err = s.oidc.Discover(ctx, *form.Issuer)
		draft.MetadataURL = new(convoke.DiscoveryURL(*form.Issuer))
	case form.Metadata != nil:
		metadata, err = s.protocol.ParseMetadata([]byte(*form.Metadata))
	case form.MetadataURL != nil && *form.MetadataURL != "":
		metadata, err = s.protocol.FetchMetadata(ctx, *form.MetadataURL)
	default:
		return draft, nil
	}
	draft.Metadata = &metadata
	return draft, err
}

// RemoveSSO takes single sign-on from the account, with its keys. Its users
// stay. It needs RightWriteSSO.
func (s *Service) RemoveSSO(ctx context.Context, p convoke.Principal) error {
	if err := p.Require(convoke.RightWriteSSO); err != nil {
		return err
	}
	mark := s.mark(p)
	return s.sso.ChangeSSO(ctx, p.AccountID, func(a convoke.Account, before *convoke.SSOConnection) (convoke.SSOChange, error) {
		if before == nil {
			return convoke.SSOChange{}, convoke.NotFound(convoke.CodeSSONotFound, "Single sign-on is not set up for this account.")
		}
		return convoke.RemoveSSO(a, *before, mark), nil
	})
}

// SSOByVanity returns the connection of the account with the name, in any case,
// for the sign-in pages, which anybody may open; or CodeSSONotFound.
func (s *Service) SSOByVanity(ctx context.Context, vanity string) (convoke.SSOConnection, error) {
	if !convoke.Nameable(vanity) {
		return convoke.SSOConnection{}, convoke.SSONotFound()
	}
	return s.sso.SSOByVanity(ctx, strings.ToLower(vanity))
}

// refreshesAtOnce is how many providers are asked at once.
const refreshesAtOnce = 16

// RefreshSSO fetches again the metadata of accounts whose time has come, at most
// refreshesAtOnce, and returns how many it fetched: 0 once all are done. Only the
// operator may who is not held to a single account. A failure is written down, and
// the connection goes on as it was.
func (s *Service) RefreshSSO(ctx context.Context, p convoke.Principal) (int, error) {
	if err := forAccount(p, ""); err != nil {
		return 0, err
	}
	due, err := s.sso.DueSSO(ctx, s.mark(p).At, refreshesAtOnce)
	if err != nil {
		return 0, err
	}
	faults := make([]error, len(due))
	var group sync.WaitGroup
	for i, c := range due { // beside one another: one that does not answer holds up nobody
		group.Go(func() { faults[i] = s.refresh(ctx, c) })
	}
	group.Wait()
	return len(due), errors.Join(faults...)
}

// refresh fetches outside any transaction, and writes the outcome unless the
// address was changed meanwhile. The log tells of it when the provider's values
// differ.
func (s *Service) refresh(ctx context.Context, c convoke.SSOConnection) error {
	metadata, err := s.fetchAgain(ctx, c)
	found, failure := &metadata, ""
	if err != nil {
		found, failure = nil, convoke.AsError(err).Message
	}
	mark := s.mark(convoke.Principal{})
	return s.sso.ChangeSSO(ctx, c.AccountID, func(a convoke.Account, before *convoke.SSOConnection) (convoke.SSOChange, error) {
		if before == nil || before.MetadataURL != c.MetadataURL {
			return convoke.SSOChange{Account: a, Before: before, After: before}, nil
		}
		after := before.Refreshed(found, failure, mark.At)
		change := convoke.SetSSO(a, before, after, mark)
		if before.SameProvider(after) {
			change.Events = nil
		}
		return change, nil
	})
}

func (s *Service) fetchAgain(ctx context.Context, c convoke.SSOConnection) (convoke.SSOMetadata, error) {
	if c.Protocol() == convoke.SSOOIDC {
		return s.oidc.Discover(ctx, c.EntityID)
	}
	return s.protocol.FetchMetadata(ctx, c.MetadataURL)
}

// SSOTestLife is for how long the operator's link to a test sign-in works.
const SSOTestLife = 15 * time.Minute

// SSOTestCode lets whoever has it see, within SSOTestLife, what a sign-in would
// bring and make, without making anything. It needs RightWriteSSO.
func (s *Service) SSOTestCode(ctx context.Context, p convoke.Principal) (convoke.SSOConnection, string, error) {
	if err := p.Require(convoke.RightWriteSSO); err != nil {
		return convoke.SSOConnection{}, "", err
	}
	connection, err := s.sso.SSO(ctx, p.AccountID)
	if err != nil {
		return convoke.SSOConnection{}, "", err
	}
	until := binary.BigEndian.AppendUint64(nil, uint64(s.now().Add(SSOTestLife).Unix()))
	return connection, base64.RawURLEncoding.EncodeToString(append(until, s.testMAC(p.AccountID, until)...)), nil
}

func (s *Service) testMAC(account convoke.AccountID, until []byte) []byte {
	mac := hmac.New(sha256.New, s.codeKey)
	mac.Write([]byte("sso test\x00" + string(account) + "\x00"))
	mac.Write(until)
	return mac.Sum(nil)
}

// CheckSSOTest returns CodeTokenInvalid or CodeTokenExpired for a code that does
// not open the account's test sign-in.
func (s *Service) CheckSSOTest(account convoke.AccountID, code string) error {
	raw, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil || len(raw) != 8+sha256.Size || !hmac.Equal(raw[8:], s.testMAC(account, raw[:8])) {
		return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "This link to a test sign-in is not valid. Make a new one.")
	}
	if s.now().Unix() >= int64(binary.BigEndian.Uint64(raw[:8])) {
		return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenExpired, "This link to a test sign-in is too old. Make a new one.")
	}
	return nil
}

// TestSignIn tells what SignIn would make of a verified assertion, and changes
// nothing. The assertion and the operator's code (CheckSSOTest) are the
// authority; only a door that has checked both calls this.
func (s *Service) TestSignIn(ctx context.Context, a convoke.Assertion) (Rehearsed, error) {
	return s.Rehearse(ctx, convoke.Operator(a.AccountID), Rehearsal{Assertion: a})
}
