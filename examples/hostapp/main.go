// SPDX-License-Identifier: Apache-2.0

// Hostapp runs Lantern Tutoring, a small app whose users hold video conferences
// through Convoke. README.md beside this file says where the two meet.
package main

import (
	"cmp"
	"context"
	"flag"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // people name their time zones, and not every system knows them

	"github.com/convoke/convoke/client"
	"github.com/convoke/convoke/examples/hostapp/lantern"
)

func main() {
	if err := run(); err != nil {
		slog.Error("hostapp stopped", "error", err)
		os.Exit(1)
	}
}

// option defines a flag whose default is an environment variable, or fallback.
func option(name, env, fallback, usage string) *string {
	return flag.String(name, cmp.Or(os.Getenv(env), fallback), usage+" ["+env+"]")
}

func run() error {
	convokeURL := option("convoke-url", "HOSTAPP_CONVOKE_URL", "http://127.0.0.1:8080", "the Convoke server's public address")
	accountID := option("account-id", "HOSTAPP_ACCOUNT_ID", "", "the account, from: convoke app create")
	clientID := option("client-id", "HOSTAPP_CLIENT_ID", "", "the app's id, from the same command")
	secret := option("client-secret", "HOSTAPP_CLIENT_SECRET", "", "the app's secret; better given as a variable")
	listen := option("listen", "HOSTAPP_LISTEN", "127.0.0.1:8090", "address to serve on")
	data := option("data", "HOSTAPP_DATA", "hostapp-data", "directory for the app's own database")
	password := option("demo-password", "HOSTAPP_DEMO_PASSWORD", "", "make the three demo people, with this password")
	secure := flag.Bool("secure", false, "the app is reached by HTTPS: its cookies demand it")
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
		Provider: convoke, LinkURL: *convokeURL, Secure: *secure,
		Path: filepath.Join(*data, "lantern.db"), Logger: slog.Default(),
	})
	if err != nil {
		return err
	}
	defer app.Close()
	if *password != "" {
		if err := app.SeedUsers(context.Background(), lantern.DemoPeople(*password)); err != nil {
			return err
		}
	}
	slog.Info("Lantern Tutoring is there", "address", "http://"+*listen)
	server := &http.Server{Addr: *listen, Handler: app, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute}
	return server.ListenAndServe()
}
