// SPDX-License-Identifier: Apache-2.0

package httpd

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

// Config says where to listen.
type Config struct {
	Address  string // host:port; port 0 takes any free one
	Flag     string // by which it was chosen, for the error; empty: listen
	CertFile string // with KeyFile: speak TLS
	KeyFile  string
	Logger   *slog.Logger
}

// Limits of a connection. There is no limit on writing an answer, because the
// signal connection of a meeting and long polls live as long as they need.
const (
	headerLimit = 10 * time.Second
	bodyLimit   = 60 * time.Second
	idleLimit   = 2 * time.Minute
	headerBytes = 64 << 10

	// stopLimit is how long requests in flight may go on after a stop was asked for.
	stopLimit = 5 * time.Second
)

// Server is an open listener that does not answer yet.
type Server struct {
	listener net.Listener
	logger   *slog.Logger
}

// Listen opens the listener, so that its address is known and a port that is
// taken is found out before anything else starts.
func Listen(c Config) (*Server, error) {
	listener, err := net.Listen("tcp", c.Address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s (is another server running? --%s takes another address): %w", c.Address, cmp.Or(c.Flag, "listen"), err)
	}
	if c.CertFile != "" {
		certificate, err := tls.LoadX509KeyPair(c.CertFile, c.KeyFile)
		if err != nil {
			listener.Close()
			return nil, fmt.Errorf("cannot read the TLS certificate: %w", err)
		}
		listener = tls.NewListener(listener, &tls.Config{
			Certificates: []tls.Certificate{certificate},
			MinVersion:   tls.VersionTLS12,
			NextProtos:   []string{"h2", "http/1.1"},
		})
	}
	return &Server{listener: listener, logger: c.Logger}, nil
}

// Addr is the address that the listener really got.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Close gives the listener up; for a start that fails before Serve.
func (s *Server) Close() error { return s.listener.Close() }

// Serve answers with the handler until ctx is done. Then it takes no new
// connection, lets requests in flight finish for at most five seconds, and
// cuts what is left.
func (s *Server) Serve(ctx context.Context, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerLimit,
		ReadTimeout:       bodyLimit,
		IdleTimeout:       idleLimit,
		MaxHeaderBytes:    headerBytes,
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelDebug),
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() { stopped <- shutDown(ctx, server) })
	defer stop()
	if err := server.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return <-stopped
}

func shutDown(ctx context.Context, server *http.Server) error {
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
	defer cancel()
	if err := server.Shutdown(limit); err != nil {
		return server.Close()
	}
	return nil
}
