// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newWebhook() *cobra.Command {
	c := &cobra.Command{Use: "webhook", Short: "Subscribe apps to events, and look after what was not delivered", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newWebhookAdd(s), newWebhookList(s), newWebhookRemove(s), newWebhookValidate(s), newWebhookDeliveries(s), newWebhookReplay(s))
	return c
}

// errNotValidated ends a challenge that failed; why is on stdout.
var errNotValidated = errors.New("the receiver did not pass the challenge; it is challenged again and again while a server runs")

func newWebhookAdd(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "add URL", Short: "Have an app's events delivered to a URL, and challenge its receiver", Args: cobra.ExactArgs(1),
		Example: "  convoke webhook add https://shop.example.com/webhooks --events user.created,user.deleted",
	}
	account := addAccount(c)
	client := c.Flags().String("app", "", "the app's client id; may be left out while there is only one")
	names := c.Flags().StringSlice("events", nil, "names of the events (default: all)")
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			info, err := a.AddWebhook(c.Context(), *account, *client, args[0], *names)
			if err != nil {
				return err
			}
			return p.print(c, info, func(w io.Writer) { printWebhooks(w, info) })
		})
	}
	return c
}

func newWebhookList(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the webhook subscriptions", Args: cobra.NoArgs}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			list, err := a.Webhooks(c.Context(), *account)
			if err != nil {
				return err
			}
			return p.print(c, list, func(w io.Writer) { printWebhooks(w, list...) })
		})
	}
	return c
}

func newWebhookRemove(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "remove ID", Short: "Remove a subscription with all that is kept for it", Args: cobra.ExactArgs(1)}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			if err := a.RemoveWebhook(c.Context(), *account, args[0]); err != nil {
				return err
			}
			return p.done(c, "removed", args[0])
		})
	}
	return c
}

func newWebhookValidate(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "validate ID", Short: "Challenge a subscription's receiver now", Args: cobra.ExactArgs(1),
		Long: "Sends the challenge that every receiver gets every 72 hours. The exit status is 1 when it fails.",
	}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			info, err := a.ValidateWebhook(c.Context(), *account, args[0])
			if err != nil {
				return err
			}
			err = p.print(c, info, func(w io.Writer) { printWebhooks(w, info) })
			if err == nil && info.Failure != "" {
				return errNotValidated
			}
			return err
		})
	}
	return c
}

func newWebhookDeliveries(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "deliveries ID", Short: "List what a receiver did not take", Args: cobra.ExactArgs(1)}
	account := addAccount(c)
	state := c.Flags().String("state", "", "retrying, waiting or dead (default: all)")
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			list := []app.DeliveryInfo{}
			err := a.Deliveries(c.Context(), *account, args[0], *state, func(d app.DeliveryInfo) { list = append(list, d) })
			if err != nil {
				return err
			}
			return p.print(c, list, func(w io.Writer) {
				row(w, "EVENT ID", "EVENT", "USER ID", "STATE", "ATTEMPTS", "NEXT", "ERROR")
				for _, d := range list {
					row(w, d.EventID, d.Event, cmp.Or(d.UserID, "-"), d.State, d.Attempts, moment(d.NextAt), cmp.Or(d.Error, "-"))
				}
			})
		})
	}
	return c
}

func newWebhookReplay(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "replay ID", Short: "Put dead letters back to be delivered", Args: cobra.ExactArgs(1)}
	account := addAccount(c)
	event := c.Flags().Int64("event", 0, "id of one dead letter's event (default: all)")
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			n, err := a.ReplayWebhook(c.Context(), *account, args[0], *event)
			if err != nil {
				return err
			}
			return p.print(c, map[string]int{"replayed": n}, func(w io.Writer) { row(w, "replayed", n) })
		})
	}
	return c
}

func printWebhooks(w io.Writer, list ...app.WebhookInfo) {
	row(w, "ID", "APP", "URL", "STATE", "VALIDATED AT", "NEXT CHECK", "EVENTS", "FAILURE")
	for _, i := range list {
		row(w, i.ID, i.ClientID, i.URL, i.State, moment(i.ValidatedAt), moment(i.NextCheckAt),
			cmp.Or(strings.Join(i.Events, ","), "all"), cmp.Or(i.Failure, "-"))
	}
}
