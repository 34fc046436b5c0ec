// SPDX-License-Identifier: Apache-2.0

package client

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestKeysArePercentEncoded(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"42":              "42",
		"a/b?ü\x00..":     "a%2Fb%3F%C3%BC%00..",
		"..":              "%2E%2E",
		".":               "%2E",
		"100%":            "100%25",
		"a b#c":           "a%20b%23c",
		"meetings/x":      "meetings%2Fx",
		"日本":              "%E6%97%A5%E6%9C%AC",
		"jane@example.io": "jane@example.io",
	} {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, answer{status: 200, body: `{"meeting_id":"81234567890"}`})
			client, _ := newClient(t, server)
			if _, err := client.Meeting(t.Context(), key, key, MeetingSpec{}); err != nil {
				t.Fatal(err)
			}
			path := "/api/v1/bindings/" + want + "/meetings/" + want
			if got := server.seen()[0].uri; got != path {
				t.Errorf("request %q, want %q", got, path)
			}
		})
	}
}

func TestKeysArriveAsTheyWere(t *testing.T) {
	t.Parallel()
	var got string
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /prefix/api/v1/bindings/{id}", func(w http.ResponseWriter, r *http.Request) {
		got = r.PathValue("id")
		answer{status: 200, body: boundJane}.write(w)
	})
	mux.HandleFunc("POST /prefix/oauth/token", func(w http.ResponseWriter, _ *http.Request) {
		answer{status: 200, body: `{"access_token":"t","expires_in":60}`}.write(w)
	})
	server := httptest.NewServer(mux)
	defer server.Close()
	client, err := New(server.URL+"/prefix/", Credentials{"acc", "id", "s3cret"})
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a/b?ü\x00..", "..", ".", "//", "%2F", " "} {
		if _, err := client.Ensure(t.Context(), key, Person{}); err != nil {
			t.Errorf("Ensure(%q): %v", key, err)
		}
		if got != key {
			t.Errorf("key %q arrived as %q", key, got)
		}
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: boundJane})
	client, _ := newClient(t, server, WithUserAgent("lantern/1.0"))
	if _, err := client.Lookup(t.Context(), "42"); err != nil {
		t.Fatal(err)
	}
	if got := server.seen()[0].userAgent; got != "lantern/1.0 convoke-go" {
		t.Errorf("User-Agent %q", got)
	}
}

func TestAnswersThatAreNotOurs(t *testing.T) {
	t.Parallel()
	for name, a := range map[string]answer{
		"a page":     {status: 200, body: "<!doctype html>"},
		"too long":   {status: 200, body: `"` + strings.Repeat("x", maxAnswer) + `"`},
		"a redirect": {status: 307, header: map[string]string{"Location": "https://elsewhere.example/?secret=1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, a)
			client, _ := newClient(t, server, WithHTTPClient(&http.Client{Timeout: time.Minute}))
			_, err := client.Lookup(t.Context(), "42")
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Code != CodeBadAnswer || !errors.Is(err, ErrUnavailable) {
				t.Errorf("error %v, want bad_answer", err)
			}
			if strings.Contains(err.Error(), "secret") || len(err.Error()) > 300 {
				t.Errorf("error text %q", err)
			}
			if got := len(server.seen()); got != 1 {
				t.Errorf("%d requests, want 1", got)
			}
		})
	}
}

func TestServerAway(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200})
	client, clock := newClient(t, server)
	server.Close()
	_, err := client.Ensure(t.Context(), "42", Person{})
	if !errors.Is(err, ErrUnavailable) {
		t.Errorf("error %v, want ErrUnavailable", err)
	}
	if len(clock.pauses) != defaultAttempts-1 {
		t.Errorf("pauses %v, want %d", clock.pauses, defaultAttempts-1)
	}
}

func TestNewChecksItsArguments(t *testing.T) {
	t.Parallel()
	good := Credentials{"acc", "id", "s3cret"}
	for name, c := range map[string]struct {
		url         string
		credentials Credentials
	}{
		"no URL":             {"", good},
		"no scheme":          {"meet.example.com", good},
		"another scheme":     {"ftp://meet.example.com", good},
		"no host":            {"https:///x", good},
		"a user in the URL":  {"https://me:s3cret@meet.example.com", good},
		"a query":            {"https://meet.example.com?x=s3cret", good},
		"unreadable":         {"https://meet.example.com/%s3cret", good},
		"no account id":      {"https://meet.example.com", Credentials{"", "id", "s3cret"}},
		"no client id":       {"https://meet.example.com", Credentials{"acc", "", "s3cret"}},
		"no client's secret": {"https://meet.example.com", Credentials{"acc", "id", ""}},
	} {
		_, err := New(c.url, c.credentials)
		if err == nil {
			t.Errorf("%s: no error", name)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: error %q shows the secret", name, err)
		}
	}
}

func TestEmptyKeysAreRefusedWithoutACall(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200})
	client, _ := newClient(t, server)
	for name, call := range map[string]func() error{
		"Ensure":     func() error { _, err := client.Ensure(t.Context(), "", Person{}); return err },
		"Lookup":     func() error { _, err := client.Lookup(t.Context(), ""); return err },
		"Unbind":     func() error { return client.Unbind(t.Context(), "") },
		"Meeting":    func() error { _, err := client.Meeting(t.Context(), "42", "", MeetingSpec{}); return err },
		"DeleteUser": func() error { return client.DeleteUser(t.Context(), "") },
		"Activate":   func() error { return client.ActivateUser(t.Context(), "") },
	} {
		if err := call(); !errors.Is(err, ErrInvalid) {
			t.Errorf("%s: error %v, want ErrInvalid", name, err)
		}
	}
	if got := len(server.seen()); got != 0 {
		t.Errorf("%d requests, want none", got)
	}
}
