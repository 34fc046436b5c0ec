// SPDX-License-Identifier: Apache-2.0

package embedded

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"

	"github.com/livekit/livekit-server/pkg/routing"
	"github.com/livekit/livekit-server/pkg/service"
	"github.com/livekit/livekit-server/pkg/telemetry/prometheus"
)

const (
	// attempts bounds the search for free ports, of which another process may
	// take one between our look and LiveKit's.
	attempts = 5
	// readyPoll is how often a starting server is looked at. It has no event for it.
	readyPoll = 2 * time.Millisecond
)

// Server is a running LiveKit server.
type Server struct {
	url      string
	node     netip.AddrPort
	livekit  *service.LivekitServer
	done     chan struct{} // closed when the server has stopped; err is set before
	err      error
	stopping sync.Once
}

// Start runs a LiveKit server and returns when it answers, which takes about a
// tenth of a second, or when ctx ends. Stop it with Close; ctx does not.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	if err := cfg.validate(); err != nil {
		return nil, fmt.Errorf("media server: %w", err)
	}
	at, err := resolve(cfg.NodeIP)
	if err != nil {
		return nil, fmt.Errorf("media server: %w", err)
	}
	logTo(cfg.Logger)
	checkBuffers(cfg.Logger, at)
	for range attempts {
		var s *Server
		s, err = start(ctx, cfg, at)
		if err == nil {
			return s, nil
		}
		if !cfg.anotherPort(err) {
			break
		}
	}
	return nil, fmt.Errorf("media server: %w", err)
}

// errHTTPPort marks the loss of the HTTP port, which is always ours to choose again.
var errHTTPPort = errors.New("the HTTP port was taken")

// anotherPort reports whether a start failed at a port that was not asked for by
// number, so that the next attempt will try another.
func (c Config) anotherPort(err error) bool {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || !errors.Is(err, syscall.EADDRINUSE) {
		return false
	}
	return errors.Is(err, errHTTPPort) || (op.Net == "udp" && c.UDPPort == 0)
}

// start is one attempt.
func start(ctx context.Context, cfg Config, at address) (s *Server, err error) {
	defer recovered(&err)
	udpPort := cfg.UDPPort
	if udpPort == 0 {
		if udpPort, err = freeUDPPort(at.bind); err != nil {
			return nil, fmt.Errorf("find a UDP port on %s: %w", at.bind, err)
		}
	}
	// LiveKit opens its HTTP port itself and does not say which one, so a port is
	// held until everything else is ready.
	held, err := net.Listen("tcp", netip.AddrPortFrom(loopback, 0).String())
	if err != nil {
		return nil, fmt.Errorf("find an HTTP port: %w", err)
	}
	defer held.Close()
	lk, err := assemble(cfg, at, int(netip.MustParseAddrPort(held.Addr().String()).Port()), udpPort)
	if err != nil {
		return nil, err
	}
	s = &Server{
		url:     "http://" + held.Addr().String(),
		node:    netip.AddrPortFrom(at.node, uint16(udpPort)),
		livekit: lk,
		done:    make(chan struct{}),
	}
	held.Close()
	go s.run()
	return s, s.awaitReady(ctx)
}

// assemble builds the server, which opens the media ports.
func assemble(cfg Config, at address, httpPort, udpPort int) (*service.LivekitServer, error) {
	conf, err := cfg.livekit(at, httpPort, udpPort)
	if err != nil {
		return nil, err
	}
	node, err := routing.NewLocalNode(conf)
	if err != nil {
		return nil, err
	}
	if err := initMetrics(node); err != nil {
		return nil, err
	}
	lk, err := service.InitializeServer(conf, node)
	if err != nil {
		return nil, fmt.Errorf("open the media ports (UDP %d, TCP %d; another server may have them, see --media-udp-port): %w", udpPort, cfg.TCPPort, err)
	}
	return lk, nil
}

var metrics struct {
	once sync.Once
	err  error
}

// initMetrics registers LiveKit's metrics, which the server needs to count its
// own load. The process's first node gives them its label.
func initMetrics(node routing.LocalNode) error {
	metrics.once.Do(func() {
		metrics.err = prometheus.Init(string(node.NodeID()), node.NodeType())
	})
	return metrics.err
}

// run is the server's life.
func (s *Server) run() {
	defer close(s.done)
	defer recovered(&s.err)
	s.err = s.livekit.Start()
	if s.err != nil {
		// Start has not come as far as to clean up after itself.
		s.livekit.RoomManager().Stop()
	}
}

// awaitReady waits until the server answers. A server that does not is stopped.
func (s *Server) awaitReady(ctx context.Context) error {
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for !s.livekit.IsRunning() {
		select {
		case <-s.done:
			if errors.Is(s.err, syscall.EADDRINUSE) {
				return fmt.Errorf("%w: %w", errHTTPPort, s.err)
			}
			return fmt.Errorf("start: %w", s.err)
		case <-ctx.Done():
			go s.abandon() //nolint:gosec // it outlives the start on purpose
			return fmt.Errorf("start: %w", ctx.Err())
		case <-tick.C:
		}
	}
	return nil
}

// abandon stops a server that nobody waited for. It can only be stopped once it runs.
func (s *Server) abandon() {
	if s.awaitReady(context.Background()) == nil {
		s.livekit.Stop(true)
	}
}

// URL is the base address of the server's HTTP surface, on loopback. It is for
// package media; browsers come through media.Client.SignalProxy.
func (s *Server) URL() string { return s.url }

// MediaAddr is the address and UDP port that browsers send media to.
func (s *Server) MediaAddr() netip.AddrPort { return s.node }

// Close disconnects everyone, ends all rooms, and stops the server. It returns
// when the server has stopped, which takes well under a second, or with the
// context's error. The events of that may still be on their way to the webhook
// then. Close may be called more than once.
func (s *Server) Close(ctx context.Context) error {
	s.stopping.Do(func() { go s.livekit.Stop(true) })
	select {
	case <-s.done:
		return s.err
	case <-ctx.Done():
		return fmt.Errorf("media server: stop: %w", ctx.Err())
	}
}

// Wait blocks until the server has stopped, by Close or by itself, and returns
// what stopped it; nil after Close.
func (s *Server) Wait() error {
	<-s.done
	return s.err
}

// recovered turns a panic into an error, so that a media server that cannot
// start does not take the process with it.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("LiveKit failed: %v", p)
	}
}
