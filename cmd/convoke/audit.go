// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newAudit() *cobra.Command {
	c := &cobra.Command{Use: "audit", Short: "Verify and export the audit log", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newAuditVerify(s), newAuditExport(s))
	return c
}

// errAuditFaults makes verify fail after it has printed what is wrong.
var errAuditFaults = errors.New("the audit log is not what it was: see the faults above")

func newAuditVerify(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "verify", Short: "Check that no entry of the audit log was changed, added or removed later", Args: cobra.NoArgs,
		Long: "Reads the whole log and its chain, of all accounts. Keep the head that it prints in another\n" +
			"place and give it to the next verify: only so does it show when the end was cut off.",
	}
	head := c.Flags().String("head", "", "the head that an earlier verify printed; it must still be in the chain")
	kept := c.Flags().Duration("kept", 0, "how long entries are kept; that older ones are gone is no fault (default: --event-retention)")
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			if !c.Flags().Changed("kept") {
				*kept = a.EventRetention()
			}
			report, err := a.VerifyAudit(c.Context(), *kept, *head)
			if err != nil {
				return err
			}
			err = p.print(c, report, func(w io.Writer) {
				row(w, "entries", report.Entries)
				row(w, "no longer kept", report.Expired)
				row(w, "not sealed yet", report.Unsealed)
				row(w, "faults", report.FaultCount)
				for _, f := range report.Faults {
					row(w, "  "+string(f.Kind), "entry", f.Entry, "seal", f.Seal)
				}
				row(w, "head", report.Head)
			})
			if err == nil && !report.Intact() {
				return errAuditFaults
			}
			return err
		})
	}
	return c
}

func newAuditExport(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "export", Short: "Print the audit log, one JSON object a line, oldest first", Args: cobra.NoArgs,
		Long:    "Prints the log of all accounts, or of one. Secrets are hidden. --json changes nothing: it always prints JSON.",
		Example: "  convoke audit export --after 4711 >>audit.ndjson",
	}
	account := c.Flags().String("account", "", "the account's id (default: all accounts)")
	after := c.Flags().Int64("after", 0, "begin after the entry with this id")
	addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			out := bufio.NewWriter(c.OutOrStdout())
			return errors.Join(a.ExportAudit(c.Context(), *account, *after, out), out.Flush())
		})
	}
	return c
}
