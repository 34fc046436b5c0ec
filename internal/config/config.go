// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Config is everything that can be set. The zero value is not useful; Load
// gives one with defaults.
type Config struct {
	DataDir        string // where SQLite and the job queue keep their files
	Listen         string // host:port of the one TCP listener
	PublicURL      string // how browsers reach the listener; empty: derived from Listen
	DatabaseURL    string // postgres://...; empty: SQLite in DataDir
	SecretKey      string // all keys derive from it; empty: one made at first start and kept in the database
	RedisURL       string // reserved for LiveKit on many nodes
	LiveKitURL     string // an external LiveKit cluster; empty: the embedded one
	LiveKitKey     string
	LiveKitSecret  string
	MediaIP        string // the address that browsers send media to; empty: found out
	MediaUDPPort   int    // 0: any free port
	MediaTCPPort   int    // 0: no media over TCP
	TLSCert        string
	TLSKey         string
	TrustedProxies string // addresses and networks whose X-Forwarded-For is believed, separated by commas
	SSOHostSuffix  string // {vanity}.{suffix} leads to an account's sign-in; empty: no host does
	RateLimits     string // off, zoom-free, zoom-pro, zoom-business
	RateAppShare   int    // percent of an account's calls that one app may make
	SMTPURL        string // empty: mails stay in the local outbox
	LogLevel       string // debug, info, warn, error
	LogFormat      string // text, json

	WebhookAllowPrivate bool          // receivers may be in the private network, and at http URLs
	SSOAllowPrivate     bool          // identity providers may be in the private network
	EventRetention      time.Duration // how long events are kept
	MailRetention       time.Duration // how long mails of the outbox are kept, and links after their end
}

// DatabasePath is the SQLite file of a data dir.
func (c Config) DatabasePath() string { return filepath.Join(c.DataDir, "convoke.db") }

// JobsPath is the file of the job queue when the database is SQLite.
func (c Config) JobsPath() string { return filepath.Join(c.DataDir, "jobs.db") }

// minRetention leaves a day after the last attempt on an event.
const minRetention = 96 * time.Hour

// minMailRetention leaves time to read a mail.
const minMailRetention = 24 * time.Hour

// Validate returns every fault of the configuration at once, or nil.
func (c Config) Validate() error {
	var faults []error
	for _, check := range []struct {
		bad     bool
		message string
	}{
		{c.DataDir == "", "data-dir must not be empty"},
		{!validListen(c.Listen), "listen must be host:port, such as 127.0.0.1:8080"},
		{c.PublicURL != "" && !validURL(c.PublicURL, "http", "https"), "public-url must be an http or https URL without a path"},
		{c.DatabaseURL != "" && !validDatabase(c.DatabaseURL), "database-url must be a postgres:// URL"},
		{c.SecretKey != "" && len(c.SecretKey) < 32, "secret-key must have at least 32 characters"},
		{c.LiveKitURL != "" && !hasScheme(c.LiveKitURL, "http", "https", "ws", "wss"), "livekit-url must be an http, https, ws or wss URL"},
		{c.LiveKitURL != "" && (c.LiveKitKey == "" || c.LiveKitSecret == ""), "livekit-url needs livekit-key and livekit-secret too"},
		{c.RedisURL != "" && c.LiveKitURL == "", "redis-url is for the nodes of an external LiveKit cluster; give livekit-url too"},
		{c.MediaIP != "" && net.ParseIP(c.MediaIP) == nil, "media-ip must be an IP address"},
		{!validPort(c.MediaUDPPort), "media-udp-port must be from 0 to 65535"},
		{!validPort(c.MediaTCPPort), "media-tcp-port must be from 0 to 65535"},
		{(c.TLSCert == "") != (c.TLSKey == ""), "tls-cert and tls-key go together"},
		{!validProxies(c.TrustedProxies), "trusted-proxies must be addresses or networks such as 10.0.0.0/8, separated by commas"},
		{c.SMTPURL != "" && !hasScheme(c.SMTPURL, "smtp", "smtps"), "smtp-url must be an smtp:// or smtps:// URL"},
		{c.SMTPURL != "" && !hasSender(c.SMTPURL), "smtp-url must name the sender, as in smtp://host:587?from=meetings@example.com"},
		{c.SSOHostSuffix != "" && !validName(c.SSOHostSuffix), "sso-host-suffix must be a host name such as sso.example.com, without a port"},
		{!oneOf(c.RateLimits, "off", "zoom-free", "zoom-pro", "zoom-business"), "rate-limits must be off, zoom-free, zoom-pro or zoom-business"},
		{c.RateAppShare < 1 || c.RateAppShare > 100, "rate-app-share must be from 1 to 100"},
		{c.EventRetention < minRetention, "event-retention must be at least 96h: deliveries are tried for 72 hours, and dead letters are replayed from the log"},
		{c.MailRetention < minMailRetention, "mail-retention must be at least 24h"},
		{!oneOf(c.LogLevel, "debug", "info", "warn", "error"), "log-level must be debug, info, warn or error"},
		{!oneOf(c.LogFormat, "text", "json"), "log-format must be text or json"},
	} {
		if check.bad {
			faults = append(faults, errors.New(check.message))
		}
	}
	return errors.Join(faults...)
}

// URL returns the public URL without a slash at its end, given the address that
// the listener really got.
func (c Config) URL(bound string) string {
	if c.PublicURL != "" {
		return strings.TrimRight(c.PublicURL, "/")
	}
	scheme := "http"
	if c.TLSCert != "" {
		scheme = "https"
	}
	host, port, _ := net.SplitHostPort(bound)
	if ip := net.ParseIP(host); ip == nil || ip.IsUnspecified() {
		host = "localhost"
	}
	return fmt.Sprintf("%s://%s", scheme, net.JoinHostPort(host, port))
}

func validListen(s string) bool {
	_, port, err := net.SplitHostPort(s)
	return err == nil && port != ""
}

func validURL(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && oneOf(u.Scheme, schemes...)
}

func hasScheme(s string, schemes ...string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Host != "" && oneOf(u.Scheme, schemes...)
}

// validDatabase allows a URL without a host: the parameter host may name a socket.
func validDatabase(s string) bool {
	u, err := url.Parse(s)
	return err == nil && oneOf(u.Scheme, "postgres", "postgresql")
}

func hasSender(s string) bool {
	u, err := url.Parse(s)
	return err == nil && u.Query().Get("from") != ""
}

// Proxies returns the networks of TrustedProxies, which Validate has checked.
func (c Config) Proxies() []netip.Prefix {
	list, _ := parseProxies(c.TrustedProxies)
	return list
}

func validProxies(s string) bool {
	_, err := parseProxies(s)
	return err == nil
}

func parseProxies(s string) (list []netip.Prefix, err error) {
	for _, text := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' }) {
		if address, err := netip.ParseAddr(text); err == nil {
			list = append(list, netip.PrefixFrom(address, address.BitLen()))
			continue
		}
		network, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, err
		}
		list = append(list, network)
	}
	return list, nil
}

// validName allows a host name of letters, digits and hyphens. It may be one of
// a single label, as localhost is.
func validName(s string) bool {
	for label := range strings.SplitSeq(strings.ToLower(s), ".") {
		if label == "" || len(label) > 63 || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
			return false
		}
	}
	return true
}

func validPort(n int) bool { return n >= 0 && n <= 65535 }

func oneOf(s string, list ...string) bool {
	return slices.Contains(list, s)
}
