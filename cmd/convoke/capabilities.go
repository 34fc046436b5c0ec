// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newCapabilities() *cobra.Command {
	c := &cobra.Command{
		Use: "capabilities", Args: cobra.NoArgs,
		Short: "Tell which of the four ways to make a user an account may use, and why not the others",
	}
	s := addSettings(c, true)
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			owner, list, err := a.Capabilities(c.Context(), *account)
			if err != nil {
				return err
			}
			data := struct {
				AccountID string               `json:"account_id"`
				SeatMode  string               `json:"seat_mode"`
				Actions   []app.CapabilityInfo `json:"actions"`
			}{owner.ID, owner.SeatMode, list}
			flags := s.again()
			if *account != "" {
				flags += " --account " + *account
			}
			return p.print(c, data, func(w io.Writer) { printCapabilities(w, list, flags) })
		})
	}
	return c
}

// printCapabilities prints the table, and the mends with the flags that name the data
// and the account.
func printCapabilities(w io.Writer, list []app.CapabilityInfo, flags string) {
	row(w, "ACTION", "USABLE", "AT ONCE", "SIGNS IN", "PASSWORD", "MAIL")
	for _, c := range list {
		row(w, c.Action, yesNo(c.Usable), c.StatusAtOnce, c.Login, c.Password, c.Mail)
	}
	for _, c := range list {
		for _, missing := range c.Missing {
			row(w)
			row(w, string(c.Action)+" is not usable: "+missing.Message)
			row(w, "  Fix: "+missing.Fix+flags)
		}
	}
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}
