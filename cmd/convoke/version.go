// SPDX-License-Identifier: Apache-2.0

package main

import (
	"io"
	"runtime"

	"github.com/spf13/cobra"
)

func newVersion() *cobra.Command {
	c := &cobra.Command{Use: "version", Short: "Print the version", Args: cobra.NoArgs}
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		data := map[string]string{"version": version, "go": runtime.Version()}
		return p.print(c, data, func(w io.Writer) { row(w, "convoke", version, runtime.Version()) })
	}
	return c
}
