// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Credentials are those of one app of one account, as "convoke app create"
// prints them. They are never shown by fmt or slog.
type Credentials struct {
	AccountID    string
	ClientID     string
	ClientSecret string
}

// String names the app and hides the secret.
func (c Credentials) String() string {
	return fmt.Sprintf("{AccountID:%s ClientID:%s ClientSecret:hidden}", c.AccountID, c.ClientID)
}

// GoString hides the secret from the verb %#v.
func (c Credentials) GoString() string { return "client.Credentials" + c.String() }

// LogValue hides the secret from slog.
func (c Credentials) LogValue() slog.Value { return slog.StringValue(c.String()) }

// Client is the Provider that talks to a Convoke server. Make it with New.
type Client struct {
	base      string // without a slash at the end
	http      *http.Client
	userAgent string
	attempts  int
	tokens    *tokens
	now       func() time.Time
	sleep     func(context.Context, time.Duration) error
	jitter    func(time.Duration) time.Duration
}

var _ Provider = (*Client)(nil)

// Option changes a Client that New makes.
type Option func(*Client)

// WithHTTPClient uses h for all calls: its transport, its time limit and its
// cookies. Redirects are never followed, whatever h says, because a bearer token
// would go along. The default limits each attempt to 30 seconds.
func WithHTTPClient(h *http.Client) Option {
	return func(c *Client) { c.http = h }
}

// WithUserAgent puts the host app's name before the SDK's own in User-Agent.
func WithUserAgent(name string) Option {
	return func(c *Client) { c.userAgent = strings.TrimSpace(name + " " + defaultUserAgent) }
}

// WithAttempts sets how often a repeatable call is sent at most: 1 never
// repeats one. The default is 4.
func WithAttempts(n int) Option {
	return func(c *Client) { c.attempts = max(n, 1) }
}

// withTime replaces the clock, the pause and the randomness of the retries.
func withTime(now func() time.Time, sleep func(context.Context, time.Duration) error, jitter func(time.Duration) time.Duration) Option {
	return func(c *Client) { c.now, c.sleep, c.jitter = now, sleep, jitter }
}

const (
	defaultUserAgent = "convoke-go"
	defaultAttempts  = 4
	defaultTimeout   = 30 * time.Second
)

// New makes a Client for the server at baseURL, such as
// https://meet.example.com; a path in it is kept. It connects to nothing yet. It
// returns an error when baseURL or the credentials cannot be right.
func New(baseURL string, credentials Credentials, options ...Option) (*Client, error) {
	base, err := checkBaseURL(baseURL)
	if err != nil {
		return nil, err
	}
	if credentials.AccountID == "" || credentials.ClientID == "" || credentials.ClientSecret == "" {
		return nil, errors.New("client: the credentials need an account id, a client id and a client secret")
	}
	c := &Client{
		base: base, http: &http.Client{Timeout: defaultTimeout}, userAgent: defaultUserAgent,
		attempts: defaultAttempts, now: time.Now, sleep: sleep, jitter: fullJitter,
	}
	for _, option := range options {
		option(c)
	}
	noRedirects := *c.http
	noRedirects.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	c.http = &noRedirects
	c.tokens = newTokens(credentials, c)
	return c, nil
}

func checkBaseURL(s string) (string, error) {
	u, err := url.Parse(s)
	if err != nil {
		return "", errors.New("client: the base URL cannot be read; it must look like https://meet.example.com")
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return "", errors.New("client: the base URL must begin with https:// or http:// and name a host")
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", errors.New("client: the base URL must hold neither a user, nor a query, nor a fragment")
	}
	return strings.TrimRight(u.String(), "/"), nil
}
