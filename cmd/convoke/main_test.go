// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"convoke": main})
}

// TestScripts runs the program as a shell would, one script for each subject.
// Besides the usual commands the scripts have:
//
//	exits STATUS PROGRAM ARG...  runs it and checks its exit status
//	ready URL                    waits until a server says that it is ready
//	keep NAME                    sets $NAME to the last output, without its line end
//	keep NAME JSON_FIELD         sets $NAME to the field's text in the last output
//
// $ADDRESS is a host and port that nobody listens on.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			address, err := freeAddress()
			env.Setenv("ADDRESS", address)
			return err
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"exits": exits, "ready": ready, "keep": keep},
	})
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer listener.Close()
	return listener.Addr().String(), nil
}

func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS PROGRAM ARG...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		failed, ok := errors.AsType[*exec.ExitError](err)
		if !ok {
			ts.Fatalf("%v", err)
		}
		got = failed.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// ready asks until the server answers; there is no other event to wait for from
// outside.
func ready(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: ready URL")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if answers(ctx, args[0]+"/readyz") {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			ts.Fatalf("the server at %s is not ready", args[0])
		}
	}
}

func answers(ctx context.Context, url string) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func keep(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: keep NAME [JSON_FIELD]")
	}
	value := strings.TrimRight(ts.ReadFile("stdout"), "\n")
	if len(args) == 2 {
		_, rest, found := strings.Cut(value, `"`+args[1]+`": "`)
		if !found {
			ts.Fatalf("the last output has no field %s", args[1])
		}
		value, _, _ = strings.Cut(rest, `"`)
	}
	ts.Setenv(args[0], value)
}
