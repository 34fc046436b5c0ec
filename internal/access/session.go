// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"log/slog"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// How long a portal session lasts, and an operator's code until it is used.
const (
	SessionLife      = 12 * time.Hour
	OperatorCodeLife = 15 * time.Minute
)

// StartSession signs in a user who proved by an activation link who they are. It
// appends user.signed_in to the account's events, with the address that the
// client has. It returns CodeSignInRefused for a user who is not active, or never
// signs in, and CodeSSORequired for one whose domain forces single sign-on: a
// link in a mail does not lead past the identity provider.
func (s *Service) StartSession(ctx context.Context, from string, user convoke.User) (SignedIn, error) {
	forcing, err := s.forcing(ctx, user.Email)
	if err != nil {
		return SignedIn{}, err
	}
	if forcing.forces(user) {
		return SignedIn{}, forcing.refusal()
	}
	return s.startBeside(ctx, from, user, forcing)
}

// start signs the user in, and appends the events. The session of a single
// sign-on ends when the login says, if that is sooner.
func (s *Service) start(
	ctx context.Context, from string, user convoke.User, login *convoke.SSOLogin, events ...convoke.Event,
) (SignedIn, error) {
	if err := mayEnter(user); err != nil {
		return SignedIn{}, err
	}
	now := s.now()
	life := SessionLife
	if login != nil && !login.Until.IsZero() {
		life = min(life, login.Until.Sub(now))
	}
	cookie, session := withSecret(convoke.Session{
		Kind: convoke.SessionUser, AccountID: user.AccountID, UserID: user.ID, CreatedAt: now, SSO: login,
	}, life)
	event := signedIn(user, now, login != nil).By(personOf(user, from))
	if err := s.sessions.SignIn(ctx, session, append(events, event)...); err != nil {
		return SignedIn{}, noLongerActive(err)
	}
	user.LastLoginAt = now
	return SignedIn{Cookie: cookie, User: user, ExpiresAt: session.ExpiresAt}, nil
}

// noLongerActive says what became of a user between the proof and the session.
func noLongerActive(err error) error {
	if convoke.HasCode(err, convoke.CodeUserNotFound) {
		return refused("This user is not active any more. Ask the person who runs your account to activate it again.")
	}
	return err
}

// save stores the session with a fresh secret, which it returns, and a life.
func (s *Service) save(
	ctx context.Context, session convoke.Session, life time.Duration, events ...convoke.Event,
) (string, time.Time, error) {
	secret, session := withSecret(session, life)
	return secret, session.ExpiresAt, s.sessions.SaveSession(ctx, session, events...)
}

func withSecret(session convoke.Session, life time.Duration) (string, convoke.Session) {
	secret := newSecret()
	hash := digest(secret)
	session.Hash, session.ExpiresAt = hash[:], session.CreatedAt.Add(life)
	return secret, session
}

// signedInObject is the object of user.signed_in (webhook reference).
type signedInObject struct {
	ID         convoke.UserID `json:"id"`
	ClientType string         `json:"client_type"`
	DateTime   string         `json:"date_time"`
	Email      string         `json:"email"`
	Version    string         `json:"version"`
	LoginType  string         `json:"login_type"`
}

// Zoom's numbers for how somebody signed in.
const (
	loginByPassword = "100"
	loginBySSO      = "101"
)

func signedIn(u convoke.User, at time.Time, bySSO bool) convoke.Event {
	object := signedInObject{
		ID: u.ID, ClientType: "Browser", DateTime: at.UTC().Format(time.RFC3339),
		Email: u.Email, Version: "-", LoginType: loginByPassword,
	}
	if bySSO || u.Action == convoke.ActionSSOCreate {
		object.LoginType = loginBySSO
	}
	return convoke.NewEvent(convoke.EventUserSignedIn, at, convoke.Payload{AccountID: u.AccountID, Object: object})
}

// Session returns the person or operator whose portal cookie it is. It returns
// CodeTokenMissing for an empty cookie, CodeTokenExpired, and CodeTokenInvalid
// for one that is unknown or whose user is gone or not active any more.
func (s *Service) Session(ctx context.Context, cookie string) (convoke.Principal, error) {
	if cookie == "" {
		return convoke.Principal{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenMissing, "Please sign in.")
	}
	session, err := s.open(ctx, cookie, s.sessions.Session)
	if err != nil {
		return convoke.Principal{}, err
	}
	switch session.Kind {
	case convoke.SessionOperator:
		return convoke.Operator(session.AccountID), nil
	case convoke.SessionUser:
		return s.person(ctx, session)
	}
	return convoke.Principal{}, sessionEnded() // an operator's code is no cookie
}

// open fetches a session by its secret and holds it to its life.
func (s *Service) open(
	ctx context.Context, secret string, fetch func(context.Context, []byte) (convoke.Session, error),
) (convoke.Session, error) {
	if !looksLikeSecret(secret) {
		return convoke.Session{}, sessionEnded()
	}
	hash := digest(secret)
	session, err := fetch(ctx, hash[:])
	if err != nil {
		return convoke.Session{}, endedUnlessOurs(err)
	}
	if !s.now().Before(session.ExpiresAt) {
		return convoke.Session{}, convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenExpired,
			"Your sign-in has expired. Please sign in again.")
	}
	return session, nil
}

// endedUnlessOurs turns the store's "no such thing" into the portal's answer
// and lets a fault of ours through.
func endedUnlessOurs(err error) error {
	switch convoke.AsError(err).Kind {
	case convoke.KindNotFound, convoke.KindUnauthenticated, convoke.KindGone:
		return sessionEnded()
	default:
		return err
	}
}

func (s *Service) person(ctx context.Context, session convoke.Session) (convoke.Principal, error) {
	p, err := s.activePerson(ctx, session.AccountID, session.UserID, "")
	if err != nil {
		return convoke.Principal{}, endedUnlessOurs(err)
	}
	return p, nil
}

// activePerson is the user as a principal, with the role of now.
func (s *Service) activePerson(ctx context.Context, account convoke.AccountID, id convoke.UserID, from string) (convoke.Principal, error) {
	found, err := s.sessions.Find(ctx, convoke.Lookup{AccountID: account, UserID: id})
	if err != nil {
		return convoke.Principal{}, err
	}
	user := found.Target
	if user == nil || user.Status != convoke.StatusActive {
		return convoke.Principal{}, sessionEnded()
	}
	return personOf(*user, from), nil
}

func personOf(u convoke.User, from string) convoke.Principal {
	return convoke.Principal{
		Kind: convoke.UserCaller, AccountID: u.AccountID, UserID: u.ID, Role: u.Role, Label: u.Email, Address: from,
	}
}

func sessionEnded() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "You are not signed in any more. Please sign in again.")
}

// SignOut ends the session of a cookie. A cookie that is no session is no error.
func (s *Service) SignOut(ctx context.Context, cookie string) error {
	if !looksLikeSecret(cookie) {
		return nil
	}
	hash := digest(cookie)
	err := s.sessions.DeleteSession(ctx, hash[:])
	if err != nil && convoke.AsError(err).Kind == convoke.KindNotFound {
		return nil
	}
	return err
}

// OperatorCode makes a code that opens the portal as the operator of the
// account: once, within OperatorCodeLife. Whoever can call this has the data
// dir in hand, so no principal is asked for. It returns CodeAccountNotFound.
func (s *Service) OperatorCode(ctx context.Context, account convoke.AccountID) (string, error) {
	if _, err := s.sessions.Account(ctx, account); err != nil {
		return "", err
	}
	made := s.mark(convoke.Operator(account)).OperatorEvent(convoke.EventOperatorLinkMade, account)
	code, _, err := s.save(ctx, convoke.Session{
		Kind: convoke.SessionOperatorCode, AccountID: account, CreatedAt: s.now(),
	}, OperatorCodeLife, made)
	return code, err
}

// ExchangeOperatorCode spends an operator's code and returns the cookie of an
// operator session, when it ends, and the operator. It returns CodeTokenExpired,
// or CodeTokenInvalid for a code that is unknown or was used.
func (s *Service) ExchangeOperatorCode(ctx context.Context, from, code string) (string, time.Time, convoke.Principal, error) {
	spent, err := s.open(ctx, code, s.sessions.TakeSession)
	if err == nil && spent.Kind != convoke.SessionOperatorCode {
		err = sessionEnded()
	}
	if err != nil {
		return "", time.Time{}, convoke.Principal{}, codeOver(err)
	}
	operator := convoke.Operator(spent.AccountID)
	operator.Address = from
	entered := s.mark(operator).OperatorEvent(convoke.EventOperatorSignedIn, spent.AccountID)
	cookie, expires, err := s.save(ctx, convoke.Session{
		Kind: convoke.SessionOperator, AccountID: spent.AccountID, CreatedAt: s.now(),
	}, SessionLife, entered)
	if err != nil {
		return "", time.Time{}, convoke.Principal{}, err
	}
	s.logger.InfoContext(ctx, "operator signed in", slog.Any("account_id", spent.AccountID))
	return cookie, expires, operator, nil
}

// codeOver says it in terms of the code where open speaks of a sign-in.
func codeOver(err error) error {
	if e := convoke.AsError(err); e.Kind == convoke.KindUnauthenticated {
		e.Message = "This link works once, within 15 minutes after it was made. Ask for a new one."
	}
	return err
}
