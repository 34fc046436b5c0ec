// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newMapping(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "mapping", Short: "What an account makes of its identity provider's attributes", Args: cobra.NoArgs}
	c.AddCommand(newMappingShow(s), newMappingSet(s))
	return c
}

func newMappingShow(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "show", Short: "Show the mapping", Args: cobra.NoArgs}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			m, err := a.Mapping(c.Context(), *account)
			if err != nil {
				return err
			}
			return p.print(c, m, func(w io.Writer) { printMapping(w, m) })
		})
	}
	return c
}

func newMappingSet(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "set FILE", Short: "Set the mapping to what a file in JSON says", Args: cobra.ExactArgs(1),
		Long: "Sets the whole mapping. The file has the form that show --json prints; - reads it from standard input.",
		Example: "  convoke sso mapping show --json > mapping.json\n" +
			"  convoke sso mapping set mapping.json",
	}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		file, err := readFile(c, args[0])
		if err != nil {
			return err
		}
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			m, err := a.SetMapping(c.Context(), *account, file)
			if err != nil {
				return err
			}
			return p.print(c, m, func(w io.Writer) { printMapping(w, m) })
		})
	}
	return c
}

func readFile(c *cobra.Command, name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(c.InOrStdin())
	}
	return os.ReadFile(name)
}

func printMapping(w io.Writer, m app.MappingInfo) {
	row(w, "DEFAULT LICENCE", "UPDATE AT EACH SIGN-IN", "SAVE RESPONSE LOGS")
	row(w, string(m.DefaultLicence), m.UpdateNames, m.KeepAssertions)
	fmt.Fprintln(w)
	row(w, "FIELD", "ATTRIBUTE")
	for _, r := range m.Rows {
		row(w, string(r.Field), r.Attribute)
	}
	fmt.Fprintln(w)
	row(w, "RULE", "ATTRIBUTE", "MATCH", "VALUE", "LICENCE")
	for i, r := range m.Rules {
		row(w, i+1, r.Attribute, string(r.Match), r.Value, string(r.Licence))
	}
}
