// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newInvitation() *cobra.Command {
	c := &cobra.Command{Use: "invitation", Short: "List, resend and revoke invitations", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(
		newInvitationList(s),
		newInvitationAct(s, "resend", "Send a pending user a new activation link; the old one stops working", (*app.Admin).Invite),
		newInvitationAct(s, "revoke", "Make a pending user's activation link worthless", (*app.Admin).RevokeInvitation),
	)
	return c
}

func newInvitationList(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the pending users and why they are", Args: cobra.NoArgs}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			all := []app.InvitationInfo{}
			err := a.EachInvitation(c.Context(), *account, func(i app.InvitationInfo) error {
				all = append(all, i)
				return nil
			})
			if err != nil {
				return err
			}
			return p.print(c, all, func(w io.Writer) { printInvitations(w, all...) })
		})
	}
	return c
}

func newInvitationAct(
	s *settings, name, short string, act func(*app.Admin, context.Context, string, string) (app.InvitationInfo, error),
) *cobra.Command {
	c := &cobra.Command{
		Use: name + " USER", Short: short, Args: cobra.ExactArgs(1),
		Example: "  convoke invitation " + name + " jane@example.com",
	}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			info, err := act(a, c.Context(), *account, args[0])
			if err != nil {
				return err
			}
			return p.print(c, info, func(w io.Writer) { printInvitations(w, info) })
		})
	}
	return c
}

func printInvitations(w io.Writer, list ...app.InvitationInfo) {
	row(w, "USER ID", "E-MAIL", "REASON", "LINK WORKS UNTIL")
	for _, i := range list {
		until := "-"
		if i.ExpiresAt != nil {
			until = i.ExpiresAt.Format(time.DateTime)
		}
		row(w, i.UserID, i.Email, i.Reason, until)
	}
}
