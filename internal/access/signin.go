// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"log/slog"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// An e-mail is unique in one account only, so several users may answer to it.
const (
	maxSameEmail = 64 // users looked at for one sign-in
	maxVerified  = 8  // passwords compared for one sign-in
)

// recordLimit is how long the log may take to note a failed sign-in.
const recordLimit = 10 * time.Second

// SignedIn is a person who is now signed in to the portal.
type SignedIn struct {
	Cookie    string // the value; only its hash is stored
	User      convoke.User
	ExpiresAt time.Time

	BrokeGlass bool // the owner came in by password, past the single sign-on that the domain forces
}

// SignIn signs a person in to the portal by e-mail and password. A wrong
// password, an unknown e-mail and a user who has no password (custCreate and
// ssoCreate have none) are one error, CodeWrongPassword, after the same work. A
// right password of a user who may not come in gives CodeSignInRefused and says
// why. Where the e-mail's domain forces single sign-on, all of these are
// CodeSSORequired instead, whoever it is; but a right password lets in whom the
// domain excepts, and the account's owner, and that is noted in the audit log. Ten failures for one e-mail from one address give
// CodeTooMany, then one try a minute is allowed; so do too many sign-ins at the
// same time. Where users of several accounts share e-mail and password, the one
// who signed in last is meant. From is the address of the client, for the audit log.
func (s *Service) SignIn(ctx context.Context, from, email, password string) (SignedIn, error) {
	email, err := convoke.CheckEmail("email", email)
	if err != nil {
		return SignedIn{}, wrongPassword() // nobody has such an e-mail
	}
	key := convoke.EmailKey(email)
	if !s.gate.allows(key, from, s.now()) {
		return SignedIn{}, tooMany()
	}
	users, err := s.sessions.UsersByEmail(ctx, key, maxSameEmail)
	if err != nil {
		return SignedIn{}, err
	}
	forcing, err := s.forcing(ctx, email)
	if err != nil {
		return SignedIn{}, err
	}
	matching, err := s.matching(ctx, from, key, users, password)
	if err != nil {
		return SignedIn{}, s.noted(ctx, from, forcing, forcing.instead(err))
	}
	user, err := chooseUser(matching, forcing)
	if err != nil {
		return SignedIn{}, s.noted(ctx, from, forcing, err)
	}
	return s.startBeside(ctx, from, user, forcing)
}

// startBeside signs in a user who did not come by single sign-on and may do so,
// and notes it where the domain forces single sign-on on others.
func (s *Service) startBeside(ctx context.Context, from string, user convoke.User, f forcing) (SignedIn, error) {
	mark := s.mark(personOf(user, from))
	switch {
	case f.breaks(user):
		in, err := s.start(ctx, from, user, nil, mark.SSOBreakGlass(user))
		in.BrokeGlass = true
		return in, err
	case f.excepts(user):
		return s.start(ctx, from, user, nil, mark.SSOBypassed(user))
	}
	return s.start(ctx, from, user, nil)
}

// matching returns the users whose password it is, at least one. The throttle
// is asked again once it is our turn to hash, so that many guesses at once do
// not all slip past it.
func (s *Service) matching(ctx context.Context, from, key string, users []convoke.User, password string) ([]convoke.User, error) {
	if s.queued.Add(1) > int64(queueFor*cap(s.hashing)) {
		s.queued.Add(-1)
		return nil, tooBusy()
	}
	defer s.queued.Add(-1)
	release, err := s.acquire(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	if !s.gate.allows(key, from, s.now()) {
		return nil, tooMany()
	}
	matching := verify(users, password)
	if len(matching) == 0 {
		s.gate.fail(key, from, s.now())
		s.logger.InfoContext(ctx, "sign-in failed", slog.Int("users_with_this_email", len(users)))
		go s.recordFailure(context.WithoutCancel(ctx), from, users)
		return nil, wrongPassword()
	}
	s.gate.welcome(key, from)
	return matching, nil
}

// recordFailure writes the wrong password into the log of each account where it
// was tried. The throttle bounds how often that can be for one e-mail; an e-mail
// that nobody has leaves no trace, so that strangers cannot fill the log. The
// answer does not wait for it, or its time would tell which e-mails are known.
func (s *Service) recordFailure(ctx context.Context, from string, users []convoke.User) {
	if len(users) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, recordLimit)
	defer cancel()
	mark := s.mark(convoke.Principal{Address: from})
	events := make([]convoke.Event, len(users))
	for i, u := range users {
		events[i] = mark.SignInFailed(u)
	}
	if err := s.apps.Record(ctx, events...); err != nil {
		s.logger.ErrorContext(ctx, "a failed sign-in is missing from the audit log", slog.Any("error", err))
	}
}

// verify compares the password with that of each user, and with one that nobody
// has when there is none to compare with.
func verify(users []convoke.User, password string) (matching []convoke.User) {
	compared := 0
	for _, u := range users {
		hash, ok := parseHash(u.PasswordHash)
		if !ok || compared == maxVerified {
			continue
		}
		compared++
		if hash.matches(password) {
			matching = append(matching, u)
		}
	}
	if compared == 0 {
		noPassword.matches(password)
	}
	return matching
}

// chooseUser returns the one who signed in last among those who may, or why the
// first of them may not.
func chooseUser(users []convoke.User, f forcing) (convoke.User, error) {
	var chosen convoke.User
	var refusal error
	for _, u := range users {
		err := mayUsePassword(u, f)
		if err != nil && refusal == nil {
			refusal = err
		}
		if err == nil && (chosen.ID == "" || u.LastLoginAt.After(chosen.LastLoginAt)) {
			chosen = u
		}
	}
	if chosen.ID == "" {
		return convoke.User{}, refusal
	}
	return chosen, nil
}

func mayUsePassword(u convoke.User, f forcing) error {
	if f.forces(u) {
		return f.refusal()
	}
	if u.Action == convoke.ActionSSOCreate {
		return refused("This user signs in through the organisation's single sign-on, not with a password.")
	}
	return mayEnter(u)
}

// mayEnter returns CodeSignInRefused for a user who may not use the portal,
// however they proved who they are.
func mayEnter(u convoke.User) error {
	switch {
	case u.Action == convoke.ActionCustCreate:
		return refused("This user belongs to an app and never signs in here. Start your meetings from the app.")
	case u.Status == convoke.StatusInactive:
		return refused("This user is deactivated. Ask the person who runs your account to activate it again.")
	case u.Status == convoke.StatusPending:
		return refused("This user is not active yet. Follow the link in the invitation mail first.")
	}
	return nil
}

func refused(message string) error {
	return convoke.Errorf(convoke.KindForbidden, convoke.CodeSignInRefused, "%s", message)
}

func wrongPassword() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeWrongPassword, "The e-mail address or the password is wrong.")
}

// queueFor is how many sign-ins wait for each processor at most: a second or two.
// Who comes then is sent away at once, or a crowd would keep everybody waiting.
const queueFor = 32

func tooBusy() error {
	return convoke.Errorf(convoke.KindExhausted, convoke.CodeTooMany,
		"Very many people are signing in at this moment. Wait a few seconds and try again.")
}

func tooMany() error {
	return convoke.Errorf(convoke.KindExhausted, convoke.CodeTooMany,
		"Too many wrong passwords for this e-mail address. Wait a few minutes and try again.")
}
