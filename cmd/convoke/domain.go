// SPDX-License-Identifier: Apache-2.0

package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newDomain() *cobra.Command {
	c := &cobra.Command{Use: "domain", Short: "Add, verify and list an account's managed domains", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newDomainAdd(s), newDomainVerify(s), newDomainList(s), newDomainSet(s), newDomainRemove(s))
	return c
}

func newDomainAdd(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "add DOMAIN", Short: "Add a managed domain and show how to prove it", Args: cobra.ExactArgs(1),
		Example: "  convoke domain add example.com",
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
			return p.print(c, domain, func(w io.Writer) {
				printDomains(w, domain)
				if !domain.Verified {
					printProofs(w, domain)
				}
			})
		})
	}
	return c
}

// printProofs shows what to put up, in lines of their own to be copied.
func printProofs(w io.Writer, d app.DomainInfo) {
	proofs := d.Proofs
	fmt.Fprintf(w, `
Put up one of these, and leave it there: it is looked at every day.

1. A DNS record of %s
   type   TXT
   value  %s

2. A file of the web site
   path     %s
   content  %s

3. A tag in the head of %s
   %s

Then: convoke domain verify %s
`, proofs.TXT.Name, proofs.TXT.Value, proofs.File.Path, proofs.File.Content, proofs.Meta.URL, proofs.Meta.Tag, d.Domain)
}

// errNotProved ends a verification that found nothing; what was found instead
// is on stdout.
var errNotProved = errors.New("no proof of the domain was found; it may take a while until others see a new DNS record")

func newDomainVerify(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "verify DOMAIN", Short: "Look for the proofs of a domain now", Args: cobra.ExactArgs(1),
		Long: "Looks for the DNS record, the file and the tag, and says for each what was expected and what was there.\n" +
			"One of them is enough. The exit status is 1 when none was found,\n" +
			"unless the domain is trusted and needs none.",
		Example: "  convoke domain verify example.com",
	}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			outcome, err := a.VerifyDomain(c.Context(), *account, args[0])
			if err != nil {
				return err
			}
			err = p.print(c, outcome, func(w io.Writer) { printOutcome(w, outcome) })
			if err == nil && !outcome.Proved() && !outcome.Trusted {
				return errNotProved
			}
			return err
		})
	}
	return c
}

func printOutcome(w io.Writer, v app.VerificationInfo) {
	printDomains(w, v.DomainInfo)
	for _, f := range v.Findings {
		fmt.Fprintln(w)
		row(w, string(f.Method), found(f), f.Where)
		row(w, "expected", f.Expected)
		for _, got := range f.Got {
			row(w, "there is", got)
		}
		if f.Problem != "" {
			row(w, "problem", f.Problem)
		}
	}
}

func found(f app.FindingInfo) string {
	if f.Found {
		return "found"
	}
	return "not found"
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

func newDomainSet(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "set DOMAIN", Short: "Change a managed domain", Args: cobra.ExactArgs(1),
		Example: "  convoke domain set example.com --exclusive=true\n" +
			"  convoke domain set example.com --force-sso=true --sso-exceptions=root@example.com",
	}
	account := addAccount(c)
	exclusive := c.Flags().Bool("exclusive", false, "keep other accounts of this server from inviting its addresses")
	forced := c.Flags().Bool("force-sso", false, "its people sign in at the identity provider only, not with a password")
	exceptions := c.Flags().StringSlice("sso-exceptions", nil, "e-mails of the domain that may use a password all the same; replaces the list")
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			domain, err := a.SetDomain(c.Context(), *account, args[0], app.DomainPatch{
				Exclusive: given(c, "exclusive", exclusive), ForceSSO: given(c, "force-sso", forced),
				SSOExceptions: given(c, "sso-exceptions", exceptions),
			})
			if err != nil {
				return err
			}
			return p.print(c, domain, func(w io.Writer) { printDomains(w, domain) })
		})
	}
	return c
}

func newDomainRemove(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "remove DOMAIN", Short: "Take a domain from its account; its users stay", Args: cobra.ExactArgs(1)}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, args []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			if err := a.RemoveDomain(c.Context(), *account, args[0]); err != nil {
				return err
			}
			return p.done(c, "removed", args[0])
		})
	}
	return c
}

func printDomains(w io.Writer, domains ...app.DomainInfo) {
	head := []any{"DOMAIN", "VERIFIED", "ACCOUNT ID", "STATE", "VERIFIED AT", "NEXT CHECK", "EXCLUSIVE", "FORCE SSO", "WARNING"}
	excepted := slices.ContainsFunc(domains, func(d app.DomainInfo) bool { return len(d.Exceptions) > 0 })
	if excepted {
		head = append(head, "SSO EXCEPTIONS")
	}
	row(w, head...)
	for _, d := range domains {
		cells := []any{
			d.Domain, d.Verified, d.AccountID, stateOf(d), moment(d.VerifiedAt), moment(d.NextCheckAt), d.Exclusive, d.ForceSSO, cmp.Or(d.Warning, "-"),
		}
		if excepted {
			cells = append(cells, cmp.Or(strings.Join(d.Exceptions, " "), "-"))
		}
		row(w, cells...)
	}
}

func stateOf(d app.DomainInfo) string {
	if d.Trusted {
		return "trusted"
	}
	return d.State
}

func moment(t *time.Time) string {
	if t == nil {
		return "-"
	}
	return t.UTC().Format(time.RFC3339)
}
