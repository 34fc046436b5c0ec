// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var domainDay = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

// TestEveryLookAtADomain walks every state through every outcome of a look.
func TestEveryLookAtADomain(t *testing.T) {
	t.Parallel()
	unverified := convoke.NewDomain("acc", "example.com", "token", domainDay)
	verified := unverified
	verified.VerifiedAt, verified.NextCheckAt = domainDay, domainDay.Add(24*time.Hour)
	trusted := unverified
	trusted.Trusted, trusted.VerifiedAt = true, domainDay
	lapsing := verified
	lapsing.FailingSince = domainDay.Add(24 * time.Hour)
	lapsed := unverified
	lapsed.LapsedAt = domainDay
	for name, c := range map[string]struct {
		before convoke.Domain
		found  bool
		after  time.Duration // since domainDay
		state  convoke.DomainState
		event  convoke.EventName
		next   time.Duration // since domainDay; 0: none
	}{
		"unverified, found":        {unverified, true, time.Hour, convoke.DomainVerified, convoke.EventDomainVerified, 25 * time.Hour},
		"unverified, missing":      {unverified, false, time.Hour, convoke.DomainUnverified, "", 0},
		"verified, found":          {verified, true, 24 * time.Hour, convoke.DomainVerified, "", 48 * time.Hour},
		"verified, missing":        {verified, false, 24 * time.Hour, convoke.DomainLapsing, convoke.EventDomainWarning, 48 * time.Hour},
		"lapsing, found":           {lapsing, true, 48 * time.Hour, convoke.DomainVerified, convoke.EventDomainVerified, 72 * time.Hour},
		"lapsing, missing":         {lapsing, false, 48 * time.Hour, convoke.DomainLapsing, convoke.EventDomainWarning, 72 * time.Hour},
		"lapsing, near the end":    {lapsing, false, 190 * time.Hour, convoke.DomainLapsing, convoke.EventDomainWarning, 192 * time.Hour},
		"lapsing, just before":     {lapsing, false, 192*time.Hour - 1, convoke.DomainLapsing, convoke.EventDomainWarning, 192 * time.Hour},
		"lapsing, at the end":      {lapsing, false, 192 * time.Hour, convoke.DomainLapsed, convoke.EventDomainLapsed, 0},
		"lapsing, found after all": {lapsing, true, 999 * time.Hour, convoke.DomainVerified, convoke.EventDomainVerified, 1023 * time.Hour},
		"lapsed, found":            {lapsed, true, time.Hour, convoke.DomainVerified, convoke.EventDomainVerified, 25 * time.Hour},
		"lapsed, missing":          {lapsed, false, time.Hour, convoke.DomainLapsed, "", 0},
		"trusted, found":           {trusted, true, time.Hour, convoke.DomainVerified, "", 0},
		"trusted, missing":         {trusted, false, 999 * time.Hour, convoke.DomainVerified, "", 0},
	} {
		at := domainDay.Add(c.after)
		change := convoke.CheckDomain(c.before, c.found, convoke.Mark{At: at})
		var event convoke.EventName
		if len(change.Events) > 0 {
			event = change.Events[0].Name
		}
		var next time.Duration
		if !change.After.NextCheckAt.IsZero() {
			next = change.After.NextCheckAt.Sub(domainDay)
		}
		if change.After.State() != c.state || event != c.event || len(change.Events) > 1 || next != c.next || !change.After.CheckedAt.Equal(at) {
			t.Errorf("%s: %s, %q, next after %s: %+v", name, change.After.State(), event, next, *change.After)
		}
		if warned := change.After.Warning() != ""; warned != (c.state == convoke.DomainLapsing || c.state == convoke.DomainLapsed) {
			t.Errorf("%s: the warning is %q", name, change.After.Warning())
		}
	}
}

// TestEmailDomainsInLettersOfAnyScript has the samples of RFC 3492 section 7.1
// and names that are in use.
func TestEmailDomainsInLettersOfAnyScript(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Example.COM":         "example.com",
		"b\u00fccher.example": "xn--bcher-kva.example",
		"B\u00dcCHER.example": "xn--bcher-kva.example",
		"m\u00fcnchen.de":     "xn--mnchen-3ya.de",
		"\u4ed6\u4eec\u4e3a\u4ec0\u4e48\u4e0d\u8bf4\u4e2d\u6587.x": "xn--ihqwcrb4cv8a8dqg056pqjye.x",
		"\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444":        "xn--e1afmkfd.xn--p1ai",
		"3\u5e74b\u7d44\u91d1\u516b\u5148\u751f.x":                 "xn--3b-ww4c5e180e575a65lsy2b.x",
		"\u05dc\u05de\u05d4\u05d4\u05dd\u05e4\u05e9\u05d5\u05d8\u05dc\u05d0\u05de\u05d3\u05d1\u05e8\u05d9\u05dd\u05e2\u05d1\u05e8\u05d9\u05ea.x": "xn--4dbcagdahymbxekheh6e0a7fei0b.x",
	} {
		if got := convoke.EmailDomain("a@" + name); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestParseDomain(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", ".", "com", "a.1", "1.2.3.4", "a..b", "-a.b", "a-.b", "a b.c", "a/b.c", strings.Repeat("a.", 127) + "example"} {
		if got, err := convoke.ParseDomain(name); !convoke.HasCode(err, convoke.CodeInvalidField) {
			t.Errorf("%q is %q, %v", name, got, err)
		}
	}
	if got, err := convoke.ParseDomain(" 1.Example.com. "); err != nil || got != "1.example.com" {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestExceptionsAreOfTheDomain(t *testing.T) {
	t.Parallel()
	good := []string{" Root@Example.com ", "ada@example.com", "root@example.com"}
	patch, err := convoke.DomainPatch{SSOExceptions: &good}.Check("example.com")
	if err != nil || strings.Join(*patch.SSOExceptions, " ") != "ada@example.com root@example.com" {
		t.Errorf("got %v, %v", patch.SSOExceptions, err)
	}
	for _, bad := range [][]string{{"root@other.example"}, {"root"}, {""}, {"root@sub.example.com"}, make([]string, 51)} {
		if _, err := (convoke.DomainPatch{SSOExceptions: &bad}).Check("example.com"); !convoke.HasCode(err, convoke.CodeInvalidField) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestWhomADomainForces(t *testing.T) {
	t.Parallel()
	domain := convoke.Domain{Name: "example.com", ForceSSO: true, Exceptions: "ada@example.com", VerifiedAt: now}
	unverified, off := domain, domain
	unverified.VerifiedAt, off.ForceSSO = time.Time{}, false
	for _, test := range []struct {
		domain           convoke.Domain
		email            string
		forced, excepted bool
	}{
		{domain, "eve@EXAMPLE.com", true, false},
		{domain, "ADA@example.com", false, true},
		{domain, "eve@sub.example.com", false, false},
		{unverified, "eve@example.com", false, false},
		{off, "ada@example.com", false, false},
	} {
		if forced, excepted := test.domain.ForcesSSO(test.email); forced != test.forced || excepted != test.excepted {
			t.Errorf("%s: forced %t, excepted %t", test.email, forced, excepted)
		}
	}
}
