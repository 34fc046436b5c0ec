// SPDX-License-Identifier: Apache-2.0

package config

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Option is one setting. Its Name is the flag's, the file key's and, in upper
// case with underscores after CONVOKE_, the environment variable's.
type Option struct {
	Name    string
	Default string
	Usage   string
	Secret  bool // may also be given as a file: CONVOKE_<NAME>_FILE, key <name>-file
	Admin   bool // the commands that work on the data dir take it too
	set     func(*Config, string) error
}

// Switch reports whether the option is on or off, so that its flag needs no value.
func (o Option) Switch() bool { return o.Default == "false" }

// Variable is the environment variable of the option.
func (o Option) Variable() string {
	return "CONVOKE_" + strings.ToUpper(strings.ReplaceAll(o.Name, "-", "_"))
}

// Options lists every setting in the order in which help shows them.
func Options() []Option {
	return []Option{
		{Name: "data-dir", Default: "convoke-data", Admin: true, Usage: "directory of the database and the job queue", set: text(func(c *Config) *string { return &c.DataDir })},
		{Name: "listen", Default: "127.0.0.1:8080", Admin: true, Usage: "host:port to listen on", set: text(func(c *Config) *string { return &c.Listen })},
		{Name: "public-url", Admin: true, Usage: "URL under which browsers reach this server (default: from --listen)", set: text(func(c *Config) *string { return &c.PublicURL })},
		{Name: "database-url", Secret: true, Admin: true, Usage: "postgres:// URL (default: SQLite in the data dir)", set: text(func(c *Config) *string { return &c.DatabaseURL })},
		{Name: "secret-key", Secret: true, Admin: true, Usage: "at least 32 characters that all keys derive from (default: made once, kept in the database)", set: text(func(c *Config) *string { return &c.SecretKey })},
		{Name: "redis-url", Secret: true, Usage: "reserved: an external LiveKit cluster's nodes join through Redis; Convoke itself needs none", set: text(func(c *Config) *string { return &c.RedisURL })},
		{Name: "livekit-url", Usage: "external LiveKit cluster (default: LiveKit in this process)", set: text(func(c *Config) *string { return &c.LiveKitURL })},
		{Name: "livekit-key", Usage: "API key of the external LiveKit cluster", set: text(func(c *Config) *string { return &c.LiveKitKey })},
		{Name: "livekit-secret", Secret: true, Usage: "API secret of the external LiveKit cluster", set: text(func(c *Config) *string { return &c.LiveKitSecret })},
		{Name: "media-ip", Usage: "address that browsers send media to (default: found out; 127.0.0.1 when listening on loopback)", set: text(func(c *Config) *string { return &c.MediaIP })},
		{Name: "media-udp-port", Default: "7882", Usage: "UDP port for media; 0 takes any free one", set: number(func(c *Config) *int { return &c.MediaUDPPort })},
		{Name: "media-tcp-port", Default: "0", Usage: "TCP port for media where UDP is blocked; 0 is off", set: number(func(c *Config) *int { return &c.MediaTCPPort })},
		{Name: "tls-cert", Usage: "certificate file; with --tls-key the listener speaks TLS", set: text(func(c *Config) *string { return &c.TLSCert })},
		{Name: "tls-key", Usage: "private key file", set: text(func(c *Config) *string { return &c.TLSKey })},
		{Name: "trusted-proxies", Usage: "addresses or networks of the proxies in front, whose X-Forwarded-For is believed (default: none)", set: text(func(c *Config) *string { return &c.TrustedProxies })},
		{Name: "sso-host-suffix", Usage: "name below which each account has a host of its own to sign in at: NAME.SUFFIX (default: none)", set: text(func(c *Config) *string { return &c.SSOHostSuffix })},
		{Name: "rate-limits", Default: "off", Usage: "refuse calls beyond the limits of a plan: off, zoom-free, zoom-pro or zoom-business", set: text(func(c *Config) *string { return &c.RateLimits })},
		{Name: "rate-app-share", Default: "100", Usage: "percent of its account's calls in a second that one app may make", set: number(func(c *Config) *int { return &c.RateAppShare })},
		{Name: "smtp-url", Secret: true, Usage: "smtp://user:password@host:port?from=ADDRESS (default: mails stay in the local outbox)", set: text(func(c *Config) *string { return &c.SMTPURL })},
		{Name: "webhook-allow-private", Default: "false", Admin: true, Usage: "deliver webhooks to private addresses and http URLs too", set: flag(func(c *Config) *bool { return &c.WebhookAllowPrivate })},
		{Name: "sso-allow-private", Default: "false", Admin: true, Usage: "fetch identity providers' metadata, keys and tokens from private addresses too", set: flag(func(c *Config) *bool { return &c.SSOAllowPrivate })},
		{Name: "event-retention", Default: "720h", Admin: true, Usage: "how long events are kept, to be read and replayed", set: duration(func(c *Config) *time.Duration { return &c.EventRetention })},
		{Name: "mail-retention", Default: "720h", Usage: "how long mails of the outbox are kept, and invitations after their end", set: duration(func(c *Config) *time.Duration { return &c.MailRetention })},
		{Name: "log-level", Default: "info", Admin: true, Usage: "debug, info, warn or error", set: text(func(c *Config) *string { return &c.LogLevel })},
		{Name: "log-format", Default: "text", Admin: true, Usage: "text or json", set: text(func(c *Config) *string { return &c.LogFormat })},
	}
}

func text(field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, value string) error {
		*field(c) = value
		return nil
	}
}

func number(field func(*Config) *int) func(*Config, string) error {
	return func(c *Config, value string) error {
		n, err := strconv.Atoi(value)
		if err != nil {
			return fmt.Errorf("%q is not a whole number", value)
		}
		*field(c) = n
		return nil
	}
}

func flag(field func(*Config) *bool) func(*Config, string) error {
	return func(c *Config, value string) error {
		on, err := strconv.ParseBool(value)
		if err != nil {
			return fmt.Errorf("%q is neither true nor false", value)
		}
		*field(c) = on
		return nil
	}
}

func duration(field func(*Config) *time.Duration) func(*Config, string) error {
	return func(c *Config, value string) error {
		d, err := time.ParseDuration(value)
		if err != nil {
			return fmt.Errorf("%q is not a time such as 720h", value)
		}
		*field(c) = d
		return nil
	}
}
