// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newOperator() *cobra.Command {
	c := &cobra.Command{Use: "operator", Short: "Sign the operator in to the portal", Args: cobra.NoArgs}
	s := addSettings(c, true)
	link := &cobra.Command{
		Use: "link", Args: cobra.NoArgs,
		Short: "Print a link that signs you in as operator: single use, good for 15 minutes",
		Long: "Print a link that signs you in as operator: single use, good for 15 minutes. It leads to the server\n" +
			"that was started last on the data; --public-url or --listen name another address.",
	}
	account := addAccount(link)
	p := addJSON(link)
	link.RunE = func(c *cobra.Command, _ []string) error {
		config, _, err := s.load()
		if err != nil {
			return err
		}
		given := config.PublicURL != "" || s.flags.Changed("listen")
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			public, err := a.ServerURL(c.Context())
			if err != nil {
				return err
			}
			if given || public == "" {
				public = config.URL(config.Listen)
			}
			url, err := a.OperatorLink(c.Context(), *account, public)
			if err != nil {
				return err
			}
			return p.print(c, map[string]string{"url": url}, func(w io.Writer) { row(w, url) })
		})
	}
	c.AddCommand(link)
	return c
}
