// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"time"

	"github.com/beevik/etree"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

// read holds a verified assertion to its own words, and returns what it says.
func (p provider) read(a *etree.Element) (statement, error) {
	said := statement{id: attr(a, "ID")}
	if issuer := textOf(only(a, nsAssertion, "Issuer")); issuer != p.connection.EntityID {
		return said, refuse(wrongIssuer, "%q", issuer)
	}
	if said.id == "" || attr(a, "Version") != "2.0" {
		return said, refuse(wrongShape, "an assertion without an id, or of another version")
	}
	issued, err := instant(a, "IssueInstant")
	if err != nil {
		return said, err
	}
	if issued.After(p.now.Add(signon.Skew)) {
		return said, refuse(notYetValid, "issued at %s", issued.Format(time.RFC3339))
	}
	if err := p.readConditions(a, &said); err != nil {
		return said, err
	}
	if err := p.readSubject(a, &said); err != nil {
		return said, err
	}
	if err := p.readLogin(a, &said); err != nil {
		return said, err
	}
	said.Assertion = convoke.Assertion{
		AccountID: p.connection.AccountID, Source: convoke.SourceSAML, Issuer: p.connection.EntityID,
		Subject: said.Login.NameID.Value, Attributes: attributesOf(a), At: p.now,
	}
	said.Assertion.Attributes[convoke.NameID] = []string{said.Login.NameID.Value}
	return said, nil
}

// instant reads a time, which must be there.
func instant(e *etree.Element, name string) (time.Time, error) {
	text := attr(e, name)
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}, refuse(badTime, "%s of %s is %q", name, e.Tag, text)
	}
	return signon.Bounded(at), nil
}

// readConditions holds the assertion to its window and to this account.
func (p provider) readConditions(a *etree.Element, said *statement) error {
	conditions := only(a, nsAssertion, "Conditions")
	if conditions == nil {
		return refuse(wrongAudience, "no conditions")
	}
	if attr(conditions, "NotBefore") != "" {
		from, err := instant(conditions, "NotBefore")
		if err != nil {
			return err
		}
		if p.now.Add(signon.Skew).Before(from) {
			return refuse(notYetValid, "not before %s", from.Format(time.RFC3339))
		}
	}
	until, err := p.stillValid(conditions)
	if err != nil {
		return err
	}
	said.until = until
	return p.checkAudience(conditions)
}

// stillValid returns when the element's NotOnOrAfter is over, the skew included.
func (p provider) stillValid(e *etree.Element) (time.Time, error) {
	end, err := instant(e, "NotOnOrAfter")
	if err != nil {
		return end, err
	}
	if end = end.Add(signon.Skew); !p.now.Before(end) {
		return end, refuse(expired, "%s was over at %s", e.Tag, end.Format(time.RFC3339))
	}
	return end, nil
}

// checkAudience wants the account's service provider among the audiences of
// every restriction (SAML core 2.5.1.4), and no condition that we do not know.
func (p provider) checkAudience(conditions *etree.Element) error {
	restrictions := 0
	for _, condition := range conditions.ChildElements() {
		switch {
		case is(condition, nsAssertion, "OneTimeUse"), is(condition, nsAssertion, "ProxyRestriction"): // each is used once, and never passed on
		case is(condition, nsAssertion, "AudienceRestriction"):
			restrictions++
			if !p.isAudience(condition) {
				return refuse(wrongAudience, "this account is not among them")
			}
		default:
			return refuse(unknownCondition, "%s", condition.Tag)
		}
	}
	if restrictions == 0 {
		return refuse(wrongAudience, "none is named")
	}
	return nil
}

func (p provider) isAudience(restriction *etree.Element) bool {
	for _, audience := range children(restriction, nsAssertion, "Audience") {
		if textOf(audience) == p.at.entityID() {
			return true
		}
	}
	return false
}

// readSubject takes the name of the person and holds one bearer confirmation to
// this address and this time (SAML profiles 4.1.4.3).
func (p provider) readSubject(a *etree.Element, said *statement) error {
	subject := only(a, nsAssertion, "Subject")
	if subject == nil {
		return refuse(badSubject, "no subject")
	}
	name := only(subject, nsAssertion, "NameID")
	value := textOf(name)
	if value == "" || len(value) > maxSubject {
		return refuse(badSubject, "no NameID of 1 to %d bytes", maxSubject)
	}
	said.Login.NameID = convoke.SSOName{
		Value: value, Format: attr(name, "Format"), NameQualifier: attr(name, "NameQualifier"), SPNameQualifier: attr(name, "SPNameQualifier"),
	}
	if said.Login.NameID.Format == transient {
		return refuse(badSubject, "a transient NameID is another one each time; have the provider send one that stays")
	}
	return p.readConfirmations(subject, said)
}

// readConfirmations wants one bearer confirmation that is for this account; the
// first counts. The assertion is remembered for as long as any of them holds, or
// it could come in again by another.
func (p provider) readConfirmations(subject *etree.Element, said *statement) error {
	last := refuse(wrongRecipient, "no bearer confirmation")
	var latest time.Time
	for _, confirmation := range children(subject, nsAssertion, "SubjectConfirmation") {
		if attr(confirmation, "Method") != bearer {
			continue
		}
		until, inResponseTo, err := p.confirm(confirmation)
		if err != nil {
			last = err
			continue
		}
		if latest.IsZero() {
			said.inResponseTo = inResponseTo
		}
		if until.After(latest) {
			latest = until
		}
	}
	if latest.IsZero() {
		return last
	}
	if latest.Before(said.until) {
		said.until = latest
	}
	return nil
}

// confirm returns until when the confirmation holds, and which request it answers.
func (p provider) confirm(confirmation *etree.Element) (until time.Time, inResponseTo string, err error) {
	data := only(confirmation, nsAssertion, "SubjectConfirmationData")
	if data == nil || attr(data, "Recipient") != p.at.consumer() {
		return until, "", refuse(wrongRecipient, "of the confirmation")
	}
	if attr(data, "NotBefore") != "" {
		return until, "", refuse(badTime, "a bearer confirmation may have no NotBefore")
	}
	until, err = p.stillValid(data)
	return until, attr(data, "InResponseTo"), err
}

// readLogin takes from the statement how and when the person proved who they
// are, and how long the session may last.
func (p provider) readLogin(a *etree.Element, said *statement) error {
	statements := children(a, nsAssertion, "AuthnStatement")
	if len(statements) == 0 {
		return refuse(noStatement, "the assertion does not say that anybody signed in")
	}
	login := statements[0]
	at, err := instant(login, "AuthnInstant")
	if err != nil {
		return err
	}
	said.Login.Index, said.Login.At = attr(login, "SessionIndex"), signon.LoginTime(at, p.now)
	if attr(login, "SessionNotOnOrAfter") != "" {
		if at, err := instant(login, "SessionNotOnOrAfter"); err != nil {
			return err
		} else if said.Login.Until = at.Add(signon.Skew); !p.now.Before(said.Login.Until) {
			return refuse(expired, "the provider's session is over")
		}
	}
	if limit := p.connection.ReloginAfter; limit > 0 {
		end := at.Add(limit + signon.Skew)
		if !p.now.Before(end) {
			return refuse(staleLogin, "signed in at %s", at.Format(time.RFC3339))
		}
		if said.Login.Until.IsZero() || end.Before(said.Login.Until) {
			said.Login.Until = end
		}
	}
	return nil
}

// attributesOf collects the values by the attribute's Name. A value that is a
// NameID, as that of eduPersonTargetedID, counts by its text.
func attributesOf(a *etree.Element) map[string][]string {
	attributes := map[string][]string{}
	for _, s := range children(a, nsAssertion, "AttributeStatement") {
		for _, attribute := range children(s, nsAssertion, "Attribute") {
			name := attr(attribute, "Name")
			for _, value := range children(attribute, nsAssertion, "AttributeValue") {
				if inner := only(value, nsAssertion, "NameID"); inner != nil {
					value = inner
				}
				attributes[name] = append(attributes[name], textOf(value))
			}
		}
	}
	return attributes
}
