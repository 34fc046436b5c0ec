// SPDX-License-Identifier: Apache-2.0

package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/config"
	"github.com/convoke/convoke/internal/media"
	"github.com/convoke/convoke/internal/media/embedded"
)

// engine is the media side: the client of a LiveKit server, and the server
// itself when it runs in this process.
type engine struct {
	client *media.Client
	signal http.Handler // /rtc, for browsers
	report http.Handler // LiveKit's webhook
	url    string       // where browsers connect to
	local  *embedded.Server
	hook   net.Listener // loopback, where the embedded server reports to

	reporter http.Server // serves hook
}

// embeddedKey is the API key's name of the embedded server; its secret is derived.
const embeddedKey = "convoke"

// startEngine connects to the external LiveKit cluster, or starts our own.
func startEngine(ctx context.Context, c config.Config, publicURL string, k keys, logger *slog.Logger) (*engine, error) {
	if c.LiveKitURL != "" {
		client, err := media.New(media.Config{URL: c.LiveKitURL, Key: c.LiveKitKey, Secret: c.LiveKitSecret, RoomPrefix: k.install + "."})
		return &engine{client: client}, err
	}
	hook, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening the media server's reporting port: %w", err)
	}
	e := &engine{hook: hook}
	e.local, err = embedded.Start(ctx, embedded.Config{
		Key: embeddedKey, Secret: k.media, NodeIP: cmp.Or(c.MediaIP, loopbackOf(publicURL)),
		UDPPort: c.MediaUDPPort, TCPPort: c.MediaTCPPort,
		WebhookURL: "http://" + hook.Addr().String(), AutoCreate: true, Logger: logger,
	})
	if err != nil {
		return nil, errors.Join(err, hook.Close())
	}
	e.client, err = media.New(media.Config{URL: e.local.URL(), Key: embeddedKey, Secret: k.media})
	return e, err
}

// loopbackOf returns the loopback address when browsers can only be on this
// machine, so that no media port is opened to the network.
func loopbackOf(publicURL string) string {
	u, err := url.Parse(publicURL)
	if err != nil {
		return ""
	}
	ip := net.ParseIP(u.Hostname())
	switch {
	case u.Hostname() == "localhost":
		return "127.0.0.1"
	case ip != nil && ip.IsLoopback():
		return ip.String()
	}
	return ""
}

// serve joins the media server with the use case that knows the rooms.
func (e *engine) serve(publicURL string, rooms *conference.Service, logger *slog.Logger) error {
	var err error
	if e.url, err = e.client.BrowserURL(publicURL); err != nil {
		return err
	}
	e.signal = e.client.SignalProxy(rooms.AllowSignal, logger)
	e.report = e.client.Webhook(rooms.MediaEvent, logger)
	if e.hook == nil {
		return nil
	}
	e.reporter.Handler, e.reporter.ReadHeaderTimeout = e.report, 5*time.Second
	go func() {
		if err := e.reporter.Serve(e.hook); !errors.Is(err, net.ErrClosed) && !errors.Is(err, http.ErrServerClosed) {
			logger.Error("the media server's reporting port closed", "error", err)
		}
	}()
	return nil
}

// watch returns when ctx is done, or with an error when the embedded media
// server stops by itself.
func (e *engine) watch(ctx context.Context) error {
	if e.local == nil {
		<-ctx.Done()
		return nil
	}
	ended := make(chan error, 1)
	go func() { ended <- e.local.Wait() }()
	select {
	case <-ctx.Done():
		return nil
	case err := <-ended:
		return errors.Join(errors.New("the media server stopped"), err)
	}
}

// stopLimit is how long the embedded media server may take to stop.
const stopLimit = 3 * time.Second

// close stops listening to the media server before it stops it: a meeting must
// not count as ended because the server restarts. Its people reconnect.
func (e *engine) close() error {
	if e.local == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), stopLimit)
	defer cancel()
	return errors.Join(ignoreClosed(e.hook.Close()), ignoreClosed(e.reporter.Close()), e.local.Close(ctx))
}

// ignoreClosed lets a listener be closed twice.
func ignoreClosed(err error) error {
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
