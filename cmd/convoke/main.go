// SPDX-License-Identifier: Apache-2.0

// Command convoke is the whole product in one binary: the server (`serve`), the
// demonstration (`demo`), and the commands by which an operator grants and looks
// after accounts, domains and apps.
//
// It owns flags, printing and exit statuses: 0 done, 1 failed, 2 wrong use. What
// the commands do is in internal/app; each sub-command has a file here.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

// version is set by the build.
var version = "dev"

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "convoke:", err)
	if _, wrongUse := errors.AsType[usageError](err); wrongUse {
		fmt.Fprintln(os.Stderr, "Add --help to a command to see how it is used.")
		return 2
	}
	return 1
}

// usageError is a command line or a configuration that cannot be understood.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }
