// SPDX-License-Identifier: Apache-2.0

package main

import "github.com/spf13/cobra"

func newSSO() *cobra.Command {
	c := &cobra.Command{Use: "sso", Short: "Single sign-on", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newMapping(s))
	return c
}
