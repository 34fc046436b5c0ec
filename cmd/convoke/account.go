// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newAccount() *cobra.Command {
	c := &cobra.Command{Use: "account", Short: "Create, list and set accounts", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newAccountCreate(s), newAccountList(s), newAccountSet(s))
	return c
}

func newAccountCreate(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "create --name NAME", Short: "Create an account", Args: cobra.NoArgs}
	name := c.Flags().String("name", "", "the account's name")
	grants := addGrants(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withNewAdmin(c.Context(), func(a *app.Admin) error {
			account, err := a.CreateAccount(c.Context(), *name, grants())
			if err != nil {
				return err
			}
			return p.print(c, account, func(w io.Writer) { printAccounts(w, account) })
		})
	}
	return c
}

func newAccountList(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the accounts", Args: cobra.NoArgs}
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			accounts, err := a.Accounts(c.Context())
			if err != nil {
				return err
			}
			return p.print(c, accounts, func(w io.Writer) { printAccounts(w, accounts...) })
		})
	}
	return c
}

func newAccountSet(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:     "set",
		Short:   "Change an account's name and what it may do",
		Example: "  convoke account set --api-partner=true --licensed-seats 100",
		Args:    cobra.NoArgs,
	}
	id := addAccount(c)
	name := c.Flags().String("name", "", "the account's name, which people see in mails and pages")
	grants := addGrants(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			change := grants()
			change.Name = given(c, "name", name)
			account, err := a.SetAccount(c.Context(), *id, change)
			if err != nil {
				return err
			}
			return p.print(c, account, func(w io.Writer) { printAccounts(w, account) })
		})
	}
	return c
}

func addAccount(c *cobra.Command) *string {
	return c.Flags().String("account", "", "the account's id; may be left out while there is only one")
}

// addGrants returns what was asked for; a flag that was not given changes nothing.
func addGrants(c *cobra.Command) func() app.Grants {
	flags := c.Flags()
	partner := flags.Bool("api-partner", false, "may use custCreate")
	autoCreate := flags.Bool("auto-create", false, "may use autoCreate, for its managed domains")
	sso := flags.Bool("sso", false, "single sign-on is set up")
	provisioning := flags.String("provisioning", "", "at_sign_in or prior_to_sign_in")
	seats := flags.Int64("licensed-seats", 0, "the most licensed users; -1 for no limit")
	return func() app.Grants {
		return app.Grants{
			APIPartner:    given(c, "api-partner", partner),
			AutoCreate:    given(c, "auto-create", autoCreate),
			SSO:           given(c, "sso", sso),
			Provisioning:  given(c, "provisioning", provisioning),
			LicensedSeats: given(c, "licensed-seats", seats),
		}
	}
}

func given[T any](c *cobra.Command, flag string, value *T) *T {
	if c.Flags().Changed(flag) {
		return value
	}
	return nil
}

func printAccounts(w io.Writer, accounts ...app.AccountInfo) {
	row(w, "ACCOUNT ID", "NAME", "API PARTNER", "AUTO CREATE", "SSO", "PROVISIONING", "LICENSED SEATS")
	for _, a := range accounts {
		seats := "no limit"
		if a.LicensedSeats != nil {
			seats = fmt.Sprint(*a.LicensedSeats)
		}
		row(w, a.ID, a.Name, a.APIPartner, a.AutoCreate, a.SSO, a.Provisioning, seats)
	}
}
