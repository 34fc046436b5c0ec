// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newDemo() *cobra.Command {
	c := &cobra.Command{
		Use:   "demo",
		Short: "Run the server with an example app and three of its users, and print what to open",
		Args:  cobra.NoArgs,
	}
	s := addSettings(c, false)
	s.setDefaults(map[string]string{"data-dir": "convoke-demo-data", "log-level": "warn"}) // never mixed up with a real install
	hostListen := c.Flags().String("host-listen", "127.0.0.1:8090", "host:port of the example app")
	asJSON := c.Flags().Bool("json", false, "print what to open as JSON")
	c.RunE = func(c *cobra.Command, _ []string) error {
		config, logger, err := s.load()
		if err != nil {
			return err
		}
		demo, err := app.NewDemo(c.Context(), config, *hostListen, logger)
		if err != nil {
			return err
		}
		if err := demo.Describe(c.OutOrStdout(), *asJSON); err != nil {
			return err
		}
		return demo.Run(c.Context())
	}
	return c
}
