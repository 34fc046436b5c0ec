// SPDX-License-Identifier: Apache-2.0

package embedded

import (
	"errors"
	"fmt"
	"log/slog"
	"net/netip"
	"net/url"
	"time"

	"github.com/livekit/livekit-server/pkg/config"
	"github.com/livekit/livekit-server/pkg/sfu"
)

const (
	// emptyTimeout is how many seconds a room waits for its first participant.
	emptyTimeout = 60
	// departureTimeout is how many seconds a room stays after the last one left,
	// so that a reload of the page or a lost network does not end the meeting.
	departureTimeout = 20
	// minSecret is the length below which LiveKit itself calls a secret unsafe.
	minSecret = 32
	// keyFramePause is the least time between two key frames that the server asks
	// a camera for. Whoever joins sees nothing before the next one; LiveKit itself
	// would let them wait for up to a second.
	keyFramePause = 250 * time.Millisecond
	// discardPort answers nothing (RFC 863). The media port will not do in its
	// place: Chromium takes all that comes from a STUN server's address for an
	// answer of that server, and drops it.
	discardPort = 9
)

// webhookEvents are those that package media translates.
var webhookEvents = []string{"participant_joined", "participant_left", "room_finished"}

// Config says how the server runs.
type Config struct {
	// Key and Secret are the API key that the server accepts; the secret has at
	// least 32 characters.
	Key, Secret string
	// NodeIP is the address that browsers send media to, IPv4 or IPv6. Empty
	// means the machine's own address on its default route, found without
	// sending a packet. A loopback address serves browsers on this machine alone
	// and opens no media port to the network. An address that no interface has
	// is one that a router maps to this machine, port for port.
	NodeIP string
	// UDPPort carries all media. 0 means a free port.
	UDPPort int
	// TCPPort carries media where a browser's network blocks UDP. 0 means none.
	// LiveKit listens on it on every interface, whatever NodeIP is.
	TCPPort int
	// WebhookURL is where the server posts its events, see media.Client.Webhook.
	// Empty means nowhere.
	WebhookURL string
	// STUNServers are host:port addresses that browsers ask for their own public
	// address. They need none to reach this server. Empty means a port of this
	// machine that does not answer: LiveKit would name public servers of other
	// companies otherwise.
	STUNServers []string
	// AutoCreate makes a room when the first participant comes. Without it rooms
	// must be created by the server API first.
	AutoCreate bool
	// Logger takes LiveKit's warnings and errors. Tokens are cut out of them.
	Logger *slog.Logger
}

// validate lists every fault of the configuration at once.
func (c Config) validate() error {
	var faults []error
	fault := func(bad bool, text string) {
		if bad {
			faults = append(faults, errors.New(text))
		}
	}
	fault(c.Key == "", "the LiveKit key is missing")
	fault(len(c.Secret) < minSecret, fmt.Sprintf("the LiveKit secret must have at least %d characters", minSecret))
	fault(c.UDPPort < 0 || c.UDPPort > 65535, "the media UDP port must be between 0 and 65535")
	fault(c.TCPPort < 0 || c.TCPPort > 65535, "the media TCP port must be between 0 and 65535")
	fault(c.Logger == nil, "the logger is missing")
	if c.WebhookURL != "" {
		u, err := url.Parse(c.WebhookURL)
		fault(err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"), "the webhook URL must be an http or https URL")
	}
	return errors.Join(faults...)
}

// livekit is the server's own configuration. It asks nobody outside for
// anything: the address is given, and TURN, Redis and LiveKit's own
// metrics port are off, as they are by default.
func (c Config) livekit(at address, httpPort, udpPort int) (*config.Config, error) {
	conf, err := config.NewConfig(fmt.Sprintf("rtc: {node_ip: %q, udp_port: %d}", at.node, udpPort), true, nil, nil)
	if err != nil {
		return nil, err
	}
	conf.Port = uint32(httpPort)
	conf.BindAddresses = []string{loopback.String()}
	conf.Keys = map[string]string{c.Key: c.Secret}

	conf.RTC.TCPPort = uint32(c.TCPPort)
	withTCP := c.TCPPort != 0
	conf.RTC.AllowTCPFallback = &withTCP
	// Only the address that is offered is bound.
	conf.RTC.IPs.Includes = []string{netip.PrefixFrom(at.bind, at.bind.BitLen()).String()}
	conf.RTC.EnableLoopbackCandidate = at.bind.IsLoopback()
	// A lite server learns only from a browser's second check that it was chosen,
	// and Chromium sends that one 900 ms later when its first three were slow to be
	// answered. The full stack, for its part, would wait a second before it takes a
	// browser's address that it learned from a check. See docs/decisions/0009.
	conf.RTC.UseICELite = false
	conf.RTC.PrflxAcceptanceMinWait = time.Millisecond
	conf.RTC.PLIThrottle = sfu.PLIThrottleConfig{LowQuality: keyFramePause, MidQuality: keyFramePause, HighQuality: keyFramePause}
	conf.RTC.STUNServers = c.STUNServers
	if len(conf.RTC.STUNServers) == 0 {
		conf.RTC.STUNServers = []string{netip.AddrPortFrom(at.node, discardPort).String()}
	}

	conf.Room.AutoCreate = c.AutoCreate
	conf.Room.EmptyTimeout = emptyTimeout
	conf.Room.DepartureTimeout = departureTimeout
	if c.WebhookURL != "" {
		conf.WebHook.URLs = []string{c.WebhookURL}
		conf.WebHook.APIKey = c.Key
		conf.WebHook.FilterParams.IncludeEvents = webhookEvents
	}
	return conf, nil
}
