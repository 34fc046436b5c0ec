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
	c.AddCommand(newAccountCreate(s), newAccountList(s), newAccountSet(s), newAccountSeats(s))
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

func newAccountSeats(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "seats", Short: "Count the seats of an account", Args: cobra.NoArgs}
	id := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			seats, err := a.Seats(c.Context(), *id)
			if err != nil {
				return err
			}
			return p.print(c, seats, func(w io.Writer) { printSeats(w, seats) })
		})
	}
	return c
}

func printSeats(w io.Writer, s app.SeatsInfo) {
	row(w, "SEATS", "TOTAL", "USED", "FREE")
	row(w, "licensed, "+string(s.Licensed.Mode), orNoLimit(s.Licensed.Total), s.Licensed.Used, orNoLimit(s.Licensed.Free))
	row(w, "basic users", orNoLimit(s.Basic.Total), s.Basic.Used, orNoLimit(s.Basic.Free))
	row(w)
	row(w, fmt.Sprintf("Licensed users: %d. Meetings that hold a seat, or would in pool mode: %d.", s.Licensed.Users, s.Licensed.Leased))
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
	seats := flags.Int64("licensed-seats", 0, "the most that may be taken; -1 for no limit")
	mode := flags.String("seat-mode", "", "assigned: each licensed user takes a seat; pool: each running meeting of one leases a seat")
	basic := flags.Int64("basic-users", 0, "the most basic users; -1 for no limit")
	return func() app.Grants {
		return app.Grants{
			APIPartner:    given(c, "api-partner", partner),
			AutoCreate:    given(c, "auto-create", autoCreate),
			SSO:           given(c, "sso", sso),
			Provisioning:  given(c, "provisioning", provisioning),
			LicensedSeats: given(c, "licensed-seats", seats),
			SeatMode:      given(c, "seat-mode", mode),
			BasicUsers:    given(c, "basic-users", basic),
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
	row(w, "ACCOUNT ID", "NAME", "API PARTNER", "AUTO CREATE", "SSO", "PROVISIONING", "LICENSED SEATS", "SEAT MODE", "BASIC USERS")
	for _, a := range accounts {
		row(w, a.ID, a.Name, a.APIPartner, a.AutoCreate, a.SSO, a.Provisioning, orNoLimit(a.LicensedSeats), a.SeatMode, orNoLimit(a.BasicUsers))
	}
}

func orNoLimit(n *int64) string {
	if n == nil {
		return "no limit"
	}
	return fmt.Sprint(*n)
}
