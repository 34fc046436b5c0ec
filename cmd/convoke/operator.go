// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newOperator() *cobra.Command {
	c := &cobra.Command{Use: "operator", Short: "Sign the operator in to the portal", Args: cobra.NoArgs}
	s := addSettings(c, true)
	link := &cobra.Command{
		Use: "link", Args: cobra.NoArgs,
		Short: "Print a link that signs you in as operator: single use, good for 15 minutes",
	}
	account := addAccount(link)
	p := addJSON(link)
	link.RunE = func(c *cobra.Command, _ []string) error {
		config, _, err := s.load()
		if err != nil {
			return err
		}
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			path, err := a.OperatorPath(c.Context(), *account)
			if err != nil {
				return err
			}
			url := strings.TrimRight(config.URL(config.Listen), "/") + path
			return p.print(c, map[string]string{"url": url}, func(w io.Writer) { row(w, url) })
		})
	}
	c.AddCommand(link)
	return c
}
