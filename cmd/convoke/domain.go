// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newDomain() *cobra.Command {
	c := &cobra.Command{Use: "domain", Short: "Add and list an account's managed domains", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newDomainAdd(s), newDomainList(s))
	return c
}

func newDomainAdd(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "add DOMAIN", Short: "Add a managed domain", Args: cobra.ExactArgs(1),
		Example: "  convoke domain add example.com --trust",
	}
	account := addAccount(c)
	trust := c.Flags().Bool("trust", false, "mark it verified without a look-up")
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			domain, err := a.AddDomain(c.Context(), *account, args[0], *trust)
			if err != nil {
				return err
			}
			return p.print(c, domain, func(w io.Writer) { printDomains(w, domain) })
		})
	}
	return c
}

func newDomainList(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "list", Short: "List the managed domains", Args: cobra.NoArgs}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			domains, err := a.Domains(c.Context(), *account)
			if err != nil {
				return err
			}
			return p.print(c, domains, func(w io.Writer) { printDomains(w, domains...) })
		})
	}
	return c
}

func printDomains(w io.Writer, domains ...app.DomainInfo) {
	row(w, "DOMAIN", "VERIFIED", "ACCOUNT ID")
	for _, d := range domains {
		row(w, d.Domain, d.Verified, d.AccountID)
	}
}
