// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

// defaultScopes let an app make users and meetings for them.
const defaultScopes = "user:write:admin,meeting:write:admin"

// defaultUserScopes let an app for users know who somebody is, and keep their meetings.
const defaultUserScopes = "openid,profile,email,user:read,meeting:write"

func defaultScopesOf(kind string) string {
	if kind == "account" {
		return defaultScopes
	}
	return defaultUserScopes
}

// devicesOnly goes to stderr, so that it is not among the credentials.
const devicesOnly = `The app has no redirect URI, so people sign in to it on devices only, by a code. For browsers:
  convoke app update %s --redirect-uri URI
`

func newApp() *cobra.Command {
	c := &cobra.Command{Use: "app", Short: "Create, list and revoke the apps that may call the API", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newAppCreate(s), newAppList(s), newAppUpdate(s), newAppRevoke(s))
	return c
}

func newAppCreate(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "create --name NAME", Short: "Create an app and print its credentials, this once", Args: cobra.NoArgs,
		Example: "  convoke app create --name 'Our shop' --json",
	}
	account := addAccount(c)
	name := c.Flags().String("name", "", "the app's name")
	scopes := c.Flags().String("scopes", "", "what the app may do: Zoom's classic or granular scopes\n(default of the kind account: "+defaultScopes+";\nof user and public: "+defaultUserScopes+")")
	owner := c.Flags().String("owner", "", "id or e-mail of the user that \"me\" means for this app")
	kind := c.Flags().String("kind", "account", "account: acts in the whole account; user: acts for people who sign in to it; public: likewise, and has no secret")
	uris := c.Flags().StringArray("redirect-uri", nil, "where people who signed in are sent back to, letter by letter; may be repeated")
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *name == "" {
			return usageError{errors.New("the app needs a name: --name NAME")}
		}
		if !c.Flags().Changed("scopes") {
			*scopes = defaultScopesOf(*kind)
		}
		return s.withNewAdmin(c.Context(), func(a *app.Admin) error {
			credentials, err := a.CreateApp(c.Context(), *account, app.ClientForm{Name: *name, Kind: *kind, Scopes: *scopes, Owner: *owner, RedirectURIs: *uris})
			if err != nil {
				return err
			}
			if *kind != "account" && len(*uris) == 0 {
				fmt.Fprintf(c.ErrOrStderr(), devicesOnly, credentials.ClientID)
			}
			return p.print(c, credentials, func(w io.Writer) {
				row(w, "account_id", credentials.AccountID)
				row(w, "client_id", credentials.ClientID)
				if credentials.ClientSecret != "" {
					row(w, "client_secret", credentials.ClientSecret)
				}
				row(w, "webhook_secret", credentials.WebhookSecret)
				if credentials.SCIMToken != "" {
					row(w, "scim_token", credentials.SCIMToken)
				}
			})
		})
	}
	return c
}

func newAppList(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the apps", Args: cobra.NoArgs}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			apps, err := a.Apps(c.Context(), *account)
			if err != nil {
				return err
			}
			return p.print(c, apps, func(w io.Writer) {
				row(w, "CLIENT ID", "NAME", "KIND", "REVOKED", "SCOPES", "REDIRECT URIS")
				for _, info := range apps {
					row(w, info.ClientID, info.Name, info.Kind, info.Revoked, info.Scopes, strings.Join(info.RedirectURIs, " "))
				}
			})
		})
	}
	return c
}

func newAppUpdate(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "update CLIENT_ID --redirect-uri URI", Short: "Replace where people who signed in to an app are sent back to", Args: cobra.ExactArgs(1),
	}
	account := addAccount(c)
	uris := c.Flags().StringArray("redirect-uri", nil, "one of all the redirect URIs that the app then has; may be repeated")
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(*uris) == 0 {
			return usageError{errors.New("name every redirect URI that the app is to have: --redirect-uri URI")}
		}
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			return a.SetRedirectURIs(c.Context(), *account, args[0], *uris)
		})
	}
	return c
}

func newAppRevoke(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "revoke CLIENT_ID", Short: "Revoke an app with all its tokens", Args: cobra.ExactArgs(1)}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			if err := a.RevokeApp(c.Context(), *account, args[0]); err != nil {
				return err
			}
			return p.done(c, "revoked", args[0])
		})
	}
	return c
}
