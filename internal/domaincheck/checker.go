// SPDX-License-Identifier: Apache-2.0

package domaincheck

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/convoke/convoke/internal/convoke"
)

// Resolver reads TXT records. [net.Resolver] is one.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// Config is everything that a Checker needs.
type Config struct {
	Resolver Resolver
	// Client fetches from web sites that anybody may name. It must refuse
	// addresses that are not public, and bound time and size of an answer.
	Client *http.Client
}

// Checker looks for proofs. It is safe for concurrent use.
type Checker struct {
	resolver Resolver
	client   *http.Client
}

// New returns a Checker.
func New(c Config) *Checker { return &Checker{resolver: c.Resolver, client: c.Client} }

// lookLimit bounds a whole look, however many addresses are tried.
const lookLimit = 30 * time.Second

// Look looks for the three proofs at the same time and says for each what was
// expected and what was there. What goes wrong out there is a finding; the
// error is ctx's alone.
func (c *Checker) Look(ctx context.Context, d convoke.Domain) ([]convoke.Finding, error) {
	limited, cancel := context.WithTimeout(ctx, lookLimit)
	defer cancel()
	proofs := d.Proofs()
	looks := []func(context.Context, convoke.DomainProofs) convoke.Finding{c.record, c.file, c.tag}
	findings := make([]convoke.Finding, len(looks))
	var group sync.WaitGroup
	for i, look := range looks {
		group.Go(func() { findings[i] = look(limited, proofs) })
	}
	group.Wait()
	return findings, ctx.Err()
}

// How much of what was there instead is told.
const (
	maxGot    = 10
	maxGotLen = 120
)

// got keeps what was found instead short, and free of anything that a terminal
// would obey.
func got(list []string) []string {
	shown := make([]string, 0, min(len(list), maxGot))
	for _, text := range list[:min(len(list), maxGot)] {
		shown = append(shown, printable(text))
	}
	return shown
}

func printable(s string) string {
	if len(s) > 4*maxGotLen {
		s = s[:4*maxGotLen]
	}
	runes := []rune(strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, strings.ToValidUTF8(s, "")))
	if len(runes) > maxGotLen {
		return string(runes[:maxGotLen]) + "..."
	}
	return string(runes)
}

// record looks for the TXT record. The dot at the end keeps the resolver from
// trying the search domains of this machine.
func (c *Checker) record(ctx context.Context, p convoke.DomainProofs) convoke.Finding {
	finding := convoke.Finding{Method: convoke.ProofDNS, Where: p.TXT.Name, Expected: p.TXT.Value, Got: []string{}}
	records, err := c.resolver.LookupTXT(ctx, p.TXT.Name+".")
	if err != nil {
		finding.Problem = dnsProblem(p.TXT.Name, err)
		return finding
	}
	finding.Got = got(records)
	finding.Found = slices.ContainsFunc(records, func(record string) bool { return strings.TrimSpace(record) == p.TXT.Value })
	switch {
	case finding.Found:
		finding.Got = []string{p.TXT.Value}
	case len(records) == 0:
		finding.Problem = fmt.Sprintf("%s has no TXT record.", p.TXT.Name)
	default:
		finding.Problem = fmt.Sprintf("None of the %d TXT records of %s is the expected one.", len(records), p.TXT.Name)
	}
	return finding
}
