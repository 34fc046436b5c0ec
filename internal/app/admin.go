// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/config"
	"github.com/convoke/convoke/internal/convoke"
)

// Admin is the operator's side of the data dir, for the command line. It works
// whether or not a server is running on the same data.
type Admin struct {
	*core

	retention time.Duration
}

// EventRetention is how long a server of this configuration keeps events.
func (a *Admin) EventRetention() time.Duration { return a.retention }

// OpenAdmin opens the data that a server or MakeAdmin made. It makes none, so that
// a command in the wrong directory says so instead of finding everything empty.
func OpenAdmin(ctx context.Context, c config.Config, logger *slog.Logger) (*Admin, error) {
	if _, err := os.Stat(c.DatabasePath()); c.DatabaseURL == "" && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("there is no Convoke data in %s: say where it is with --data-dir, or make it with convoke serve", c.DataDir)
	}
	return MakeAdmin(ctx, c, logger)
}

// MakeAdmin opens the data, and makes it when it is not there yet: for commands
// that create something, which may come before the first start of a server.
func MakeAdmin(ctx context.Context, c config.Config, logger *slog.Logger) (*Admin, error) {
	k, err := openCore(ctx, c, logger)
	if err != nil {
		return nil, err
	}
	return &Admin{k, c.EventRetention}, nil
}

// Close closes the database.
func (a *Admin) Close() error { return a.close() }

// AccountInfo is an account as the commands print it.
type AccountInfo struct {
	ID            string `json:"account_id"`
	Name          string `json:"name"`
	APIPartner    bool   `json:"api_partner"`
	AutoCreate    bool   `json:"auto_create"`
	SSO           bool   `json:"sso"`
	Provisioning  string `json:"provisioning"`
	LicensedSeats *int64 `json:"licensed_seats"` // null: no limit
	SeatMode      string `json:"seat_mode"`
	BasicUsers    *int64 `json:"basic_users"` // null: no limit
}

func newAccountInfo(a convoke.Account) AccountInfo {
	info := AccountInfo{
		ID: string(a.ID), Name: a.Name, APIPartner: a.APIPartner, AutoCreate: a.AutoCreate,
		SSO: a.SSO, Provisioning: string(a.Provisioning), SeatMode: string(a.SeatMode),
	}
	if a.LicensedSeats != convoke.NoSeatLimit {
		info.LicensedSeats = &a.LicensedSeats
	}
	if a.BasicUsers != convoke.NoSeatLimit {
		info.BasicUsers = &a.BasicUsers
	}
	return info
}

// Grants is what `account create` and `account set` change; nil leaves a value
// as it is.
type Grants struct {
	Name                        *string
	APIPartner, AutoCreate, SSO *bool
	Provisioning                *string
	LicensedSeats               *int64 // -1: no limit
	SeatMode                    *string
	BasicUsers                  *int64 // -1: no limit
}

func (g Grants) change() convoke.AccountChange {
	change := convoke.AccountChange{
		Name: g.Name, APIPartner: g.APIPartner, AutoCreate: g.AutoCreate, SSO: g.SSO,
		LicensedSeats: g.LicensedSeats, BasicUsers: g.BasicUsers,
	}
	if g.Provisioning != nil {
		mode := convoke.Provisioning(*g.Provisioning)
		change.Provisioning = &mode
	}
	if g.SeatMode != nil {
		mode := convoke.SeatMode(*g.SeatMode)
		change.SeatMode = &mode
	}
	return change
}

// CreateAccount makes a tenant.
func (a *Admin) CreateAccount(ctx context.Context, name string, grants Grants) (AccountInfo, error) {
	account, err := a.provision.CreateAccount(ctx, operator, name, grants.change())
	return newAccountInfo(account), err
}

// Accounts lists the tenants.
func (a *Admin) Accounts(ctx context.Context) ([]AccountInfo, error) {
	accounts, err := a.provision.Accounts(ctx, operator)
	if err != nil {
		return nil, err
	}
	infos := make([]AccountInfo, 0, len(accounts))
	for _, account := range accounts {
		infos = append(infos, newAccountInfo(account))
	}
	return infos, nil
}

// SetAccount changes what an account may do.
func (a *Admin) SetAccount(ctx context.Context, ref string, grants Grants) (AccountInfo, error) {
	id, err := a.account(ctx, ref)
	if err != nil {
		return AccountInfo{}, err
	}
	account, err := a.provision.SetAccount(ctx, operator, id, grants.change())
	return newAccountInfo(account), err
}

// account returns the account that the operator means; with a single account
// the id may be left out.
func (a *Admin) account(ctx context.Context, ref string) (convoke.AccountID, error) {
	if ref != "" {
		account, err := a.provision.Account(ctx, convoke.Operator(convoke.AccountID(ref)))
		return account.ID, err
	}
	accounts, err := a.provision.Accounts(ctx, operator)
	if err != nil {
		return "", err
	}
	if len(accounts) != 1 {
		return "", convoke.Invalid(convoke.CodeInvalidField, "account",
			"There are %d accounts: say which one with --account ID (see: convoke account list).", len(accounts))
	}
	return accounts[0].ID, nil
}

// principal is the operator acting on one account.
func (a *Admin) principal(ctx context.Context, ref string) (convoke.Principal, error) {
	id, err := a.account(ctx, ref)
	return convoke.Operator(id), err
}

// Credentials are a new app's; the secrets are shown this once. An app that
// cannot keep a secret has none.
type Credentials struct {
	AccountID     string `json:"account_id"`
	ClientID      string `json:"client_id"`
	ClientSecret  string `json:"client_secret,omitempty"`
	WebhookSecret string `json:"webhook_secret"`
	SCIMToken     string `json:"scim_token,omitempty"` // of an app that may push users by SCIM
}

// ClientForm is what the operator says of a new app.
type ClientForm struct {
	Name         string
	Kind         string // account, user or public; empty: account
	Scopes       string // with spaces or commas between
	Owner        string // id or e-mail of the user whom "me" means for the app; empty: nobody
	RedirectURIs []string
}

// CreateApp makes an app. One that people sign in to by a browser needs redirect
// URIs; on a device it needs none.
func (a *Admin) CreateApp(ctx context.Context, account string, form ClientForm) (Credentials, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return Credentials{}, err
	}
	draft := access.AppDraft{Name: form.Name, RedirectURIs: form.RedirectURIs}
	if draft.Kind, err = convoke.ParseAppKind(form.Kind); err != nil {
		return Credentials{}, err
	}
	if draft.Scopes, err = convoke.ParseAppScopes(draft.Kind, form.Scopes); err != nil {
		return Credentials{}, err
	}
	if form.Owner != "" {
		user, err := a.provision.User(ctx, p, form.Owner)
		if err != nil {
			return Credentials{}, err
		}
		draft.Owner = user.ID
	}
	app, secret, err := a.access.CreateApp(ctx, p, draft)
	if err != nil {
		return Credentials{}, err
	}
	made := Credentials{AccountID: string(app.AccountID), ClientID: string(app.ClientID), ClientSecret: secret, WebhookSecret: app.WebhookSecret}
	if app.Principal().Require(convoke.RightCreateEntry) == nil {
		made.SCIMToken = access.StandingToken(app.ClientID, secret)
	}
	return made, nil
}

// ClientInfo is an app as the commands print it, without its secrets.
type ClientInfo struct {
	ClientID  string    `json:"client_id"`
	Name      string    `json:"name"`
	Kind      string    `json:"kind"` // account, user or public
	Scopes    string    `json:"scopes"`
	CreatedAt time.Time `json:"created_at"`
	Revoked   bool      `json:"revoked"`

	RedirectURIs []string `json:"redirect_uris"`
}

// Apps lists an account's apps.
func (a *Admin) Apps(ctx context.Context, account string) ([]ClientInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return nil, err
	}
	apps, err := a.access.Apps(ctx, p)
	infos := make([]ClientInfo, 0, len(apps))
	for _, app := range apps {
		infos = append(infos, ClientInfo{
			string(app.ClientID), app.Name, app.Kind.String(), app.Scopes.String(), app.CreatedAt, app.Revoked(), append([]string{}, app.RedirectURIs...),
		})
	}
	return infos, err
}

// SetRedirectURIs replaces where people of an app for users may be sent back to.
func (a *Admin) SetRedirectURIs(ctx context.Context, account, clientID string, uris []string) error {
	p, err := a.principal(ctx, account)
	if err != nil {
		return err
	}
	return a.access.SetRedirectURIs(ctx, p, convoke.ClientID(clientID), uris)
}

// RevokeApp kills an app and its tokens.
func (a *Admin) RevokeApp(ctx context.Context, account, clientID string) error {
	p, err := a.principal(ctx, account)
	if err != nil {
		return err
	}
	return a.access.RevokeApp(ctx, p, convoke.ClientID(clientID))
}

// CapabilityInfo is one of the four actions as the commands print it.
type CapabilityInfo = convoke.Capability

// Capabilities tells which of the four actions an account may use, and why not
// the others.
func (a *Admin) Capabilities(ctx context.Context, account string) (AccountInfo, []CapabilityInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return AccountInfo{}, nil, err
	}
	owner, list, err := a.provision.Capabilities(ctx, p)
	if err != nil {
		return AccountInfo{}, nil, err
	}
	return newAccountInfo(owner), list, nil
}

// ServerURL is the public URL of the server that was started last on this data, or
// "" when none ever was.
func (a *Admin) ServerURL(ctx context.Context) (string, error) { return a.db.PublicURL(ctx) }

// OperatorLink makes a single-use code and returns the link on the server at
// public that exchanges it for an operator session within 15 minutes.
func (a *Admin) OperatorLink(ctx context.Context, account, public string) (string, error) {
	id, err := a.account(ctx, account)
	if err != nil {
		return "", err
	}
	code, err := a.access.OperatorCode(ctx, id)
	return convoke.PublicURL(public).Operator(code), err
}
