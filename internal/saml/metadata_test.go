// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/saml"
)

var protocol = saml.Protocol{Key: key, Client: http.DefaultClient}

func TestTheProvidersMetadataIsRead(t *testing.T) {
	t.Parallel()
	provider, err := theIDP()
	if err != nil {
		t.Fatal(err)
	}
	m, err := protocol.ParseMetadata(provider.metadata)
	if err != nil {
		t.Fatal(err)
	}
	if m.EntityID != provider.url+"/saml2/idp/metadata.php" || m.SignInURL != provider.url+"/saml2/idp/SSOService.php" ||
		m.SignOutURL != provider.url+"/saml2/idp/SingleLogoutService.php" || m.Binding != convoke.SSORedirect || len(m.Certificates) != 1 {
		t.Errorf("read %+v", m)
	}
	commented := bytes.Replace(provider.metadata, []byte("<md:IDPSSODescriptor"), []byte("<!-- ours --><md:IDPSSODescriptor"), 1)
	if again, err := protocol.ParseMetadata(commented); err != nil || again.EntityID != m.EntityID {
		t.Errorf("with a comment: %+v, %v", again, err)
	}
	text := string(provider.metadata)
	for name, document := range map[string]string{
		"nothing": "", "a page": "<html></html>", "a DTD": "<!DOCTYPE x>" + text, "cut": text[:len(text)/2],
		"no provider":   strings.ReplaceAll(text, "IDPSSODescriptor", "SPSSODescriptor"),
		"two providers": "<md:EntitiesDescriptor xmlns:md=\"urn:oasis:names:tc:SAML:2.0:metadata\">" + strings.ReplaceAll(text+text, `<?xml version="1.0"?>`, "") + "</md:EntitiesDescriptor>",
		"no key":        strings.ReplaceAll(text, `use="signing"`, `use="encryption"`),
		"no address":    strings.ReplaceAll(text, "SingleSignOnService", "ArtifactResolutionService"),
		"too large":     text + strings.Repeat(" ", 1<<20),
	} {
		if m, err := protocol.ParseMetadata([]byte(document)); !convoke.HasCode(err, convoke.CodeInvalidMetadata) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

func TestACertificateIsReadAsProvidersShowIt(t *testing.T) {
	t.Parallel()
	der := newAttacker(t).certificate
	body := base64.StdEncoding.EncodeToString(der)
	for name, text := range map[string]string{
		"PEM": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})), "its body": body, "in lines": body[:64] + "\r\n" + body[64:] + "\n",
	} {
		if got, err := convoke.ParseCertificate(text); err != nil || !bytes.Equal(got, der) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "AAAA", "-----BEGIN CERTIFICATE-----", body[:200]} {
		if _, err := convoke.ParseCertificate(text); !convoke.HasCode(err, convoke.CodeInvalidField) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// While the provider changes its key, both certificates count; and the one that
// is not the account's does not.
func TestTwoCertificatesAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	connection, err := w.SSO(t.Context(), w.operator)
	if err != nil {
		t.Fatal(err)
	}
	encode := base64.StdEncoding.EncodeToString
	present, next := encode(connection.Certificates[0]), encode(newAttacker(t).certificate)
	browser := newBrowser(t)
	form := w.live(t, browser, w.base, "ann")
	w.set(t, convoke.SSOForm{Certificates: []string{next}})
	answer, page := post(t, browser, w.base+"/acs", form)
	if code := w.wantPage(t, answer, page, "sso_refused"); code != "bad_signature" {
		t.Errorf("logged %s", code)
	}
	w.set(t, convoke.SSOForm{Certificates: []string{next, present}})
	w.accepted(t, browser, form)
	_, err = w.SetSSO(t.Context(), w.operator, convoke.SSOForm{Certificates: []string{next, present, next}})
	if !convoke.HasCode(err, convoke.CodeInvalidField) {
		t.Errorf("three certificates give %v", err)
	}
}

// Metadata by its address follows the provider, and nobody else.
func TestMetadataIsFetchedAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	var served atomic.Value
	served.Store(string(w.idp.metadata))
	source := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) { _, _ = rw.Write([]byte(served.Load().(string))) }))
	t.Cleanup(source.Close)
	before := w.set(t, convoke.SSOForm{MetadataURL: &source.URL})
	refresh := func(want int) convoke.SSOConnection {
		t.Helper()
		w.clock.by += 25 * time.Hour
		if n, err := w.RefreshSSO(t.Context(), convoke.Operator("")); err != nil || n != want {
			t.Fatalf("%d fetched, want %d: %v", n, want, err)
		}
		if n, err := w.RefreshSSO(t.Context(), convoke.Operator("")); err != nil || n != 0 {
			t.Errorf("%d were due again at once: %v", n, err)
		}
		after, err := w.SSO(t.Context(), w.operator)
		if err != nil {
			t.Fatal(err)
		}
		return after
	}
	key := base64.StdEncoding.EncodeToString(newAttacker(t).certificate)
	old := base64.StdEncoding.EncodeToString(before.Certificates[0])
	served.Store(strings.Replace(string(w.idp.metadata), "<md:KeyDescriptor", `<md:KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>`+
		key+`</ds:X509Certificate></ds:X509Data></ds:KeyInfo></md:KeyDescriptor><md:KeyDescriptor`, 1))
	if after := refresh(1); len(after.Certificates) != 2 || after.RefreshFailure != "" {
		t.Errorf("after the new key: %d certificates, %q", len(after.Certificates), after.RefreshFailure)
	}
	good := served.Load().(string)
	for _, bad := range []string{"<html/>", strings.ReplaceAll(good, "entityID=\"", "entityID=\"https://evil.example/"), strings.ReplaceAll(good, old, "AAAA")[:100]} {
		served.Store(bad)
		if after := refresh(1); len(after.Certificates) != 2 || after.RefreshFailure == "" || after.SignInURL != before.SignInURL {
			t.Errorf("after bad metadata: %+v", after)
		}
	}
}

// The private key is of no use on the row of another account, or without the
// secret key.
func TestAPrivateKeyIsSealed(t *testing.T) {
	t.Parallel()
	w, other := newWorld(t, ""), newWorld(t, "")
	mine, err := w.SSO(t.Context(), w.operator)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := x509.ParsePKCS8PrivateKey(mine.PrivateKey); err == nil {
		t.Error("the key lies open")
	}
	if err := other.db.ChangeSSO(t.Context(), other.operator.AccountID, func(a convoke.Account, before *convoke.SSOConnection) (convoke.SSOChange, error) {
		after := *before
		after.PrivateKey = mine.PrivateKey
		return convoke.SetSSO(a, before, after, convoke.Mark{At: time.Now()}), nil
	}); err != nil {
		t.Fatal(err)
	}
	if answer, _ := other.get(t, newBrowser(t), other.base); answer.StatusCode != http.StatusInternalServerError {
		t.Errorf("a key of another account signs: %d", answer.StatusCode)
	}
}

// Whoever may not, may not.
func TestSettingUpNeedsTheRight(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	nobody := convoke.Principal{Kind: convoke.AppCaller, AccountID: w.operator.AccountID, Scopes: convoke.Scopes{"user:read:admin"}}
	_, err := w.SSO(t.Context(), nobody)
	wantScope(t, err)
	_, err = w.SetSSO(t.Context(), nobody, convoke.SSOForm{})
	wantScope(t, err)
	wantScope(t, w.RemoveSSO(t.Context(), nobody))
	_, _, err = w.SSOTestCode(t.Context(), nobody)
	wantScope(t, err)
	if _, err := w.RefreshSSO(t.Context(), w.operator); !convoke.HasCode(err, convoke.CodeAccountNotFound) {
		t.Errorf("an account's operator refreshes all: %v", err)
	}
	if err := w.RemoveSSO(t.Context(), w.operator); err != nil {
		t.Error(err)
	}
	answer, page := w.get(t, newBrowser(t), w.base)
	w.wantPage(t, answer, page, "sso_not_found")
	if account, err := w.Account(t.Context(), w.operator); err != nil || account.SSO {
		t.Errorf("the account still has single sign-on: %+v, %v", account, err)
	}
}

func wantScope(t *testing.T, err error) {
	t.Helper()
	if !convoke.HasCode(err, convoke.CodeScopeMissing) {
		t.Errorf("got %v, want %s", err, convoke.CodeScopeMissing)
	}
}
