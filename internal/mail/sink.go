// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Invitations knows whom an activation link is for, and whether it still works.
type Invitations interface {
	// Invitation returns the link, or CodeInvitationNotFound.
	Invitation(ctx context.Context, id convoke.InvitationID) (convoke.Invitation, error)
	// Find reads what the look-up names.
	Find(ctx context.Context, lookup convoke.Lookup) (convoke.Found, error)
}

// Codes derives the secret part of an activation link, which is stored nowhere.
type Codes interface {
	ActivationCode(id convoke.InvitationID) string
}

// Outbox keeps mails for the operator to see in the portal.
type Outbox interface {
	SaveMail(ctx context.Context, mail convoke.Mail) error
}

// Config is what the sink is made of.
type Config struct {
	Invitations Invitations
	Codes       Codes
	PublicURL   string // where the links point, as people reach the server
	// Outbox takes the mails unless SMTPURL is set.
	Outbox Outbox
	// SMTPURL is smtp://user:pass@host:port (STARTTLS, port 587 by default) or
	// smtps://... (TLS, 465). ?from=ADDRESS names the sender; ?tls=none, for a
	// server on this machine only, does without TLS.
	SMTPURL string
	// From is the sender's address, with or without a name, where SMTPURL has none.
	From   string
	Now    func() time.Time // nil: time.Now
	Logger *slog.Logger
}

// transport takes a mail out of here. The key is the same each time a mail is
// tried again.
type transport interface {
	send(ctx context.Context, mail convoke.Mail, key string) error
	// done says in the log what became of a mail that send took.
	done() string
}

// Sink sends a mail for each invitation and each changed password. It has the shape that package events
// asks for.
type Sink struct {
	invitations Invitations
	codes       Codes
	publicURL   string
	transport   transport
	now         func() time.Time
	logger      *slog.Logger
}

// New makes the sink. It fails for an SMTP URL or a sender that cannot work,
// without quoting the URL, which holds a password; it does not connect.
func New(c Config) (*Sink, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	s := &Sink{
		invitations: c.Invitations, codes: c.Codes, publicURL: strings.TrimRight(c.PublicURL, "/"),
		transport: outbox{c.Outbox}, now: c.Now, logger: c.Logger,
	}
	if c.SMTPURL != "" {
		server, err := parseServer(c.SMTPURL, c.From)
		if err != nil {
			return nil, err
		}
		s.transport = server
	}
	return s, nil
}

// Name is the sink's name.
func (*Sink) Name() string { return "mail" }

// Wants reports whether the event asks for a mail.
func (*Sink) Wants(e convoke.Event) bool {
	return e.Name == convoke.EventUserInvited || e.Name == convoke.EventUserPasswordChanged
}

// Deliver sends the mail that the event asks for. An invitation that was used,
// replaced or has expired in the meantime, and one whose user is gone or active
// by now, asks for none any more. Any error means that it should be tried again;
// after a failure in the wrong moment the mail may arrive twice, with one
// Message-ID and one link.
func (s *Sink) Deliver(ctx context.Context, e convoke.Event) error {
	if e.Name == convoke.EventUserPasswordChanged {
		return s.tellPassword(ctx, e)
	}
	var payload struct {
		Object convoke.InvitationObject `json:"object"`
	}
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		return fmt.Errorf("mail: reading event %d: %w", e.ID, err)
	}
	invitation, err := s.invitations.Invitation(ctx, payload.Object.InvitationID)
	if convoke.HasCode(err, convoke.CodeInvitationNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("mail: looking up the invitation: %w", err)
	}
	user, account, err := s.invited(ctx, invitation)
	if errors.Is(err, errNotWanted) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("mail: looking up the invited user: %w", err)
	}
	return s.write(ctx, invitation, user, account)
}

// tellPassword sends the notice of a changed password to who has one and is still
// there.
func (s *Sink) tellPassword(ctx context.Context, e convoke.Event) error {
	var payload struct {
		Object convoke.UserObject `json:"object"`
	}
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		return fmt.Errorf("mail: reading event %d: %w", e.ID, err)
	}
	found, err := s.invitations.Find(ctx, convoke.Lookup{AccountID: e.AccountID, UserID: payload.Object.ID})
	if err != nil {
		return fmt.Errorf("mail: looking up the user: %w", err)
	}
	u := found.Target
	if u == nil || !u.SignsInWithPassword() {
		return nil
	}
	mail, err := passwordLetter.render(words{Name: oneLine(u.Name()), Account: oneLine(found.Policy.Account.Name)})
	if err != nil {
		return fmt.Errorf("mail: writing the text: %w", err)
	}
	mail.AccountID, mail.To, mail.CreatedAt = e.AccountID, u.Email, s.now()
	if err := s.transport.send(ctx, mail, fmt.Sprintf("password-%d", e.ID)); err != nil {
		return fmt.Errorf("mail: sending: %w", err)
	}
	s.logger.InfoContext(ctx, s.transport.done(), slog.Any("account_id", e.AccountID), slog.Any("user_id", u.ID))
	return nil
}

// errNotWanted means that nobody waits for the mail any more.
var errNotWanted = errors.New("the invitation is over")

// invited returns the user whom the invitation is for, and the account's name.
func (s *Sink) invited(ctx context.Context, i convoke.Invitation) (convoke.User, string, error) {
	if i.Usable(s.now()) != nil {
		return convoke.User{}, "", errNotWanted
	}
	found, err := s.invitations.Find(ctx, convoke.Lookup{AccountID: i.AccountID, UserID: i.UserID})
	if err != nil {
		return convoke.User{}, "", err
	}
	if found.Target == nil || found.Target.Status != convoke.StatusPending {
		return convoke.User{}, "", errNotWanted
	}
	return *found.Target, found.Policy.Account.Name, nil
}

func (s *Sink) write(ctx context.Context, i convoke.Invitation, u convoke.User, account string) error {
	letter := invitationLetter
	if u.StatusReason == convoke.ReasonDomainNotAssociated {
		letter = confirmationLetter
	}
	mail, err := letter.render(words{
		Name: oneLine(u.Name()), Account: oneLine(account), Until: i.ExpiresAt.UTC().Format("2 January 2006"),
		Link: convoke.PublicURL(s.publicURL).Activation(s.codes.ActivationCode(i.ID)),
	})
	if err != nil {
		return fmt.Errorf("mail: writing the text: %w", err)
	}
	mail.AccountID, mail.To, mail.CreatedAt = i.AccountID, i.Email, s.now()
	if err := s.transport.send(ctx, mail, string(i.ID)); err != nil {
		return fmt.Errorf("mail: sending: %w", err)
	}
	s.logger.InfoContext(ctx, s.transport.done(), slog.Any("account_id", i.AccountID), slog.Any("user_id", i.UserID))
	return nil
}

// outbox is the transport to the local outbox.
type outbox struct{ Outbox }

func (o outbox) send(ctx context.Context, mail convoke.Mail, _ string) error {
	return o.SaveMail(ctx, mail)
}

func (outbox) done() string { return "mail kept in the outbox" } // it reaches nobody by itself
