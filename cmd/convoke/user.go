// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newUser() *cobra.Command {
	c := &cobra.Command{Use: "user", Short: "Set what users are in their account", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newUserRole(s))
	return c
}

func newUserRole(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:     "role USER owner|admin|member",
		Short:   "Make a user the owner, an admin or a member of the account; a former owner becomes an admin",
		Example: "  convoke user role jane@example.com admin",
		Args:    cobra.ExactArgs(2),
	}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			info, err := a.SetRole(c.Context(), *account, args[0], args[1])
			if err != nil {
				return err
			}
			return p.print(c, info, func(w io.Writer) {
				row(w, "USER ID", "E-MAIL", "STATUS", "ROLE")
				row(w, info.UserID, info.Email, info.Status, info.Role)
			})
		})
	}
	return c
}
