// SPDX-License-Identifier: Apache-2.0

package domaincheck_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/domaincheck"
)

var domain = convoke.Domain{Name: "example.com", Token: "0123456789abcdef0123456789abcdef"}

// world is the DNS and the web: TXT records by name, pages by URL.
type world struct {
	records map[string][]string
	dns     error
	pages   map[string]page
}

type page struct {
	status int
	body   string
	to     string // redirect
	err    error
}

func (w *world) LookupTXT(_ context.Context, name string) ([]string, error) {
	if w.dns != nil {
		return nil, w.dns
	}
	records, known := w.records[name]
	if !known {
		return nil, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
	}
	return records, nil
}

func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	page, known := w.pages[r.URL.String()]
	answer := httptest.NewRecorder()
	switch {
	case !known:
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	case page.err != nil:
		return nil, page.err
	case page.to != "":
		http.Redirect(answer, r, page.to, http.StatusFound)
	default:
		answer.WriteHeader(page.status)
		_, _ = answer.WriteString(page.body)
	}
	result := answer.Result()
	result.Request = r
	return result, nil
}

func (w *world) look(t *testing.T) map[convoke.ProofMethod]convoke.Finding {
	t.Helper()
	checker := domaincheck.New(domaincheck.Config{Resolver: w, Client: &http.Client{Transport: w}})
	findings, err := checker.Look(t.Context(), domain)
	if err != nil {
		t.Fatal(err)
	}
	all := map[convoke.ProofMethod]convoke.Finding{}
	for _, f := range findings {
		if f.Found == (f.Problem != "") || f.Where == "" || f.Expected == "" || f.Got == nil {
			t.Errorf("the finding is not whole: %+v", f)
		}
		all[f.Method] = f
	}
	if len(all) != 3 {
		t.Errorf("findings of %d methods", len(all))
	}
	return all
}

const (
	value = "convoke-verify=0123456789abcdef0123456789abcdef"
	tag   = `<meta name="convoke-verify" content="0123456789abcdef0123456789abcdef">`
	at    = "/.well-known/convoke-verify.html"
)

func TestARecordIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		records []string
		found   bool
		problem string
	}{
		"alone":        {[]string{value}, true, ""},
		"among others": {[]string{"v=spf1 -all", " " + value + " "}, true, ""},
		"another's":    {[]string{"convoke-verify=ffff"}, false, "None of the 1 TXT records of example.com is the expected one."},
		"part of one":  {[]string{"x" + value, value + "0"}, false, "None of the 2 TXT records"},
		"none":         {[]string{}, false, "example.com has no TXT record."},
		"a long one":   {[]string{strings.Repeat("x", 5000)}, false, "None of the 1"},
	} {
		f := (&world{records: map[string][]string{"example.com.": c.records}}).look(t)[convoke.ProofDNS]
		if f.Found != c.found || !strings.HasPrefix(f.Problem, c.problem) || f.Where != "example.com" || f.Expected != value {
			t.Errorf("%s: %+v", name, f)
		}
		for _, text := range f.Got {
			if len(text) > 130 {
				t.Errorf("%s: shows %d bytes", name, len(text))
			}
		}
	}
}

func TestTheNameServersMayFail(t *testing.T) {
	t.Parallel()
	for want, fault := range map[string]error{
		"example.com has no TXT record.":                          &net.DNSError{IsNotFound: true},
		"The name servers did not answer in time. Try again":      &net.DNSError{IsTimeout: true},
		"The name servers could not be asked. Try again later.":   errors.New("secret detail of 10.0.0.1"),
		"The name servers did not answer in time. Try again late": context.DeadlineExceeded,
	} {
		if f := (&world{dns: fault}).look(t)[convoke.ProofDNS]; f.Found || !strings.HasPrefix(f.Problem, want) {
			t.Errorf("%v is told as %q", fault, f.Problem)
		}
	}
}

func TestAFileIsFound(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pages   map[string]page
		found   bool
		problem string
	}{
		"by https":        {map[string]page{"https://example.com" + at: {status: 200, body: value}}, true, ""},
		"by http":         {map[string]page{"http://example.com" + at: {status: 200, body: value + "\n"}}, true, ""},
		"a line of it":    {map[string]page{"https://example.com" + at: {status: 200, body: "other\r\n" + value + "\r\n"}}, true, ""},
		"after a move":    {map[string]page{"https://example.com" + at: {to: "https://www.example.com/f"}, "https://www.example.com/f": {status: 200, body: value}}, true, ""},
		"elsewhere":       {map[string]page{"https://example.com" + at: {to: "https://evil.example/f"}, "https://evil.example/f": {status: 200, body: value}}, false, "By https, the page is a redirect to another site, evil.example; by http, no connection to the site."},
		"a like name":     {map[string]page{"https://example.com" + at: {to: "https://notexample.com/"}, "https://notexample.com/": {status: 200, body: value}}, false, "By https, the page is a redirect to another site"},
		"with a 404":      {map[string]page{"https://example.com" + at: {status: 404, body: value}}, false, "By https, the page answers with a status other than 200: 404;"},
		"inside a text":   {map[string]page{"https://example.com" + at: {status: 200, body: "q=" + value}}, false, "By https, the page answers, and none of its lines is the expected one;"},
		"empty":           {map[string]page{"https://example.com" + at: {status: 200, body: " \n"}}, false, "By https, the page answers, and it is empty;"},
		"late in a flood": {map[string]page{"https://example.com" + at: {status: 200, body: strings.Repeat("x\n", 1<<20) + value}}, false, "By https, the page answers, and none"},
		"no site":         {nil, false, "No connection to the site."},
		"no address": {map[string]page{
			"https://example.com" + at: {err: &net.DNSError{IsNotFound: true}}, "http://example.com" + at: {err: &net.DNSError{IsNotFound: true}},
		}, false, "The name has no address."},
		"a private address": {map[string]page{
			"https://example.com" + at: {err: fmt.Errorf("dial: %w", private{})}, "http://example.com" + at: {err: fmt.Errorf("dial: %w", private{})},
		}, false, "The name leads to an address that is not on the public Internet."},
	} {
		f := (&world{pages: c.pages}).look(t)[convoke.ProofFile]
		if f.Found != c.found || !strings.HasPrefix(f.Problem, c.problem) || !strings.HasSuffix(f.Where, "://example.com"+at) || f.Expected != value {
			t.Errorf("%s: %+v", name, f)
		}
	}
}

type private struct{}

func (private) Error() string   { return "10.0.0.1 is private" }
func (private) NotPublic() bool { return true }

func TestATagIsFoundInTheHeadAlone(t *testing.T) {
	t.Parallel()
	for body, found := range map[string]bool{
		"<!doctype html><html><head><title>Hi</title>" + tag + "</head></html>":    true,
		"<title>a <b> & c</title><script>if (a<b) {}</script>" + tag:               true,
		`<META CONTENT='0123456789abcdef0123456789abcdef' NAME='Convoke-Verify'/>`: true,
		`<meta name="convoke-verify" content="other">` + tag:                       true,
		"<!-- hi --> \n <link rel=x>" + tag:                                        true,

		"<body>" + tag:                     false,
		"<head></head>" + tag:              false,
		"<p>" + tag:                        false,
		"hello " + tag:                     false,
		"<!-- " + tag + " -->":             false,
		"<title>" + tag + "</title>":       false,
		"<script>" + tag + "</script>":     false,
		"<textarea>" + tag + "</textarea>": false,
		"<template>" + tag + "</template>": false,
		`<meta name="x" name="convoke-verify" content="0123456789abcdef0123456789abcdef">`: false,
		`<meta name="convoke-verify" content="0123456789abcdef0123456789abcdef0">`:         false,
		"": false,
	} {
		f := (&world{pages: map[string]page{"https://example.com/": {status: 200, body: body}}}).look(t)[convoke.ProofMeta]
		if f.Found != found || f.Expected != tag {
			t.Errorf("%s gives %+v", body, f)
		}
	}
}

func TestWhatWasThereInsteadIsHarmless(t *testing.T) {
	t.Parallel()
	records := []string{"a\x1b[31mred\x07\r\n\u202Eevil\xff"}
	for range 30 {
		records = append(records, "more")
	}
	f := (&world{records: map[string][]string{"example.com.": records}}).look(t)[convoke.ProofDNS]
	if len(f.Got) != 10 || f.Got[0] != "a [31mred    evil" {
		t.Errorf("shown is %q", f.Got)
	}
}

func TestALookEndsWithItsCaller(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w := &world{}
	checker := domaincheck.New(domaincheck.Config{Resolver: w, Client: &http.Client{Transport: w}})
	if _, err := checker.Look(ctx, domain); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
