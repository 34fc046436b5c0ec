// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"github.com/convoke/convoke/internal/convoke"
)

// kinds are the ways in which the identity provider can sign and hide.
var kinds = map[string]string{
	"both signed":      `{"saml20.sign.response": true, "saml20.sign.assertion": true}`,
	"response signed":  `{"saml20.sign.response": true, "saml20.sign.assertion": false}`,
	"assertion signed": `{"saml20.sign.response": false, "saml20.sign.assertion": true}`,
	"encrypted":        `{"saml20.sign.response": false, "saml20.sign.assertion": true, "assertion.encryption": true}`,
	"encrypted inside": `{"saml20.sign.response": true, "saml20.sign.assertion": false, "assertion.encryption": true}`,
}

func TestAPersonSignsInAndBecomesAUser(t *testing.T) {
	t.Parallel()
	for name, more := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, more)
			browser := newBrowser(t)
			answer, page := w.signIn(t, browser, w.base+"?return=/portal/home", "ann")
			if answer.Request.URL.Path != "/portal/home" {
				t.Fatalf("came out at %s\n%s\n%s", answer.Request.URL, page, w.log.take())
			}
			p, err := w.session(t, browser)
			if err != nil {
				t.Fatal(err)
			}
			user, err := w.User(t.Context(), p, "me")
			if err != nil || user.Email != "ann@people.example" || user.FirstName != "Ann" || user.LastName != "O'Test & Söhne" ||
				user.Action != convoke.ActionSSOCreate || user.Status != convoke.StatusActive {
				t.Errorf("signed in as %+v, %v", user, err)
			}
			_, _ = w.signIn(t, newBrowser(t), w.base, "ann")
			if census, err := w.Census(t.Context(), w.operator); err != nil || census.Total() != 1 {
				t.Errorf("%+v users after a second sign-in, %v", census, err)
			}
		})
	}
}

func TestTheBindingsAndUnsignedRequests(t *testing.T) {
	t.Parallel()
	for _, binding := range []convoke.SSOBinding{convoke.SSOPost, convoke.SSORedirect} {
		for _, signed := range []bool{true, false} {
			// SimpleSAMLphp checks the signature of requests where it is told to.
			more := `{"validate.authnrequest": true}`
			if !signed {
				more = `{"validate.authnrequest": false}`
			}
			w := newWorld(t, more, convoke.SSOForm{Binding: &binding, SignRequests: &signed})
			browser := newBrowser(t)
			if answer, page := w.signIn(t, browser, w.base, "ann"); answer.Request.URL.Path != "/portal" {
				t.Errorf("%s, signed %v: came out at %s\n%s", binding, signed, answer.Request.URL, page)
			}
		}
	}
}

func TestOnlyWhoWasMadeBeforeComesIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	prior := convoke.PriorToSignIn
	if _, err := w.SetAccount(t.Context(), convoke.Operator(""), w.operator.AccountID, convoke.AccountChange{Provisioning: &prior}); err != nil {
		t.Fatal(err)
	}
	answer, page := w.signIn(t, newBrowser(t), w.base, "ann")
	if code := w.wantPage(t, answer, page, "not_provisioned"); code != "not_provisioned" {
		t.Errorf("logged %s", code)
	}
	if census, err := w.Census(t.Context(), w.operator); err != nil || census.Total() != 0 {
		t.Errorf("%+v users, %v", census, err)
	}
	if _, err := w.Ensure(t.Context(), w.operator, convoke.Request{Action: "ssoCreate", Email: "ann@people.example", Type: convoke.TypeBasic}); err != nil {
		t.Fatal(err)
	}
	browser := newBrowser(t)
	if answer, page := w.signIn(t, browser, w.base, "ann"); answer.Request.URL.Path != "/portal" {
		t.Errorf("came out at %s\n%s", answer.Request.URL, page)
	}
	if _, err := w.session(t, browser); err != nil {
		t.Error(err)
	}
}

// An answer that nobody asked for is let in only where the account wants that.
func TestTheProviderBegins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	start := w.idp.url + "/saml2/idp/SSOService.php?spentityid=" + url.QueryEscape(w.base) + "&RelayState=" + url.QueryEscape("https://evil.example/")
	browser := newBrowser(t)
	form := w.live(t, browser, start, "ann")
	answer, page := post(t, browser, w.base+"/acs", form)
	if code := w.wantPage(t, answer, page, "sso_refused"); code != "unsolicited" {
		t.Errorf("logged %s", code)
	}
	w.wantNoted(t, `{"code":"unsolicited","times":1,"email":"ann@people.example"}`)
	w.set(t, convoke.SSOForm{IDPInitiated: new(true)})
	if answer, page := post(t, browser, w.base+"/acs", form); answer.Request.URL.String() != w.server.URL+"/portal" {
		t.Errorf("came out at %s\n%s", answer.Request.URL, page)
	}
}

// wantNoted holds the refusals in the account's audit log to these objects, in any
// order.
func (w *world) wantNoted(t *testing.T, want ...string) {
	t.Helper()
	events, err := w.db.EventsBefore(t.Context(), w.operator.AccountID, 0, 100)
	if err != nil {
		t.Fatal(err)
	}
	var noted []string
	for _, e := range events {
		if e.Name != convoke.EventSSORefused {
			continue
		}
		var payload struct{ Object json.RawMessage }
		if err := json.Unmarshal(e.Payload, &payload); err != nil || e.Actor.Address == "" || e.Actor.Kind != "" {
			t.Errorf("%+v, %v", e, err)
		}
		noted = append(noted, string(payload.Object))
	}
	slices.Sort(noted)
	slices.Sort(want)
	if !slices.Equal(noted, want) {
		t.Errorf("the audit log has\n%s\nwant\n%s", strings.Join(noted, "\n"), strings.Join(want, "\n"))
	}
}

// The audit log names who was refused when the provider vouched for them, and
// nobody when it did not.
func TestARefusalNamesWhoWasVouchedForAlone(t *testing.T) {
	t.Parallel()
	w := newBenchWorld(t)
	prior := convoke.PriorToSignIn
	if _, err := w.SetAccount(t.Context(), convoke.Operator(""), w.operator.AccountID, convoke.AccountChange{Provisioning: &prior}); err != nil {
		t.Fatal(err)
	}
	signed := func(text string) []byte {
		a := &attack{TB: t, world: w.world, document: etree.NewDocument()}
		if err := a.document.ReadFromString(text); err != nil {
			t.Fatal(err)
		}
		a.resign(a.assertion(), w.signer, dsig.RSASHA256SignatureMethod)
		return a.write()
	}
	ann := w.sign(t, "0", "ann")
	for _, sent := range [][]byte{
		ann, ann, signed(strings.Replace(w.unsigned("1", "eve"), `Name="mail"`, `Name="post"`, 1)),
		bytes.ReplaceAll(ann, []byte("ann"), []byte("bob")), []byte(w.unsigned("2", "carol")),
		signed(strings.ReplaceAll(w.unsigned("3", "dave"), w.stamp(time.Hour), w.stamp(-time.Hour))),
	} {
		form := formOf(sent)
		if answer := w.send(http.MethodPost, "/acs", string(form)); answer.Code < 400 || answer.Code >= 500 {
			t.Errorf("%d for %s", answer.Code, sent)
		}
	}
	w.wantNoted(t,
		`{"code":"not_provisioned","times":1,"email":"ann@people.example"}`, `{"code":"assertion_replayed","times":1,"email":"ann@people.example"}`,
		`{"code":"not_provisioned","times":1,"external_id":"eve"}`, `{"code":"bad_signature","times":1}`, `{"code":"unsigned","times":1}`,
		`{"code":"expired","times":1}`,
	)
}

// A response that was meant for one browser must not sign another in, or an
// attacker could sign people in as somebody else.
func TestAnAnswerIsForTheBrowserThatAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	browser, other := newBrowser(t), newBrowser(t)
	form := w.live(t, browser, w.base, "ann")
	answer, page := post(t, other, w.base+"/acs", form)
	if code := w.wantPage(t, answer, page, "sso_refused"); code != "wrong_in_response" {
		t.Errorf("logged %s", code)
	}
	w.get(t, other, w.base) // now it has a secret of its own
	answer, page = post(t, other, w.base+"/acs", form)
	w.wantPage(t, answer, page, "sso_refused")
	if answer, _ := post(t, browser, w.base+"/acs", form); answer.Request.URL.Path != "/portal" {
		t.Errorf("came out at %s", answer.Request.URL)
	}
}

// An assertion works once, whichever process it is given to.
func TestAReplayIsRefusedOnASecondProcess(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	browser := newBrowser(t)
	form := w.live(t, browser, w.base, "ann")
	if answer, _ := post(t, browser, w.base+"/acs", form); answer.Request.URL.Path != "/portal" {
		t.Fatalf("came out at %s", answer.Request.URL)
	}
	first := w.server.Config.Handler
	w.Service, w.access = w.services()
	w.server.Config.Handler = w.door(w.server.URL)
	answer, page := post(t, browser, w.base+"/acs", form)
	if code := w.wantPage(t, answer, page, "assertion_replayed"); code != "assertion_replayed" {
		t.Errorf("logged %s", code)
	}
	w.server.Config.Handler = first
	answer, page = post(t, browser, w.base+"/acs", form)
	w.wantPage(t, answer, page, "assertion_replayed")
}

func TestARelayStateLeadsToNoOtherSite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	for _, path := range []string{
		"https://evil.example/portal", "//evil.example/portal", "/\\evil.example", "/portal/..//evil.example", "/portal\\..\\evil",
		"javascript:alert(1)", "/portal/%2e%2e//evil", "/portal/%5cevil", "/portalevil", "/portal/\x00", "/sso/other", strings.Repeat("/portal", 50),
		"http:/portal", "/portal/\r\nSet-Cookie: a=b", "\t/portal", "/portal/@evil.example:80//",
	} {
		browser := newBrowser(t)
		browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
			if r.URL.Host != strings.TrimPrefix(w.server.URL, "http://") && !strings.HasPrefix(r.URL.String(), w.idp.url) {
				t.Errorf("%q leads to %s", path, r.URL)
			}
			return nil
		}
		form := w.live(t, browser, w.base+"?return="+url.QueryEscape(path), "ann")
		form.Set("RelayState", path)
		if answer, _ := post(t, browser, w.base+"/acs", form); answer.Request.URL.String() != w.server.URL+"/portal" {
			t.Errorf("%q leads to %s", path, answer.Request.URL)
		}
	}
}

// After the interval the provider must ask the person again, and the session
// ends by then.
func TestTheForcedReloginInterval(t *testing.T) {
	t.Parallel()
	hour := 60
	w := newWorld(t, "", convoke.SSOForm{ReloginAfter: &hour})
	browser := newBrowser(t)
	w.signIn(t, browser, w.base, "ann")
	if _, err := w.session(t, browser); err != nil {
		t.Fatal(err)
	}
	w.clock.by = time.Hour + 2*time.Minute
	if _, err := w.session(t, browser); !convoke.HasCode(err, convoke.CodeTokenExpired) {
		t.Errorf("after the interval the session is %v", err)
	}
	w.clock.by = 0
	_, page := w.get(t, browser, w.base) // the provider's own session is there, and it asks all the same
	if !strings.Contains(page, `name="password"`) {
		t.Errorf("the provider did not ask again:\n%s", page)
	}
}

func TestARefusalThatIsLoadedAnewBeginsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	_, page := w.get(t, newBrowser(t), w.base+"/acs")
	if !strings.Contains(page, `name="password"`) {
		t.Errorf("it does not lead to the provider:\n%s", page)
	}
}

// The provider's own session is there, and it asks all the same when an app
// wants a fresh sign-in.
func TestAFreshSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	browser := newBrowser(t)
	w.signIn(t, browser, w.base, "ann")
	p, err := w.session(t, browser)
	if err != nil || p.SignedInAt.IsZero() || p.SignedInAt.After(w.clock.Now()) {
		t.Errorf("they signed in at %s, %v", p.SignedInAt, err)
	}
	if _, page := w.get(t, browser, w.base); strings.Contains(page, `name="password"`) {
		t.Errorf("unasked for, the provider asks again:\n%s", page)
	}
	if _, page := w.get(t, browser, w.base+"?fresh=true"); !strings.Contains(page, `name="password"`) {
		t.Errorf("the provider did not ask again:\n%s", page)
	}
}

// Whoever is deactivated is out at once.
func TestDeactivationEndsTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	browser := newBrowser(t)
	w.signIn(t, browser, w.base, "ann")
	p, err := w.session(t, browser)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetStatus(t.Context(), w.operator, string(p.UserID), false); err != nil {
		t.Fatal(err)
	}
	if _, err := w.session(t, browser); err == nil {
		t.Error("the session goes on")
	}
	answer, page := w.signIn(t, newBrowser(t), w.base, "ann")
	w.wantPage(t, answer, page, "user_inactive")
}

// Whoever tries the connection is shown what the log says, so that they can mend it,
// and nobody is in the audit log who was kept out.
func TestATestSignInSaysWhyTheAnswerIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	w.wantEncrypted(t, true)
	_, code, err := w.SSOTestCode(t.Context(), w.operator)
	if err != nil {
		t.Fatal(err)
	}
	browser := newBrowser(t)
	form := w.live(t, browser, w.base+"/test?code="+code, "ann")
	answer, page := post(t, browser, w.base+"/acs", form)
	for _, want := range []string{`data-testid="sso-test"`, `data-code="not_encrypted"`, "<code>not_encrypted</code>", "Back to the set-up"} {
		if answer.StatusCode != http.StatusOK || !strings.Contains(page, want) {
			t.Errorf("no %q in %d\n%s", want, answer.StatusCode, page)
		}
	}
	if log := w.log.take(); !strings.Contains(log, "code=not_encrypted") {
		t.Errorf("the log is %s", log)
	}
	w.wantNoted(t)
	answer, page = post(t, newBrowser(t), w.base+"/acs", form)
	w.wantPage(t, answer, page, "sso_refused") // of a browser that tried nothing
	w.wantEncrypted(t, false)
	answer, page = w.signIn(t, browser, w.base+"/test?code="+code, "ann")
	if answer.StatusCode != http.StatusOK || !strings.Contains(page, `data-code="would_enter"`) {
		t.Errorf("then %d\n%s", answer.StatusCode, page)
	}
}

func TestATestSignInShowsAndChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	_, code, err := w.SSOTestCode(t.Context(), w.operator)
	if err != nil {
		t.Fatal(err)
	}
	browser := newBrowser(t)
	answer, page := w.signIn(t, browser, w.base+"/test?code="+code, "ann")
	for _, want := range []string{`data-code="would_enter"`, "become a new user: Ann", "memberOf", "staff · lab", "ann@people.example", "<dt>license_type</dt><dd>basic</dd>", "<small>from "} {
		if !strings.Contains(page, want) {
			t.Errorf("no %q in %d\n%s", want, answer.StatusCode, page)
		}
	}
	if census, err := w.Census(t.Context(), w.operator); err != nil || census.Total() != 0 {
		t.Errorf("%+v users, %v", census, err)
	}
	if _, err := w.session(t, browser); err == nil {
		t.Error("the test signed somebody in")
	}
	w.log.take()
	answer, page = w.get(t, browser, w.base+"/test?code="+code[:len(code)-2]+"AA")
	w.wantPage(t, answer, page, "token_invalid")
	w.clock.by = 16 * time.Minute
	answer, page = w.get(t, browser, w.base+"/test?code="+code)
	w.wantPage(t, answer, page, "token_expired")
}
