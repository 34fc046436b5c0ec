// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/convoke/convoke/internal/app"
	"github.com/convoke/convoke/internal/config"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "convoke",
		Short: "Video conferences for the users of your own app, without anybody signing up",
		Long: "Convoke makes a conferencing user for each user of your app, binds the two for good,\n" +
			"and gives out start and join links. `convoke demo` shows the whole of it.",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          cobra.NoArgs,
		RunE:          showHelp,
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(
		newServe(), newDemo(), newAccount(), newDomain(), newApp(), newWebhook(), newInvitation(), newUser(), newCapabilities(), newOperator(), newAudit(), newImport(), newSSO(), newVersion(),
	)
	root.InitDefaultCompletionCmd()
	checkUse(root)
	return root
}

func showHelp(c *cobra.Command, _ []string) error { return c.Help() }

// checkUse makes wrong arguments of every command count as wrong use. A command
// that only has others below it looks at its arguments once it can be run.
func checkUse(c *cobra.Command) {
	if !c.Runnable() {
		c.RunE = showHelp
	}
	if check := c.Args; check != nil {
		c.Args = func(c *cobra.Command, args []string) error {
			if err := check(c, args); err != nil {
				return usageError{err}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		checkUse(sub)
	}
}

// settings are the configuration's flags on one command.
type settings struct {
	flags    *pflag.FlagSet
	file     string
	defaults map[string]string // in place of the options' own
}

// addSettings gives a command the flags of the configuration: all of them, or
// those that matter to a command on the data dir.
func addSettings(c *cobra.Command, adminOnly bool) *settings {
	s := &settings{flags: pflag.NewFlagSet("settings", pflag.ContinueOnError)}
	for _, o := range config.Options() {
		if o.Admin || !adminOnly {
			if o.Switch() {
				s.flags.VarPF(new(onOff(o.Default)), o.Name, "", o.Usage).NoOptDefVal = "true"
				continue
			}
			s.flags.String(o.Name, o.Default, o.Usage)
		}
	}
	s.flags.StringVar(&s.file, "config", "", "configuration file in TOML")
	c.PersistentFlags().AddFlagSet(s.flags)
	return s
}

// onOff is the value of a flag that may stand alone. What it may be is the
// configuration's to check, wherever it comes from.
type onOff string

func (v *onOff) String() string { return string(*v) }

// Set takes any text.
func (v *onOff) Set(text string) error {
	*v = onOff(text)
	return nil
}

// Type keeps the help from asking for a text.
func (v *onOff) Type() string { return "bool" }

// setDefaults gives options other defaults than their own, in the help too.
func (s *settings) setDefaults(defaults map[string]string) {
	s.defaults = defaults
	for name, value := range defaults {
		s.flags.Lookup(name).DefValue = value
	}
}

// again returns the flags by which another command finds the same data, each
// after a space.
func (s *settings) again() string {
	var flags strings.Builder
	for _, name := range []string{"config", "data-dir"} { // no secrets such as database-url
		if f := s.flags.Lookup(name); f.Changed {
			fmt.Fprintf(&flags, " --%s %s", name, f.Value)
		}
	}
	return flags.String()
}

// load reads the configuration with the flags that were given.
func (s *settings) load() (config.Config, *slog.Logger, error) {
	given := map[string]string{}
	s.flags.VisitAll(func(f *pflag.Flag) {
		if f.Changed && f.Name != "config" {
			given[f.Name] = f.Value.String()
		}
	})
	c, err := config.Load(config.Sources{Flags: given, Lookup: os.LookupEnv, File: s.file, Defaults: s.defaults})
	if err != nil {
		return config.Config{}, nil, usageError{err}
	}
	return c, newLogger(c), nil
}

// newLogger writes to stderr, so that stdout carries data only.
func newLogger(c config.Config) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // Validate allows known levels only
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}

// withAdmin runs a command on the data of a data dir, which must be there.
func (s *settings) withAdmin(ctx context.Context, do func(*app.Admin) error) error {
	return s.with(ctx, app.OpenAdmin, do)
}

// withNewAdmin runs a command that may be the first on a data dir.
func (s *settings) withNewAdmin(ctx context.Context, do func(*app.Admin) error) error {
	return s.with(ctx, app.MakeAdmin, do)
}

type openAdmin func(context.Context, config.Config, *slog.Logger) (*app.Admin, error)

func (s *settings) with(ctx context.Context, open openAdmin, do func(*app.Admin) error) error {
	c, logger, err := s.load()
	if err != nil {
		return err
	}
	admin, err := open(ctx, c, logger)
	if err != nil {
		return err
	}
	defer admin.Close()
	return do(admin)
}

// printer writes a command's data to stdout, as JSON or as text.
type printer struct{ json bool }

func addJSON(c *cobra.Command) *printer {
	p := &printer{}
	c.Flags().BoolVar(&p.json, "json", false, "print JSON")
	return p
}

func (p *printer) print(c *cobra.Command, data any, text func(io.Writer)) error {
	out := c.OutOrStdout()
	if p.json {
		encoder := json.NewEncoder(out)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(data)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	text(table)
	return table.Flush()
}

// done prints what a command did that leaves nothing to show.
func (p *printer) done(c *cobra.Command, did, what string) error {
	return p.print(c, map[string]string{did: what}, func(w io.Writer) { row(w, did, what) })
}

// row writes one line of a table.
func row(w io.Writer, cells ...any) {
	for i, cell := range cells {
		if i > 0 {
			fmt.Fprint(w, "\t")
		}
		fmt.Fprint(w, cell)
	}
	fmt.Fprintln(w)
}
