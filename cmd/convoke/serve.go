// SPDX-License-Identifier: Apache-2.0

package main

import (
	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newServe() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run the server",
		Long: "Run the server: API, pages and media in one process. No flag is needed. Every flag is also an\n" +
			"environment variable CONVOKE_<FLAG> and a key of the configuration file.",
		Args: cobra.NoArgs,
	}
	s := addSettings(c, false)
	c.RunE = func(c *cobra.Command, _ []string) error {
		config, logger, err := s.load()
		if err != nil {
			return err
		}
		server, err := app.New(c.Context(), config, logger)
		if err != nil {
			return err
		}
		return server.Run(c.Context())
	}
	return c
}
