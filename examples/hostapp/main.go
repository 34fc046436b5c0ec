// SPDX-License-Identifier: Apache-2.0

// Hostapp runs Lantern Tutoring, a small app whose users hold video conferences
// through Convoke. README.md beside this file says where the two meet.
package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
	_ "time/tzdata" // people name their time zones, and not every system knows them

	"github.com/convoke/convoke/client"
	"github.com/convoke/convoke/examples/hostapp/lantern"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		slog.Error("hostapp stopped", "error", err)
		os.Exit(1)
	}
}

// option defines a flag whose default is an environment variable, or fallback.
func option(name, env, fallback, usage string) *string {
	return flag.String(name, cmp.Or(os.Getenv(env), fallback), usage+" ["+env+"]")
}

func run(ctx context.Context) error {
	convokeURL := option("convoke-url", "HOSTAPP_CONVOKE_URL", "http://127.0.0.1:8080", "where the Convoke server is")
	publicURL := option("convoke-public-url", "HOSTAPP_CONVOKE_PUBLIC_URL", "", "where its links lead, if that is another address")
	accountID := option("account-id", "HOSTAPP_ACCOUNT_ID", "", "the account, from: convoke app create")
	clientID := option("client-id", "HOSTAPP_CLIENT_ID", "", "the app's id, from the same command")
	secret := option("client-secret", "HOSTAPP_CLIENT_SECRET", "", "the app's secret; better given as a variable")
	listen := option("listen", "HOSTAPP_LISTEN", "127.0.0.1:8090", "address to serve on")
	data := option("data", "HOSTAPP_DATA", "hostapp-data", "directory for the app's own database")
	password := option("demo-password", "HOSTAPP_DEMO_PASSWORD", "", "make the three demo people, with this password")
	flag.Parse()

	// Convoke, place 1 of 4: one client for the whole app.
	convoke, err := client.New(*convokeURL, client.Credentials{
		AccountID: *accountID, ClientID: *clientID, ClientSecret: *secret,
	}, client.WithUserAgent("lantern"))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*data, 0o700); err != nil {
		return err
	}
	app, err := lantern.New(lantern.Config{
		Provider: convoke, LinkURL: cmp.Or(*publicURL, *convokeURL),
		Path: filepath.Join(*data, "lantern.db"), Logger: slog.Default(),
	})
	if err != nil {
		return err
	}
	defer app.Close()
	if *password != "" {
		if err := app.SeedUsers(ctx, lantern.DemoPeople(*password)); err != nil {
			return err
		}
	}
	return serve(ctx, *listen, app)
}

// serve answers requests until ctx ends, and then finishes those under way.
func serve(ctx context.Context, address string, app http.Handler) error {
	server := &http.Server{Addr: address, Handler: app, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.ListenAndServe() }()
	fmt.Fprintf(os.Stderr, "Lantern Tutoring is at http://%s\n", address)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := server.Shutdown(last); !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return server.Close()
}
