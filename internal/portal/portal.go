// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"context"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
	"github.com/convoke/convoke/internal/provision"
)

// Doorway is the way into a room, for who holds a link or a room's secret.
type Doorway interface {
	Lobby(ctx context.Context, link conference.Link, returning ...convoke.ParticipantID) (conference.Lobby, error)
	Join(ctx context.Context, link conference.Link, name string, returning ...convoke.ParticipantID) (conference.Session, error)
	Session(ctx context.Context, secret string) (conference.Session, error)
	Await(ctx context.Context, secret string, state conference.State, limit time.Duration) (conference.Session, error)
	Leave(ctx context.Context, secret string) error
}

// Moderation is what hosts and cohosts do to others in their room.
type Moderation interface {
	Waiting(ctx context.Context, secret string) ([]convoke.Participant, error)
	Admit(ctx context.Context, secret string, id convoke.ParticipantID) error
	RemoveParticipant(ctx context.Context, secret string, id convoke.ParticipantID) error
	Mute(ctx context.Context, secret string, id convoke.ParticipantID, source convoke.TrackSource) error
	MuteAll(ctx context.Context, secret string) error
	EndForAll(ctx context.Context, secret string) error
}

// Meetings is what a signed-in person does with their own meetings.
type Meetings interface {
	Schedule(ctx context.Context, p convoke.Principal, hostRef string, patch convoke.MeetingPatch) (conference.View, error)
	Meeting(ctx context.Context, p convoke.Principal, id convoke.MeetingID) (conference.View, error)
	Meetings(ctx context.Context, p convoke.Principal, hostRef string, l conference.MeetingList) (conference.MeetingPage, error)
	Delete(ctx context.Context, p convoke.Principal, id convoke.MeetingID) error
}

// Users is what the operator sees and does about the account's users.
type Users interface {
	User(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error)
	Users(ctx context.Context, p convoke.Principal, l provision.UserList) (provision.UserPage, error)
	SetStatus(ctx context.Context, p convoke.Principal, ref string, active bool) error
	Account(ctx context.Context, p convoke.Principal) (convoke.Account, error)
	Capabilities(ctx context.Context, p convoke.Principal) (convoke.Account, []convoke.Capability, error)
	Seats(ctx context.Context, p convoke.Principal) (convoke.Seats, error)
	Census(ctx context.Context, p convoke.Principal) (convoke.Census, error)
}

// Invitations is what the operator does about the invitations of pending users.
type Invitations interface {
	Invite(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error)
	RevokeInvitation(ctx context.Context, p convoke.Principal, ref string) (convoke.User, error)
}

// Domains is what the operator sees and does about the account's domains.
type Domains interface {
	AddDomain(ctx context.Context, p convoke.Principal, name string, trusted bool) (convoke.Domain, error)
	Domains(ctx context.Context, p convoke.Principal, account string) ([]convoke.Domain, error)
	SetDomain(ctx context.Context, p convoke.Principal, name string, patch convoke.DomainPatch) (convoke.Domain, error)
	VerifyDomain(ctx context.Context, p convoke.Principal, name string) (convoke.Domain, []convoke.Finding, error)
	RemoveDomain(ctx context.Context, p convoke.Principal, name string) error
}

// Webhooks is what the operator sees and does about webhook subscriptions.
type Webhooks interface {
	List(ctx context.Context, p convoke.Principal) ([]convoke.Subscription, error)
	Create(ctx context.Context, p convoke.Principal, app convoke.ClientID, d convoke.SubscriptionDraft) (convoke.Subscription, error)
	Change(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, d convoke.SubscriptionDraft) (convoke.Subscription, error)
	Remove(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID) error
	Validate(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID) (convoke.Subscription, error)
}

// Deliveries is what the operator sees and does about what was not delivered.
type Deliveries interface {
	Deliveries(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, state convoke.DeliveryState, after int64, limit int) ([]convoke.Delivery, int64, error)
	Attempts(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, event int64, limit int) ([]convoke.Attempt, error)
	Replay(ctx context.Context, p convoke.Principal, id convoke.SubscriptionID, event int64) (int, error)
}

// Audit is the audit log, as the operator sees it.
type Audit interface {
	List(ctx context.Context, p convoke.Principal, f convoke.AuditFilter, before int64, limit int) (events.AuditPage, error)
	Verify(ctx context.Context, p convoke.Principal, keptSince time.Time, head string) (events.Report, error)
	Export(ctx context.Context, p convoke.Principal, after int64, to io.Writer) error
}

// Apps lists the account's apps.
type Apps interface {
	Apps(ctx context.Context, p convoke.Principal) ([]convoke.App, error)
}

// Activations is what the activation page needs.
type Activations interface {
	Activation(ctx context.Context, code string) (provision.Activation, error)
	Activate(ctx context.Context, from, code, password string) (convoke.User, error)
}

// Access tells who is signed in.
type Access interface {
	SignIn(ctx context.Context, from, email, password string) (access.SignedIn, error)
	StartSession(ctx context.Context, from string, user convoke.User) (access.SignedIn, error)
	SignOut(ctx context.Context, cookie string) error
	Session(ctx context.Context, cookie string) (convoke.Principal, error)
	ExchangeOperatorCode(ctx context.Context, from, code string) (cookie string, expires time.Time, p convoke.Principal, err error)
}

// Mails is the outbox, as the operator sees it.
type Mails interface {
	Mails(ctx context.Context, p convoke.Principal, before int64, limit int) ([]convoke.Mail, error)
	Mail(ctx context.Context, p convoke.Principal, id int64) (convoke.Mail, error)
}

// Imports is the bulk jobs, as the operator sees them.
type Imports interface {
	Start(ctx context.Context, p convoke.Principal, o convoke.ImportOptions, file io.Reader) (convoke.Import, error)
	Import(ctx context.Context, p convoke.Principal, id convoke.ImportID) (convoke.Import, error)
	Imports(ctx context.Context, p convoke.Principal, token string, limit int) (list []convoke.Import, next string, err error)
	Rows(ctx context.Context, p convoke.Principal, id convoke.ImportID, after int64, limit int, problems bool) ([]convoke.ImportRow, int64, error)
	Results(ctx context.Context, p convoke.Principal, id convoke.ImportID, to io.Writer) error
	Cancel(ctx context.Context, p convoke.Principal, id convoke.ImportID) (convoke.Import, error)
}

// Config is everything that the door needs.
type Config struct {
	Doorway     Doorway
	Moderation  Moderation
	Meetings    Meetings
	Users       Users
	Invitations Invitations
	Domains     Domains
	Mappings    Mappings
	Activations Activations
	Access      Access
	Mails       Mails
	Imports     Imports
	Webhooks    Webhooks
	Deliveries  Deliveries
	Apps        Apps
	Audit       Audit
	SSO         SingleSignOn
	Pictures    Pictures
	Connections Connections
	Devices     Devices

	EventsKept time.Duration   // how long the audit log goes back; that older entries are gone is no fault
	Pages      fs.FS           // room/index.html, portal/index.html and assets/, from web/dist
	Built      bool            // false: the pages were not built, and only a note can be shown
	PublicURL  string          // without a slash at its end; https makes cookies secure
	MediaURL   string          // ws:// or wss:// base that browsers connect to for media
	Delivery   string          // "outbox" or "smtp": where mails go, shown to the operator
	Stopping   context.Context // when it is done, long polls are answered at once
	Logger     *slog.Logger
}

// door is the handler's whole world.
type door struct {
	Config
	secure bool
}

// New returns the handler for every route that routes.go lists.
func New(c Config) http.Handler {
	if c.Stopping == nil {
		c.Stopping = context.Background()
	}
	d := &door{Config: c, secure: strings.HasPrefix(strings.ToLower(c.PublicURL), "https://")}
	return d.secured(d.routes())
}
