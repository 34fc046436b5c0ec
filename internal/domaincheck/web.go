// SPDX-License-Identifier: Apache-2.0

package domaincheck

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// agent tells the site's owner who asks.
const agent = "Convoke-Domain-Check/1"

// file looks for the line in the file at the fixed path.
func (c *Checker) file(ctx context.Context, p convoke.DomainProofs) convoke.Finding {
	finding := convoke.Finding{Method: convoke.ProofFile, Expected: p.File.Content}
	c.visit(ctx, &finding, p.TXT.Name, p.File.Path, func(body string) []string {
		lines := strings.FieldsFunc(body, func(r rune) bool { return r == '\n' || r == '\r' })
		return slices.DeleteFunc(lines, func(line string) bool { return strings.TrimSpace(line) == "" })
	})
	return finding
}

// tag looks for the tag in the head of the home page.
func (c *Checker) tag(ctx context.Context, p convoke.DomainProofs) convoke.Finding {
	finding := convoke.Finding{Method: convoke.ProofMeta, Expected: p.Meta.Tag}
	c.visit(ctx, &finding, p.TXT.Name, "/", metaTags)
	return finding
}

// visit asks by https, and by http where that does not give the proof: many a
// domain for mail has a site without a certificate. The first scheme that has
// the proof wins; else the finding tells about both.
func (c *Checker) visit(ctx context.Context, f *convoke.Finding, domain, path string, read func(body string) []string) {
	f.Got = []string{}
	var problems []string
	for _, scheme := range []string{"https", "http"} {
		f.Where = scheme + "://" + domain + path
		body, err := c.fetch(ctx, f.Where, domain)
		if err != nil {
			problems = append(problems, webProblem(err))
			continue
		}
		there := read(body)
		if slices.ContainsFunc(there, func(text string) bool { return strings.TrimSpace(text) == f.Expected }) {
			f.Found, f.Got, f.Problem = true, []string{f.Expected}, ""
			return
		}
		f.Got = append(f.Got, got(there)...)
		problems = append(problems, "the page answers, and "+lacking(f.Method, len(there)))
	}
	f.Where = "https://" + domain + path
	f.Got = got(slices.Compact(f.Got))
	f.Problem = both(problems[0], problems[1])
}

// both tells what went wrong by https and by http.
func both(secure, plain string) string {
	if secure == plain {
		return strings.ToUpper(secure[:1]) + secure[1:] + "."
	}
	return "By https, " + secure + "; by http, " + plain + "."
}

func lacking(method convoke.ProofMethod, others int) string {
	switch {
	case method == convoke.ProofMeta && others == 0:
		return "its head has no tag named " + convoke.ProofMetaName
	case method == convoke.ProofMeta:
		return "the tag in its head is another one"
	case others == 0:
		return "it is empty"
	}
	return "none of its lines is the expected one"
}

// Why a page is no proof whatever it says.
var (
	errStatus    = errors.New("the page answers with a status other than 200")
	errElsewhere = errors.New("the page is a redirect to another site")
)

// fetch returns the page, or the beginning of a long one. A page that a
// redirect leads to on another site shows nothing about this one.
func (c *Checker) fetch(ctx context.Context, url, domain string) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return "", err
	}
	request.Header.Set("User-Agent", agent)
	request.Header.Set("Accept", "text/html, text/plain;q=0.9")
	answer, err := c.client.Do(request)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	if host := answer.Request.URL.Hostname(); !within(host, domain) {
		return "", fmt.Errorf("%w, %s", errElsewhere, printable(host))
	}
	if answer.StatusCode != http.StatusOK {
		return "", fmt.Errorf("%w: %d", errStatus, answer.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxPage))
	return string(body), err
}

// maxPage is how much of a page is read, in bytes: a head is near the beginning.
const maxPage = 256 << 10

// within reports whether the host is the domain or below it.
func within(host, domain string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == domain || strings.HasSuffix(host, "."+domain)
}
