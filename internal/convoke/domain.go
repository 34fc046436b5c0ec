// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"slices"
	"strings"
	"time"
)

// DomainState says how an account's claim to a domain stands.
type DomainState string

// The states. A verified and a lapsing domain are managed: autoCreate, e-mail
// changes and single sign-on treat them alike.
const (
	DomainUnverified DomainState = "unverified" // no proof was ever found
	DomainVerified   DomainState = "verified"   // a proof was found, or the operator vouches for it
	DomainLapsing    DomainState = "lapsing"    // the proof was found before, and not at the last look
	DomainLapsed     DomainState = "lapsed"     // the proof was missing for all of DomainGrace
)

// How often a verified domain is looked at again, and for how long its proof
// may be missing before it lapses.
const (
	DomainRecheck = 24 * time.Hour
	DomainGrace   = 7 * 24 * time.Hour
)

// DomainPause is how long an app waits between two looks at one domain: each asks
// name servers and a web site that are somebody else's.
const DomainPause = 10 * time.Second

// Domain is an e-mail domain that an account manages once it is verified.
// One domain is verified for at most one account.
type Domain struct {
	AccountID    AccountID
	Name         string    // in ASCII (A-labels, RFC 5890), lower case, without a dot at the end
	Token        string    // 32 hexadecimal digits that the proofs carry; public, and of this account and domain alone
	Trusted      bool      // the operator vouches for it: it is never looked at again
	Exclusive    bool      // once verified, other accounts of this server cannot invite its addresses
	ForceSSO     bool      // once verified, its people sign in at the identity provider only, not with a password
	Exceptions   string    // who may use a password all the same: e-mails in lower case, between spaces
	VerifiedAt   time.Time // since when it is verified; zero: it is not
	CheckedAt    time.Time // of the last look; zero: none yet
	NextCheckAt  time.Time // of the next look; zero: none is due
	FailingSince time.Time // the first of the looks that found no proof, in a row; zero: the last one did
	LapsedAt     time.Time // zero: it never lapsed, or is verified again
	CreatedAt    time.Time
}

// Verified reports whether the account has shown that the domain is its own.
func (d Domain) Verified() bool { return !d.VerifiedAt.IsZero() }

// State returns how the claim stands.
func (d Domain) State() DomainState {
	switch {
	case d.Verified() && !d.FailingSince.IsZero():
		return DomainLapsing
	case d.Verified():
		return DomainVerified
	case !d.LapsedAt.IsZero():
		return DomainLapsed
	}
	return DomainUnverified
}

// LapsesAt is when a lapsing domain lapses unless a proof is found; zero for
// any other.
func (d Domain) LapsesAt() time.Time {
	if d.State() != DomainLapsing {
		return time.Time{}
	}
	return d.FailingSince.Add(DomainGrace)
}

// Warning says in one sentence what is about to go wrong, or went wrong; empty
// when all is well.
func (d Domain) Warning() string {
	switch d.State() {
	case DomainLapsing:
		return "No proof was found since " + day(d.FailingSince) + ". Put one back before " + day(d.LapsesAt()) +
			", or the domain lapses."
	case DomainLapsed:
		return "The domain lapsed on " + day(d.LapsedAt) + " because its proof was gone. Put one back and verify it again."
	}
	return ""
}

func day(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// NewDomain gives an account a domain that waits for its proof.
func NewDomain(account AccountID, name, token string, now time.Time) Domain {
	return Domain{AccountID: account, Name: name, Token: token, CreatedAt: now}
}

// ParseDomain returns the lower-case form of a domain name of at least two
// labels (RFC 1035 section 2.3.1, with letters of any script), or
// CodeInvalidField. An IP address is no domain.
func ParseDomain(s string) (string, error) {
	name := lower(strings.TrimSuffix(strings.TrimSpace(s), "."))
	if !validDomain(name) || numeric(name[strings.LastIndexByte(name, '.')+1:]) {
		return "", Invalid(CodeInvalidField, "domain", "The domain must look like example.com.")
	}
	return name, nil
}

// numeric reports whether a last label makes the whole an IPv4 address or
// nothing at all: no top-level domain is a number (RFC 3696 section 2).
func numeric(label string) bool { return strings.Trim(label, "0123456789") == "" }

// DomainChange is what one commit writes about one domain.
type DomainChange struct {
	Before *Domain // nil: the domain is new
	After  *Domain // nil: the domain is removed
	Events []Event // to append to the account's log, in order
}

// Empty reports whether there is nothing to write.
func (c DomainChange) Empty() bool {
	if c.Before == nil || c.After == nil {
		return c.Before == c.After
	}
	return *c.Before == *c.After && len(c.Events) == 0
}

// DomainObject is a domain in a payload.
type DomainObject struct {
	Domain    string      `json:"domain"`
	State     DomainState `json:"state"`
	Trusted   bool        `json:"trusted"`
	Exclusive bool        `json:"exclusive"`
	ForceSSO  bool        `json:"force_sso,omitempty"`
	Except    []string    `json:"sso_exceptions,omitempty"`
	LapsesAt  string      `json:"lapses_at,omitempty"` // RFC 3339, of a lapsing one
	Warning   string      `json:"warning,omitempty"`
}

func newDomainObject(d Domain) DomainObject {
	o := DomainObject{
		Domain: d.Name, State: d.State(), Trusted: d.Trusted, Exclusive: d.Exclusive,
		ForceSSO: d.ForceSSO, Except: d.SSOExceptions(), Warning: d.Warning(),
	}
	if at := d.LapsesAt(); !at.IsZero() {
		o.LapsesAt = at.UTC().Format(time.RFC3339)
	}
	return o
}

// add appends an event about the domain; nobody is named when the daily look
// caused it.
func (c *DomainChange) add(name EventName, d Domain, m Mark) {
	c.Events = append(c.Events, NewEvent(name, m.At, Payload{
		AccountID: d.AccountID, Operator: m.By.Label, OperatorID: m.By.OperatorID(), Object: newDomainObject(d),
	}).By(m.By))
}

// AddDomain gives an account a domain, which is fresh unless before is there
// already. trusted makes it a verified one at once; a verified one stays so.
func AddDomain(before *Domain, fresh Domain, trusted bool, m Mark) DomainChange {
	after := fresh
	if before != nil {
		after = *before
	}
	change := DomainChange{Before: before, After: &after}
	if before == nil {
		change.add(EventDomainAdded, after, m)
	}
	if !trusted || after.Trusted && after.Verified() {
		return change
	}
	wasVerified := after.State() == DomainVerified
	after.Trusted, after.FailingSince, after.LapsedAt, after.NextCheckAt = true, time.Time{}, time.Time{}, time.Time{}
	if !after.Verified() {
		after.VerifiedAt = m.At
	}
	if !wasVerified {
		change.add(EventDomainVerified, after, m)
	}
	return change
}

// DomainPatch is what can be changed about a domain; nil leaves a value as it is.
type DomainPatch struct {
	Exclusive     *bool
	ForceSSO      *bool
	SSOExceptions *[]string // e-mails of the domain
}

// maxSSOExceptions is how many people of a domain may do without single sign-on.
const maxSSOExceptions = 50

// Check returns the patch for a domain in the form that is kept. CodeInvalidField:
// an exception is no e-mail of the domain, or there are too many.
func (p DomainPatch) Check(domain string) (DomainPatch, error) {
	if p.SSOExceptions == nil {
		return p, nil
	}
	const field = "sso_exceptions"
	if len(*p.SSOExceptions) > maxSSOExceptions {
		return p, Invalid(CodeInvalidField, field, "At most %d people of a domain can be excepted.", maxSSOExceptions)
	}
	var list []string
	for _, email := range *p.SSOExceptions {
		email, err := CheckEmail(field, email)
		if err != nil || EmailDomain(email) != domain {
			return p, Invalid(CodeInvalidField, field, "Each exception must be an e-mail address of %s.", domain)
		}
		list = append(list, EmailKey(email))
	}
	slices.Sort(list)
	list = slices.Compact(list)
	p.SSOExceptions = &list
	return p, nil
}

// SSOExceptions lists who may use a password in a domain that forces single sign-on.
func (d Domain) SSOExceptions() []string { return strings.Fields(d.Exceptions) }

// ForcesSSO reports whether the domain keeps the e-mail's person from signing in
// with a password. excepted: it would, but for an exception.
func (d Domain) ForcesSSO(email string) (forced, excepted bool) {
	if !d.ForceSSO || !d.Verified() || EmailDomain(email) != d.Name {
		return false, false
	}
	excepted = slices.Contains(d.SSOExceptions(), EmailKey(email))
	return !excepted, excepted
}

// SetDomain makes the patch, which Check has passed.
func SetDomain(before Domain, p DomainPatch, m Mark) DomainChange {
	after := before
	set(&after.Exclusive, p.Exclusive)
	set(&after.ForceSSO, p.ForceSSO)
	if p.SSOExceptions != nil {
		after.Exceptions = strings.Join(*p.SSOExceptions, " ")
	}
	change := DomainChange{Before: &before, After: &after}
	if after != before {
		change.add(EventDomainUpdated, after, m)
	}
	return change
}

// RemoveDomain takes the domain from its account. Its users stay.
func RemoveDomain(before Domain, m Mark) DomainChange {
	change := DomainChange{Before: &before}
	change.add(EventDomainRemoved, before, m)
	return change
}

// BeginLook notes that a look at the domain begins. An app whose last one is not
// DomainPause ago gets CodeDomainTooSoon; the operator may look at any time.
func BeginLook(before Domain, m Mark) (DomainChange, error) {
	if m.By.Kind == AppCaller && !before.CheckedAt.IsZero() && m.At.Before(before.CheckedAt.Add(DomainPause)) {
		return DomainChange{}, Errorf(KindExhausted, CodeDomainTooSoon,
			"The domain %s was looked at just now. Look again in %d seconds.", before.Name, int(DomainPause/time.Second))
	}
	after := before
	after.CheckedAt = m.At
	return DomainChange{Before: &before, After: &after}, nil
}

// CheckDomain draws the conclusion from a look at the domain's proofs. A proof
// that was found verifies the domain. Without one a verified domain is warned
// of, at each look, and lapses once the proof was missing for DomainGrace; one
// that was never verified stays as it is. A trusted domain needs no proof.
func CheckDomain(before Domain, found bool, m Mark) DomainChange {
	after := before
	after.CheckedAt = m.At
	change := DomainChange{Before: &before, After: &after}
	switch {
	case before.Trusted:
	case found:
		proved(&change, m)
	case before.Verified():
		missed(&change, m)
	}
	return change
}

func proved(c *DomainChange, m Mark) {
	after := c.After
	after.FailingSince, after.LapsedAt, after.NextCheckAt = time.Time{}, time.Time{}, m.At.Add(DomainRecheck)
	if !after.Verified() {
		after.VerifiedAt = m.At
	}
	if c.Before.State() != DomainVerified {
		c.add(EventDomainVerified, *after, m)
	}
}

func missed(c *DomainChange, m Mark) {
	after := c.After
	if after.FailingSince.IsZero() {
		after.FailingSince = m.At
	}
	end := after.LapsesAt()
	if !m.At.Before(end) {
		after.VerifiedAt, after.FailingSince, after.NextCheckAt, after.LapsedAt = time.Time{}, time.Time{}, time.Time{}, m.At
		c.add(EventDomainLapsed, *after, m)
		return
	}
	after.NextCheckAt = m.At.Add(DomainRecheck)
	if after.NextCheckAt.After(end) {
		after.NextCheckAt = end
	}
	c.add(EventDomainWarning, *after, m)
}

// domainClaim is how long one process has to look at a domain before another
// may take over, should it have died.
const domainClaim = 15 * time.Minute

// ClaimDomain moves the next look ahead, so that of several processes one does
// it. The change is empty when the look is not due any more.
func ClaimDomain(before Domain, now time.Time) DomainChange {
	after := before
	if before.NextCheckAt.IsZero() || before.NextCheckAt.After(now) {
		return DomainChange{Before: &before, After: &after}
	}
	after.NextCheckAt = now.Add(domainClaim)
	return DomainChange{Before: &before, After: &after}
}
