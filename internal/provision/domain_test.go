// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// looker is the world outside: the tokens that are up, by domain.
type looker struct {
	mu    sync.Mutex
	up    map[string]string
	looks []string
	then  func() // runs at each look, once
}

func (l *looker) put(d convoke.Domain) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.up == nil {
		l.up = map[string]string{}
	}
	l.up[d.Name] = d.Token
}

func (l *looker) take(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.up, name)
}

func (l *looker) Look(ctx context.Context, d convoke.Domain) ([]convoke.Finding, error) {
	l.mu.Lock()
	then := l.then
	l.then = nil
	l.looks = append(l.looks, d.Name)
	found := l.up[d.Name] == d.Token
	l.mu.Unlock()
	if then != nil {
		then()
	}
	return []convoke.Finding{
		{Method: convoke.ProofDNS, Found: found}, {Method: convoke.ProofFile}, {Method: convoke.ProofMeta},
	}, ctx.Err()
}

// domain adds a domain and puts its proof up.
func (w *world) domain(t testing.TB, name string) convoke.Domain {
	t.Helper()
	domain, err := w.AddDomain(t.Context(), w.app, name, false)
	check(t, err)
	w.looker.put(domain)
	return domain
}

// verified adds a domain with its proof and verifies it.
func (w *world) verified(t testing.TB, name string) convoke.Domain {
	t.Helper()
	w.domain(t, name)
	domain, _, err := w.VerifyDomain(t.Context(), w.app, name)
	check(t, err)
	wantState(t, domain, convoke.DomainVerified)
	return domain
}

// only returns the account's one domain.
func (w *world) only(t testing.TB) convoke.Domain {
	t.Helper()
	domains, err := w.Domains(t.Context(), w.app, "me")
	check(t, err)
	if len(domains) != 1 {
		t.Fatalf("the account has %+v", domains)
	}
	return domains[0]
}

func wantState(t testing.TB, d convoke.Domain, state convoke.DomainState) {
	t.Helper()
	if d.State() != state {
		t.Errorf("the domain is %s, want %s: %+v", d.State(), state, d)
	}
}

// recheck runs the daily look at the present time.
func (w *world) recheck(t testing.TB, want int) {
	t.Helper()
	n, err := w.RecheckDomains(t.Context(), convoke.Operator(""))
	check(t, err)
	if n != want {
		t.Errorf("%d domains were looked at, want %d", n, want)
	}
}

func TestDomainNames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	for _, name := range []string{
		"", "example", "exa mple.com", "-a.com", "a..com", "https://example.com", "1.2.3.4", "example.123", "[::1]", "a_b.com",
		"co.uk", "github.io", "a\x00.com", "a\xff.com", "xn--a.com", strings.Repeat("a", 64) + ".com",
	} {
		_, err := w.AddDomain(t.Context(), w.app, name, false)
		wantCode(t, err, convoke.CodeInvalidField)
	}
	for name, want := range map[string]string{
		" Example.COM. ": "example.com", "Bücher.example": "xn--bcher-kva.example", "xn--bcher-kva.example": "xn--bcher-kva.example",
		"ｆｕｌｌ.example": "full.example", "mail.example.co.uk": "mail.example.co.uk",
	} {
		domain, err := w.AddDomain(t.Context(), w.app, name, false)
		check(t, err)
		if domain.Name != want || domain.Verified() || !regexp.MustCompile("^[0-9a-f]{32}$").MatchString(domain.Token) {
			t.Errorf("%q is %+v, want %s", name, domain, want)
		}
	}
}

func TestEachClaimHasATokenOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	abroad := w.newAccount(t, everything)
	seen := map[string]bool{}
	for _, account := range []*world{w, abroad} {
		for _, name := range []string{"a.example", "b.example"} {
			domain := account.domain(t, name)
			again, err := account.AddDomain(t.Context(), account.app, name, false)
			check(t, err)
			if seen[domain.Token] || again.Token != domain.Token {
				t.Errorf("tokens %s and %s", domain.Token, again.Token)
			}
			seen[domain.Token] = true
		}
	}
}

func TestAProofVerifies(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	domain := w.domain(t, "example.com")
	w.looker.take("example.com")
	after, findings, err := w.VerifyDomain(t.Context(), w.app, "Example.com")
	check(t, err)
	if len(findings) != 3 || convoke.AnyFound(findings) || !after.CheckedAt.Equal(w.clock.Now()) {
		t.Errorf("found %+v, and the domain is %+v", findings, after)
	}
	wantState(t, after, convoke.DomainUnverified)
	w.looker.put(domain)
	w.clock.advance(convoke.DomainPause)
	after, findings, err = w.VerifyDomain(t.Context(), w.app, "example.com")
	check(t, err)
	wantState(t, after, convoke.DomainVerified)
	if !convoke.AnyFound(findings) || !after.NextCheckAt.Equal(w.clock.Now().Add(24*time.Hour)) || after != w.only(t) {
		t.Errorf("found %+v, and the domain is %+v", findings, after)
	}
	w.made(t, convoke.Request{Action: "autoCreate", Email: "ada@EXAMPLE.com", Password: goodPassword})
	if got := names(w.events(t)); got != "domain.added domain.verified user.created" {
		t.Errorf("the events are %s", got)
	}
}

func TestAProvedDomainIsOneAccounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	abroad := w.newAccount(t, everything)
	abroad.domain(t, "example.com")
	w.verified(t, "example.com") // nobody had shown that it is theirs
	theirs, err := abroad.AddDomain(t.Context(), abroad.app, "example.com", false)
	check(t, err)
	w.looker.put(theirs)
	_, _, err = abroad.VerifyDomain(t.Context(), abroad.app, "example.com")
	wantCode(t, err, convoke.CodeDomainTaken)
	_, err = abroad.AddDomain(t.Context(), convoke.Operator(abroad.id), "example.com", true)
	wantCode(t, err, convoke.CodeDomainTaken)
	wantState(t, abroad.only(t), convoke.DomainUnverified)
	check(t, w.RemoveDomain(t.Context(), w.app, "example.com"))
	w.clock.advance(convoke.DomainPause)
	abroad.verified(t, "example.com")
}

func TestAMissingProofWarnsDailyAndLapses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	begin := w.verified(t, "example.com")
	w.clock.advance(24*time.Hour - 1e6)
	w.recheck(t, 0)
	w.looker.take("example.com")
	w.clock.advance(1e6)
	since := w.clock.Now()
	for range 7 {
		w.recheck(t, 1)
		w.recheck(t, 0)
		domain := w.only(t)
		wantState(t, domain, convoke.DomainLapsing)
		if !domain.LapsesAt().Equal(since.Add(7*24*time.Hour)) || domain.Warning() == "" || !domain.VerifiedAt.Equal(begin.VerifiedAt) {
			t.Errorf("the domain is %+v", domain)
		}
		w.made(t, convoke.Request{Action: "autoCreate", Email: w.clock.Now().Format("0102") + "@example.com", Password: goodPassword})
		w.clock.advance(24 * time.Hour)
	}
	w.recheck(t, 1)
	domain := w.only(t)
	wantState(t, domain, convoke.DomainLapsed)
	if domain.Warning() == "" || !domain.NextCheckAt.IsZero() || domain.Verified() {
		t.Errorf("the domain is %+v", domain)
	}
	_, err := w.Ensure(t.Context(), w.app, convoke.Request{Action: "autoCreate", Email: "late@example.com", Password: goodPassword})
	wantCode(t, err, convoke.CodeNoManagedDomain)
	if got := len(w.events(t, convoke.EventDomainWarning)); got != 7 {
		t.Errorf("%d warnings, want 7", got)
	}
	lapsed := w.events(t, convoke.EventDomainLapsed)
	if len(lapsed) != 1 || strings.Contains(string(lapsed[0].Payload), "operator") {
		t.Errorf("the lapse is told as %+v", lapsed)
	}
	w.clock.advance(convoke.DomainPause)
	w.verified(t, "example.com")
}

func TestADomainThatIsWellAgainHasNoWarning(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	domain := w.verified(t, "example.com")
	w.looker.take("example.com")
	w.clock.advance(24 * time.Hour)
	w.recheck(t, 1)
	var warning struct{ Object convoke.DomainObject }
	check(t, json.Unmarshal(w.events(t, convoke.EventDomainWarning)[0].Payload, &warning))
	if warning.Object.LapsesAt != "2026-12-01T09:00:00Z" || warning.Object.State != convoke.DomainLapsing || warning.Object.Warning == "" {
		t.Errorf("the warning is %+v", warning)
	}
	w.looker.put(domain)
	w.clock.advance(24 * time.Hour)
	w.recheck(t, 1)
	after := w.only(t)
	wantState(t, after, convoke.DomainVerified)
	if after.Warning() != "" || !after.LapsesAt().IsZero() || len(w.events(t, convoke.EventDomainVerified)) != 2 {
		t.Errorf("the domain is %+v", after)
	}
}

func TestATrustedDomainNeedsNoProof(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	operator := convoke.Operator(w.id)
	first, err := w.AddDomain(t.Context(), operator, "managed.example", true)
	check(t, err)
	w.clock.advance(30 * 24 * time.Hour)
	w.recheck(t, 0)
	after, findings, err := w.VerifyDomain(t.Context(), operator, "managed.example")
	check(t, err)
	wantState(t, after, convoke.DomainVerified)
	if convoke.AnyFound(findings) {
		t.Errorf("found %+v", findings)
	}
	for _, trusted := range []bool{false, true} {
		again, err := w.AddDomain(t.Context(), operator, "managed.example", trusted)
		check(t, err)
		if !again.VerifiedAt.Equal(first.VerifiedAt) || !again.Trusted {
			t.Errorf("added again with trusted=%t it is %+v", trusted, again)
		}
	}
	w.made(t, convoke.Request{Action: "autoCreate", Email: "ada@managed.example", Password: goodPassword})
	if got := names(w.events(t)); got != "domain.added domain.verified user.created" {
		t.Errorf("the events are %s", got)
	}
}

func TestTrustEndsALapse(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	w.verified(t, "example.com")
	w.looker.take("example.com")
	w.clock.advance(24 * time.Hour)
	w.recheck(t, 1)
	after, err := w.AddDomain(t.Context(), convoke.Operator(w.id), "example.com", true)
	check(t, err)
	wantState(t, after, convoke.DomainVerified)
	w.clock.advance(30 * 24 * time.Hour)
	w.recheck(t, 0)
}

func TestAnExclusiveDomainKeepsOthersFromInviting(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	abroad := w.newAccount(t, everything)
	w.domain(t, "example.com")
	_, err := w.SetDomain(t.Context(), w.app, "example.com", convoke.DomainPatch{Exclusive: new(true)})
	check(t, err)
	abroad.pending(t, "before@example.com")
	w.verified(t, "example.com")
	_, err = abroad.Ensure(t.Context(), abroad.app, convoke.Request{Action: "create", Email: "after@Example.com"})
	wantCode(t, err, convoke.CodeDomainReserved)
	_, err = abroad.Ensure(t.Context(), abroad.app, convoke.Request{Action: "ssoCreate", Email: "after@Example.com"})
	wantCode(t, err, convoke.CodeDomainReserved)
	_, err = abroad.CreateEntry(t.Context(), abroad.app, convoke.Request{Email: "after@Example.com"})
	wantCode(t, err, convoke.CodeDomainReserved)
	abroad.made(t, convoke.Request{Action: "custCreate", Email: "partner@example.com", ExternalID: "7", Source: convoke.SourceApp})
	w.pending(t, "own@example.com")
	_, err = w.SetDomain(t.Context(), w.app, "example.com", convoke.DomainPatch{Exclusive: new(false)})
	check(t, err)
	abroad.pending(t, "after@example.com")
	if got := len(w.events(t, convoke.EventDomainUpdated)); got != 2 {
		t.Errorf("%d events about the switch, want 2", got)
	}
}

func TestALookForAnotherTokenConcludesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	w.domain(t, "example.com")
	w.looker.then = func() {
		check(t, w.RemoveDomain(t.Context(), w.app, "example.com"))
		_, err := w.AddDomain(t.Context(), w.app, "example.com", false)
		check(t, err)
	}
	after, _, err := w.VerifyDomain(t.Context(), w.app, "example.com")
	check(t, err)
	wantState(t, after, convoke.DomainUnverified)
	w.looker.then = func() { check(t, w.RemoveDomain(t.Context(), w.app, "example.com")) }
	_, _, err = w.VerifyDomain(t.Context(), w.app, "example.com")
	wantCode(t, err, convoke.CodeDomainNotFound)
}

// An app cannot have the world asked as often as it likes, however many calls it
// makes at once; another domain, and the operator, are not its business.
func TestAnAppLooksAtADomainNowAndThen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	w.domain(t, "example.com")
	w.domain(t, "example.org")
	var group sync.WaitGroup
	var looked, refused atomic.Int32
	for range 8 {
		group.Go(func() {
			switch _, _, err := w.VerifyDomain(t.Context(), w.app, "example.com"); {
			case err == nil:
				looked.Add(1)
			case convoke.HasCode(err, convoke.CodeDomainTooSoon):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	group.Wait()
	if looked.Load() != 1 || refused.Load() != 7 || len(w.looker.looks) != 1 {
		t.Errorf("%d looked and %d were refused; the world was asked about %q", looked.Load(), refused.Load(), w.looker.looks)
	}
	_, _, err := w.VerifyDomain(t.Context(), w.app, "example.org")
	check(t, err)
	_, _, err = w.VerifyDomain(t.Context(), convoke.Operator(w.id), "example.com")
	check(t, err)
	w.clock.advance(convoke.DomainPause - time.Millisecond)
	_, _, err = w.VerifyDomain(t.Context(), w.app, "example.com")
	wantCode(t, err, convoke.CodeDomainTooSoon)
	w.clock.advance(time.Millisecond)
	_, _, err = w.VerifyDomain(t.Context(), w.app, "example.com")
	check(t, err)
}

func TestManyProcessesLookAtEachDomainOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	const domains = 40
	for i := range domains {
		w.verified(t, fmt.Sprintf("d%d.example", i))
	}
	w.looker.looks = nil
	w.clock.advance(24 * time.Hour)
	parallel(4, func(int) {
		_, err := w.RecheckDomains(context.Background(), convoke.Operator(""))
		if err != nil {
			t.Error(err)
		}
	})
	slices.Sort(w.looker.looks)
	if got := len(slices.Compact(slices.Clone(w.looker.looks))); got != domains || len(w.looker.looks) != domains {
		t.Errorf("%d looks at %d domains, want %d of each", len(w.looker.looks), got, domains)
	}
}

func TestALookThatWasBrokenOffConcludesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	w.verified(t, "example.com")
	w.looker.take("example.com")
	w.clock.advance(24 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	w.looker.then = cancel
	if _, err := w.RecheckDomains(ctx, convoke.Operator("")); err == nil {
		t.Error("a run that was broken off tells nothing")
	}
	wantState(t, w.only(t), convoke.DomainVerified)
	w.clock.advance(15 * time.Minute)
	w.recheck(t, 1)
	wantState(t, w.only(t), convoke.DomainLapsing)
}

func TestDomainsOfOthersAreNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	abroad := w.newAccount(t, everything)
	w.verified(t, "example.com")
	for _, name := range []string{"example.com", "unknown.example", "not a domain", "a\x00b.com", "\xff.com"} {
		_, _, err := abroad.VerifyDomain(t.Context(), abroad.app, name)
		wantCode(t, err, convoke.CodeDomainNotFound)
		wantCode(t, abroad.RemoveDomain(t.Context(), abroad.app, name), convoke.CodeDomainNotFound)
		_, err = abroad.SetDomain(t.Context(), abroad.app, name, convoke.DomainPatch{Exclusive: new(true)})
		wantCode(t, err, convoke.CodeDomainNotFound)
	}
	for _, account := range []string{string(w.id), "nobody", ""} {
		_, err := abroad.Domains(t.Context(), abroad.app, account)
		wantCode(t, err, convoke.CodeAccountNotFound)
		_, err = abroad.TrustedDomains(t.Context(), abroad.app, account)
		wantCode(t, err, convoke.CodeAccountNotFound)
	}
	for _, account := range []string{"me", string(w.id)} {
		names, err := w.TrustedDomains(t.Context(), w.app, account)
		check(t, err)
		if !slices.Equal(names, []string{"example.com"}) {
			t.Errorf("the trusted domains are %v", names)
		}
	}
	_, err := abroad.RecheckDomains(t.Context(), convoke.Operator(abroad.id))
	wantCode(t, err, convoke.CodeAccountNotFound)
}

func TestTrustIsTheOperatorsAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	for _, p := range []convoke.Principal{w.app, {Kind: convoke.UserCaller, AccountID: w.id}, {}} {
		_, err := w.AddDomain(t.Context(), p, "example.com", true)
		wantCode(t, err, convoke.CodeNotOperator)
		_, err = w.RecheckDomains(t.Context(), p)
		wantCode(t, err, convoke.CodeNotOperator)
	}
}

func TestDomainsOfAnAccountThatIsNotThere(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	for _, id := range []convoke.AccountID{"", "nobody"} {
		_, err := w.AddDomain(t.Context(), convoke.Operator(id), "example.com", true)
		wantCode(t, err, convoke.CodeAccountNotFound)
		_, err = w.Domains(t.Context(), convoke.Operator(id), string(id))
		wantCode(t, err, convoke.CodeAccountNotFound)
	}
}
