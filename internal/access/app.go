// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"log/slog"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/convoke/convoke/internal/convoke"
)

// maxAppName is the longest name of an app, in characters.
const maxAppName = 128

// AppDraft is what the operator says of a new app.
type AppDraft struct {
	Name         string
	Scopes       convoke.Scopes
	Owner        convoke.UserID // whom "me" means for its tokens; may be empty
	Kind         convoke.AppKind
	RedirectURIs []string
}

// CreateApp makes an app in the operator's account and returns it with its
// client secret, which is shown this once and stored as a hash only; one that
// cannot keep a secret is given none. It returns CodeNotOperator,
// CodeInvalidName, CodeInvalidField for scopes and redirect URIs, and
// CodeUserNotFound for an owner who is not of the account.
func (s *Service) CreateApp(ctx context.Context, p convoke.Principal, d AppDraft) (convoke.App, string, error) {
	if err := p.RequireOperator(); err != nil {
		return convoke.App{}, "", err
	}
	name, err := checkAppName(d.Name)
	if err != nil {
		return convoke.App{}, "", err
	}
	scopes, err := convoke.ParseAppScopes(d.Kind, d.Scopes.String())
	if err != nil {
		return convoke.App{}, "", err
	}
	if err := convoke.CheckRedirectURIs(d.Kind, d.RedirectURIs); err != nil {
		return convoke.App{}, "", err
	}
	if err := s.checkOwner(ctx, p.AccountID, d.Owner); err != nil {
		return convoke.App{}, "", err
	}
	secret := newSecret()
	hash := digest(secret)
	app := convoke.App{
		ClientID: convoke.ClientID(newID()), AccountID: p.AccountID, Name: name, SecretHash: hash[:],
		WebhookSecret: newSecret(), Scopes: scopes, OwnerID: d.Owner, Kind: d.Kind, RedirectURIs: d.RedirectURIs, CreatedAt: s.now(),
	}
	if err := s.apps.CreateApp(ctx, app, s.mark(p).AppEvent(convoke.EventAppCreated, app)); err != nil {
		return convoke.App{}, "", err
	}
	s.logger.InfoContext(ctx, "app created", slog.Any("account_id", app.AccountID), slog.Any("client_id", app.ClientID))
	if app.Kind == convoke.AppPublic {
		return app, "", nil
	}
	return app, secret, nil
}

// Apps lists the apps of the account, revoked ones among them, for those who
// look after it. It returns CodeNotOperator.
func (s *Service) Apps(ctx context.Context, p convoke.Principal) ([]convoke.App, error) {
	if err := p.RequireAdministrator(); err != nil {
		return nil, err
	}
	return s.apps.Apps(ctx, p.AccountID)
}

// RevokeApp kills an app of the operator's account and all its tokens: in this
// process at once, in others within a second. It returns CodeNotOperator, and
// CodeAppNotFound for an app of another account too.
func (s *Service) RevokeApp(ctx context.Context, p convoke.Principal, id convoke.ClientID) error {
	if err := p.RequireOperator(); err != nil {
		return err
	}
	if !convoke.IsID(string(id)) {
		return convoke.NotFound(convoke.CodeAppNotFound, "The account has no app with this client id.")
	}
	app, err := s.apps.App(ctx, id)
	if err != nil {
		return err
	}
	mark := s.mark(p)
	if err := s.apps.RevokeApp(ctx, p.AccountID, id, mark.At, mark.AppEvent(convoke.EventAppRevoked, app)); err != nil {
		return err
	}
	s.callers.forget()
	s.logger.InfoContext(ctx, "app revoked", slog.Any("account_id", p.AccountID), slog.Any("client_id", id))
	return nil
}

// SetRedirectURIs replaces the redirect URIs of an app for users, of the
// operator's account. It returns CodeNotOperator, CodeAppNotFound for an app of
// another account too, and CodeInvalidField.
func (s *Service) SetRedirectURIs(ctx context.Context, p convoke.Principal, id convoke.ClientID, uris []string) error {
	if err := p.RequireOperator(); err != nil {
		return err
	}
	app, err := s.claimedApp(ctx, id)
	if err != nil {
		return err
	}
	if app.ClientID == "" || app.AccountID != p.AccountID {
		return convoke.NotFound(convoke.CodeAppNotFound, "The account has no app with this client id.")
	}
	if err := convoke.CheckRedirectURIs(app.Kind, uris); err != nil {
		return err
	}
	app.RedirectURIs = uris
	return s.apps.SetRedirectURIs(ctx, p.AccountID, id, uris, s.mark(p).AppEvent(convoke.EventAppUpdated, app))
}

func checkAppName(name string) (string, error) {
	name = strings.TrimSpace(name)
	length := utf8.RuneCountInString(name)
	if length < 1 || length > maxAppName || !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", convoke.Invalid(convoke.CodeInvalidName, "name",
			"An app's name has 1 to %d characters of plain text.", maxAppName)
	}
	return name, nil
}

func (s *Service) checkOwner(ctx context.Context, account convoke.AccountID, owner convoke.UserID) error {
	if owner == "" {
		return nil
	}
	if convoke.IsID(string(owner)) {
		found, err := s.sessions.Find(ctx, convoke.Lookup{AccountID: account, UserID: owner})
		if err != nil {
			return err
		}
		if found.Target != nil {
			return nil
		}
	}
	return convoke.NotFound(convoke.CodeUserNotFound, "The app's owner is not a user of this account.")
}
