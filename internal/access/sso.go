// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// StartSSOSession is StartSession for a user whom the account's identity
// provider vouches for. The login says how that names the person, so that the
// session ends when it signs the person out, and when it must end at the latest.
func (s *Service) StartSSOSession(ctx context.Context, from string, user convoke.User, login convoke.SSOLogin) (SignedIn, error) {
	return s.start(ctx, from, user, &login)
}

// UseOnce lets an account take each of the keys once, on whichever process, and
// returns CodeReplayed for any that was taken. It remembers them until the time
// from which they would be refused for their age.
func (s *Service) UseOnce(ctx context.Context, account convoke.AccountID, until time.Time, keys ...string) error {
	hashes := make([][]byte, len(keys))
	for i, key := range keys {
		hashes[i] = usedHash(account, key)
	}
	return s.sso.UseOnce(ctx, until, hashes...)
}

// usedHash is over both after their lengths, so that no two pairs share one.
func usedHash(account convoke.AccountID, key string) []byte {
	h := sha256.New()
	for _, text := range []string{string(account), key} {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(len(text))))
		h.Write([]byte(text))
	}
	return h.Sum(nil)
}

// EndSSOSessions signs out the person whom the account's identity provider
// names so: those of its own sessions that it lists, or all when it lists none.
func (s *Service) EndSSOSessions(ctx context.Context, account convoke.AccountID, subject string, indexes []string) error {
	ended, err := s.sso.DeleteSSOSessions(ctx, account, subject, indexes)
	return s.signedOut(ctx, account, ended, err)
}

// EndSSOSession is EndSSOSessions where the identity provider names its own
// session alone, and not the person.
func (s *Service) EndSSOSession(ctx context.Context, account convoke.AccountID, index string) error {
	ended, err := s.sso.DeleteSSOSession(ctx, account, index)
	return s.signedOut(ctx, account, ended, err)
}

func (s *Service) signedOut(ctx context.Context, account convoke.AccountID, sessions int, err error) error {
	if err == nil {
		s.logger.InfoContext(ctx, "signed out by the identity provider", slog.Any("account_id", account), slog.Int("sessions", sessions))
	}
	return err
}

// SSOLogin returns what the session of a cookie rests on, and its account; nil
// for a session that came another way. It returns the errors of Session.
func (s *Service) SSOLogin(ctx context.Context, cookie string) (convoke.AccountID, *convoke.SSOLogin, error) {
	session, err := s.open(ctx, cookie, s.sessions.Session)
	return session.AccountID, session.SSO, err
}
