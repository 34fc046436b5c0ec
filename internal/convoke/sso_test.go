// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"math/big"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// TestAClientSecretIsForOneProvider: whoever may say where people sign in must
// not learn the secret that the account has with its provider.
func TestAClientSecretIsForOneProvider(t *testing.T) {
	t.Parallel()
	from := func(issuer string) *convoke.SSOMetadata {
		return &convoke.SSOMetadata{
			EntityID: issuer, SignInURL: issuer + "/authorize", Binding: convoke.SSORedirect,
			OIDC: &convoke.OIDCEndpoints{TokenURL: issuer + "/token", KeysURL: issuer + "/keys"},
		}
	}
	const theirs, another = "https://login.example.com", "https://evil.example.com"
	first, err := convoke.NewSSOConnection(convoke.Account{ID: "acct"}, convoke.SSOKeyPair{}, mark.At).Apply(convoke.SSODraft{
		Protocol: new(convoke.SSOOIDC), Vanity: new("acme"), ClientID: new("id"), ClientSecret: []byte("sealed"), Metadata: from(theirs),
	}, mark.At)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := first.Apply(convoke.SSODraft{Metadata: from(theirs)}, mark.At); err != nil || string(again.OIDC.Secret) != "sealed" {
		t.Errorf("the same provider again: %v", err)
	}
	if _, err := first.Apply(convoke.SSODraft{Metadata: from(another)}, mark.At); convoke.AsError(err).Field != "client_secret" {
		t.Errorf("another provider, without a secret of its own: %v", err)
	}
	moved, err := first.Apply(convoke.SSODraft{Metadata: from(another), ClientSecret: []byte("other")}, mark.At)
	if err != nil || string(moved.OIDC.Secret) != "other" || string(first.OIDC.Secret) != "sealed" {
		t.Errorf("another provider with its secret: %v", err)
	}
}

// Google is of everybody, so its own word for the organisation must be known.
func TestGoogleNeedsAHostedDomain(t *testing.T) {
	t.Parallel()
	connect := func(issuer string, hosted *string) (convoke.SSOConnection, error) {
		return convoke.NewSSOConnection(convoke.Account{ID: "acct"}, convoke.SSOKeyPair{}, mark.At).Apply(convoke.SSODraft{
			Protocol: new(convoke.SSOOIDC), Vanity: new("acme"), ClientID: new("id"), ClientSecret: []byte("sealed"), HostedDomain: hosted,
			Metadata: &convoke.SSOMetadata{
				EntityID: issuer, SignInURL: issuer + "/authorize", Binding: convoke.SSORedirect,
				OIDC: &convoke.OIDCEndpoints{TokenURL: issuer + "/token", KeysURL: issuer + "/keys"},
			},
		}, mark.At)
	}
	const google = "https://accounts.google.com"
	for _, hosted := range []*string{nil, new(""), new("not a domain")} {
		if _, err := connect(google, hosted); convoke.AsError(err).Field != "hosted_domain" {
			t.Errorf("%v: %v", hosted, err)
		}
	}
	c, err := connect(google, new("acme.example"))
	if err != nil || !c.OIDC.Admits("Acme.Example") || c.OIDC.Admits("") || c.OIDC.Admits("evil.example") {
		t.Errorf("%+v, %v", c.OIDC, err)
	}
	if c, err = connect("https://login.example.com", nil); err != nil || !c.OIDC.Admits("") {
		t.Errorf("another provider: %v", err)
	}
}

// Providers publish the key that they used before, the one in use and the next.
func TestExpiredCertificatesOfMetadataAreLeftOut(t *testing.T) {
	t.Parallel()
	expired, current, next := certificate(t, -time.Hour), certificate(t, time.Hour), certificate(t, 2*time.Hour)
	apply := func(list ...[]byte) ([][]byte, error) {
		c, err := convoke.NewSSOConnection(convoke.Account{ID: "acct"}, convoke.SSOKeyPair{}, mark.At).Apply(convoke.SSODraft{Vanity: new("acme"), Metadata: &convoke.SSOMetadata{
			EntityID: "https://idp.example", SignInURL: "https://idp.example/in", Binding: convoke.SSORedirect, Certificates: list,
		}}, mark.At)
		return c.Certificates, err
	}
	got, err := apply(expired, current, expired, next, certificate(t, 3*time.Hour))
	if err != nil || !reflect.DeepEqual(got, [][]byte{current, next}) {
		t.Errorf("it has %d certificates, %v", len(got), err)
	}
	if _, err := apply(expired, expired); convoke.AsError(err).Field != "certificates" {
		t.Errorf("expired ones alone: %v", err)
	}
}

// certificate returns one that is good for so long from mark.At on.
func certificate(t *testing.T, life time.Duration) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: mark.At.Add(-24 * time.Hour), NotAfter: mark.At.Add(life)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// What somebody set on purpose must hold longer than until the next fetch.
func TestARefreshLeavesAloneWhatWasSetByHand(t *testing.T) {
	t.Parallel()
	old, rolled, pinned := certificate(t, time.Hour), certificate(t, 2*time.Hour), certificate(t, 3*time.Hour)
	published := func(host string, der []byte) *convoke.SSOMetadata {
		return &convoke.SSOMetadata{
			EntityID: "https://idp.example", SignInURL: host + "/in", SignOutURL: host + "/out", Binding: convoke.SSORedirect, Certificates: [][]byte{der},
		}
	}
	before, after := published("https://a.idp.example", old), published("https://b.idp.example", rolled)
	apply := func(c convoke.SSOConnection, d convoke.SSODraft) convoke.SSOConnection {
		t.Helper()
		c, err := c.Apply(d, mark.At)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := apply(convoke.NewSSOConnection(convoke.Account{ID: "acct"}, convoke.SSOKeyPair{}, mark.At),
		convoke.SSODraft{Vanity: new("acme"), Metadata: before, MetadataURL: new("https://idp.example/m"), SignOutURL: new("")})
	c = apply(c, convoke.SSODraft{Binding: new(convoke.SSOPost), SignInURL: &before.SignInURL})
	got := c.Refreshed(after, "", mark.At)
	if got.SignInURL != after.SignInURL || got.SignOutURL != "" || got.Binding != convoke.SSOPost || !reflect.DeepEqual(got.Certificates, [][]byte{rolled}) {
		t.Errorf("after the refresh it is %+v", got)
	}
	if want := []string{"sign_out_url", "binding"}; !reflect.DeepEqual(got.SetByHand, want) || got.RefreshFailure != "" {
		t.Errorf("set by hand: %v, want %v; %s", got.SetByHand, want, got.RefreshFailure)
	}
	kept := apply(got, convoke.SSODraft{Certificates: [][]byte{pinned}}).Refreshed(after, "", mark.At)
	if !reflect.DeepEqual(kept.Certificates, [][]byte{pinned}) {
		t.Error("a certificate that was set by hand is gone")
	}
	again := apply(kept, convoke.SSODraft{Metadata: after, MetadataURL: &kept.MetadataURL})
	if again.SignOutURL != after.SignOutURL || len(again.SetByHand) != 0 {
		t.Errorf("the metadata, taken again, makes %+v", again)
	}
	if uploaded := apply(kept, convoke.SSODraft{Metadata: before}); uploaded.MetadataURL != "" || !uploaded.NextRefreshAt.IsZero() {
		t.Errorf("a document that was uploaded is to be replaced by that of %q", uploaded.MetadataURL)
	}
	if byHand := apply(kept, convoke.SSODraft{MetadataURL: new("")}); len(byHand.SetByHand) != 0 {
		t.Errorf("without metadata %v is kept from it", byHand.SetByHand)
	}
}

// Metadata is fetched for a draft only, so what stops a draft is told first.
func TestAWrongNameStopsADraft(t *testing.T) {
	t.Parallel()
	for name, fine := range map[string]bool{"Acme Corp": false, "": false, "acme-": false, " ACME ": true} {
		_, err := convoke.SSOForm{Vanity: &name, MetadataURL: new("https://idp.example/m")}.Draft()
		if (err == nil) != fine || !fine && convoke.AsError(err).Field != "vanity" {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// Whoever reads the audit log must see whose certificate went when another came.
func TestAChangeOfSingleSignOnTellsBeforeAndAfter(t *testing.T) {
	t.Parallel()
	before := convoke.SSOConnection{AccountID: "acct", EntityID: "https://idp.example", Certificates: [][]byte{{1}}}
	after := before
	after.Certificates = [][]byte{{2}}
	for name, c := range map[string]struct {
		before *convoke.SSOConnection
		want   []string
	}{
		"first": {nil, []string{convoke.Fingerprint([]byte{2})}}, "changed": {&before, []string{convoke.Fingerprint([]byte{1}), convoke.Fingerprint([]byte{2})}},
	} {
		payload := string(convoke.SetSSO(convoke.Account{ID: "acct"}, c.before, after, mark).Events[0].Payload)
		for _, fingerprint := range c.want {
			if !strings.Contains(payload, fingerprint) {
				t.Errorf("%s: no %s in %s", name, fingerprint, payload)
			}
		}
		if strings.Contains(payload, "old_object") != (c.before != nil) {
			t.Errorf("%s: %s", name, payload)
		}
	}
}
