// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"
)

// A mutation makes of a live answer one that must not be believed. The reasons
// are the codes that the log may give for it.
type mutation struct {
	reasons []string
	mutate  func(*attack)
}

// attack is a live answer under the attacker's hands. What the mutation leaves in
// text, or else in the document, is sent.
type attack struct {
	testing.TB

	world    *world
	document *etree.Document
	text     []byte
}

func (a *attack) response() *etree.Element { return a.document.Root() }

func (a *attack) assertion() *etree.Element {
	a.Helper()
	found := a.response().FindElement("./Assertion")
	if found == nil {
		a.Fatal("no assertion in the clear")
	}
	return found
}

// must returns the element at the path, which has to be there.
func (a *attack) must(from *etree.Element, path string) *etree.Element {
	a.Helper()
	found := from.FindElement(path)
	if found == nil {
		a.Fatalf("no %s in the answer", path)
	}
	return found
}

func (a *attack) write() []byte {
	text, err := a.document.WriteToBytes()
	if err != nil {
		a.Fatal(err)
	}
	return text
}

// replace changes the text that is sent.
func (a *attack) replace(from, to string) {
	a.Helper()
	text := a.write()
	if !bytes.Contains(text, []byte(from)) {
		a.Fatalf("no %q in the answer", from)
	}
	a.text = bytes.ReplaceAll(text, []byte(from), []byte(to))
}

func signatureIn(e *etree.Element) *etree.Element { return e.FindElement("./Signature") }

// evil is a copy of the element that says it is about somebody else.
func (a *attack) evil(e *etree.Element) *etree.Element {
	copied := e.Copy()
	copied.CreateAttr("ID", "_evil")
	names := copied.FindElements(".//NameID")
	for _, name := range names {
		name.SetText("bob")
	}
	for _, value := range copied.FindElements(".//AttributeValue") {
		if strings.Contains(value.Text(), "@") {
			value.SetText("bob@people.example")
		}
	}
	return copied
}

func without(e *etree.Element, child *etree.Element) *etree.Element {
	if child != nil {
		e.RemoveChild(child)
	}
	return e
}

// wrappings are the eight classical arrangements. Each keeps the signed original
// somewhere, so that its signature still verifies by its id, and puts an evil
// copy where the values are read. place puts the evil one where the original
// was, and takes the original out.
var wrappings = map[string]func(evil, original, root *etree.Element){
	"1 original in the evil one's signature": func(evil, original, _ *etree.Element) {
		signature := signatureIn(original)
		signatureIn(evil).Parent().InsertChildAt(signatureIn(evil).Index(), signature.Copy())
		evil.RemoveChild(evil.FindElements("./Signature")[1])
		signatureIn(evil).AddChild(without(original, signature))
	},
	"2 original before the evil one's signature": func(evil, original, _ *etree.Element) {
		signature := signatureIn(evil)
		evil.InsertChildAt(signature.Index(), without(original, signatureIn(original)))
	},
	"3 evil one before the original": func(evil, original, root *etree.Element) {
		without(evil, signatureIn(evil))
		root.AddChild(original)
	},
	"4 original inside the evil one": func(evil, original, _ *etree.Element) {
		without(evil, signatureIn(evil))
		evil.AddChild(original)
	},
	"5 evil one with the signature, original at the end": func(_, original, root *etree.Element) {
		root.AddChild(without(original, signatureIn(original)))
	},
	"6 original in the signature of the evil one": func(evil, original, _ *etree.Element) {
		signatureIn(evil).AddChild(without(original, signatureIn(original)))
	},
	"7 evil one in extensions": func(evil, original, root *etree.Element) {
		without(evil, signatureIn(evil))
		extensions := etree.NewElement("samlp:Extensions")
		extensions.AddChild(original)
		root.InsertChildAt(0, extensions)
	},
	"8 original in an object of the signature": func(evil, original, _ *etree.Element) {
		object := etree.NewElement("ds:Object")
		object.AddChild(without(original, signatureIn(original)))
		signatureIn(evil).AddChild(object)
	},
}

var wrapped = []string{"wrong_shape", "not_one_assertion", "duplicate_id", "bad_reference", "unsigned"}

// wrap adds the eight arrangements of the element to the corpus.
func wrap(corpus map[string]mutation, what string, of func(*attack) *etree.Element) {
	for name, arrange := range wrappings {
		for _, id := range []string{"with an id of its own", "with the original's id"} {
			corpus["wrapped "+what+": "+name+", "+id] = mutation{wrapped, func(a *attack) {
				original := of(a)
				if signatureIn(original) == nil {
					a.Fatalf("the %s is not signed", what)
				}
				evil := a.evil(original)
				if id != "with an id of its own" {
					evil.CreateAttr("ID", original.SelectAttrValue("ID", ""))
				}
				root := evil
				if parent := original.Parent(); original != a.response() {
					root = parent
					parent.InsertChildAt(original.Index(), evil)
					parent.RemoveChild(original)
				} else {
					a.document.SetRoot(evil)
				}
				arrange(evil, original, root)
			}}
		}
	}
}

// corpusFor is every mutation of an answer whose signed element is what of
// returns.
func corpusFor(what string, signed func(*attack) *etree.Element) map[string]mutation {
	corpus := map[string]mutation{}
	wrap(corpus, what, signed)
	add := func(name string, mutate func(*attack), reasons ...string) { corpus[name] = mutation{reasons, mutate} }

	add("unsigned", func(a *attack) {
		for _, signature := range a.document.FindElements("//Signature") {
			signature.Parent().RemoveChild(signature)
		}
	}, "unsigned")
	add("signed by another key", func(a *attack) { a.resign(signed(a), newAttacker(a), dsig.RSASHA256SignatureMethod) }, "bad_signature")
	add("signed by another key, without its certificate", func(a *attack) {
		e := signed(a)
		a.resign(e, newAttacker(a), dsig.RSASHA256SignatureMethod)
		signature := a.response().FindElement(".//Signature")
		signature.RemoveChild(a.must(signature, "./KeyInfo"))
	}, "bad_signature")
	add("signed by another key, with the certificate of the provider", func(a *attack) {
		e := signed(a)
		certificate := a.must(e, "./Signature//X509Certificate").Text()
		a.resign(e, newAttacker(a), dsig.RSASHA256SignatureMethod)
		a.must(a.response(), ".//Signature//X509Certificate").SetText(certificate)
	}, "bad_signature")
	add("a comment inside NameID", func(a *attack) { a.replace(">ann</", ">ann<!-- -->.admin</") }, "forbidden_xml", "bad_xml")
	add("a comment that cuts NameID", func(a *attack) { a.replace(">ann</", ">a<!---->nn</") }, "forbidden_xml", "bad_xml")
	add("a comment in an attribute's value", func(a *attack) { a.replace("ann@people.example", "ann@people.example<!---->.evil.example") }, "forbidden_xml", "bad_xml")
	add("a processing instruction inside NameID", func(a *attack) { a.replace(">ann</", ">a<?x?>nn</") }, "forbidden_xml", "bad_xml")
	add("CDATA in NameID of another", func(a *attack) { a.replace(">ann</", "><![CDATA[bob]]></") }, "bad_signature", "bad_xml")
	add("another NameID", func(a *attack) { a.replace(">ann</", ">bob</") }, "bad_signature")
	add("another attribute", func(a *attack) { a.replace("ann@people.example", "bob@people.example") }, "bad_signature")
	add("two assertions, both signed", func(a *attack) { a.response().AddChild(a.assertion().Copy()) }, "not_one_assertion", "duplicate_id")
	add("two assertions, one not signed", func(a *attack) {
		evil := a.evil(a.assertion())
		a.response().InsertChildAt(0, without(evil, signatureIn(evil)))
	}, "not_one_assertion")
	add("an assertion in another namespace beside", func(a *attack) {
		other := etree.NewElement("Assertion")
		other.CreateAttr("xmlns", "urn:evil")
		a.response().AddChild(other)
	}, "wrong_shape")
	add("duplicate ids", func(a *attack) {
		a.must(a.response(), "./Status").CreateAttr("ID", a.assertion().SelectAttrValue("ID", ""))
	}, "duplicate_id")
	add("duplicate ids in another spelling", func(a *attack) {
		a.must(a.response(), "./Status").CreateAttr("xml:id", a.assertion().SelectAttrValue("ID", ""))
	}, "duplicate_id")
	add("an empty reference", func(a *attack) { a.must(signed(a), "./Signature/SignedInfo/Reference").CreateAttr("URI", "") }, "bad_reference")
	add("no reference", func(a *attack) { a.must(signed(a), "./Signature/SignedInfo/Reference").RemoveAttr("URI") }, "bad_reference")
	add("a reference to elsewhere", func(a *attack) {
		a.must(signed(a), "./Signature/SignedInfo/Reference").CreateAttr("URI", "#xpointer(/)")
	}, "bad_reference")
	add("two references", func(a *attack) {
		info := a.must(signed(a), "./Signature/SignedInfo")
		info.AddChild(a.must(info, "./Reference").Copy())
	}, "wrong_shape")
	add("two SignedInfo", func(a *attack) {
		signature := signatureIn(signed(a))
		signature.InsertChildAt(0, a.must(signature, "./SignedInfo").Copy())
	}, "wrong_shape")
	add("two signatures", func(a *attack) {
		e := signed(a)
		e.InsertChildAt(signatureIn(e).Index(), signatureIn(e).Copy())
	}, "wrong_shape")
	add("the signature at the end", func(a *attack) {
		e := signed(a)
		signature := signatureIn(e)
		e.RemoveChild(signature)
		e.AddChild(signature)
	}, "wrong_shape")
	for name, method := range map[string]string{"RSA": dsig.RSASHA1SignatureMethod, "ECDSA": dsig.ECDSASHA1SignatureMethod, "DSA": "http://www.w3.org/2000/09/xmldsig#dsa-sha1"} {
		add("SHA-1 with "+name, func(a *attack) {
			a.must(signed(a), "./Signature/SignedInfo/SignatureMethod").CreateAttr("Algorithm", method)
		}, "bad_algorithm")
	}
	add("SHA-1 with the provider's own key", func(a *attack) { a.resign(signed(a), a.provider(), dsig.RSASHA1SignatureMethod) }, "bad_algorithm")
	add("a SHA-1 digest", func(a *attack) {
		e := signed(a)
		a.must(e, "./Signature//DigestMethod").CreateAttr("Algorithm", "http://www.w3.org/2000/09/xmldsig#sha1")
		sum := sha1.Sum([]byte("x"))
		a.must(e, "./Signature//DigestValue").SetText(base64.StdEncoding.EncodeToString(sum[:]))
	}, "bad_algorithm")
	add("HMAC with the public key", func(a *attack) { a.hmac(signed(a)) }, "bad_algorithm")
	add("a DTD", func(a *attack) { a.text = append([]byte(`<!DOCTYPE x>`), a.body()...) }, "forbidden_xml", "bad_xml")
	add("an entity", func(a *attack) {
		a.replace(">ann</", ">&who;</")
		a.text = append([]byte(`<!DOCTYPE x [<!ENTITY who "bob">]>`), bytes.TrimPrefix(a.text, []byte(`<?xml version="1.0"?>`))...)
	}, "forbidden_xml", "bad_xml")
	add("a file for an entity", func(a *attack) {
		a.text = append([]byte(`<!DOCTYPE x [<!ENTITY who SYSTEM "file:///etc/passwd">]>`), a.body()...)
	}, "forbidden_xml", "bad_xml")
	add("a billion laughs", func(a *attack) {
		a.text = append([]byte(`<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>`), a.body()...)
	}, "forbidden_xml", "bad_xml")
	for name, transform := range map[string]string{
		"XSLT": "http://www.w3.org/TR/1999/REC-xslt-19991116", "XPath": "http://www.w3.org/TR/1999/REC-xpath-19991116",
		"Base64": "http://www.w3.org/2000/09/xmldsig#base64", "plain canonical XML": "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
	} {
		add("a third transform: "+name, func(a *attack) {
			list := a.must(signed(a), "./Signature//Transforms")
			extra := a.must(list, "./Transform").Copy()
			extra.CreateAttr("Algorithm", transform)
			list.AddChild(extra)
		}, "bad_algorithm")
		add("another transform: "+name, func(a *attack) {
			a.must(signed(a), "./Signature//Transforms/Transform[2]").CreateAttr("Algorithm", transform)
		}, "bad_algorithm")
	}
	add("canonicalization with comments", func(a *attack) {
		a.must(signed(a), "./Signature//CanonicalizationMethod").CreateAttr("Algorithm", "http://www.w3.org/2001/10/xml-exc-c14n#WithComments")
	}, "bad_algorithm")
	addWrong(add, signed)
	return corpus
}

// addWrong adds what the provider itself would have to sign: its own key, on
// other words.
func addWrong(add func(string, func(*attack), ...string), signed func(*attack) *etree.Element) {
	own := func(path, attribute, value string) func(*attack) {
		return func(a *attack) {
			e := a.must(a.assertion(), path)
			if attribute == "" {
				e.SetText(value)
			} else if e.SelectAttr(attribute) == nil {
				a.Fatalf("no %s in %s", attribute, path)
			} else {
				e.CreateAttr(attribute, value)
			}
			a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
		}
	}
	at := func(path, attribute string, by time.Duration) func(*attack) {
		return func(a *attack) { own(path, attribute, time.Now().Add(by).UTC().Format(time.RFC3339))(a) }
	}
	const past, future = -91 * time.Second, 100 * time.Second // each just beyond the skew
	add("for another audience", own("./Conditions//Audience", "", "https://other.example/sso/acme"), "wrong_audience")
	add("for no audience", func(a *attack) {
		conditions := a.must(a.assertion(), "./Conditions")
		conditions.RemoveChild(a.must(conditions, "./AudienceRestriction"))
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "wrong_audience")
	add("for an audience in vain", func(a *attack) {
		conditions := a.must(a.assertion(), "./Conditions")
		second := a.must(conditions, "./AudienceRestriction").Copy()
		a.must(second, "./Audience").SetText("https://other.example")
		conditions.AddChild(second)
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "wrong_audience")
	add("for another recipient", own(".//SubjectConfirmationData", "Recipient", "https://other.example/acs"), "wrong_recipient")
	add("by another confirmation", own(".//SubjectConfirmation", "Method", "urn:oasis:names:tc:SAML:2.0:cm:sender-vouches"), "wrong_recipient")
	add("in answer to nothing we asked", own(".//SubjectConfirmationData", "InResponseTo", "_f3a0"), "wrong_in_response")
	add("in answer to two things", func(a *attack) {
		a.response().CreateAttr("InResponseTo", "_f3a0")
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "wrong_in_response")
	add("stripped of what it answers", func(a *attack) {
		a.response().RemoveAttr("InResponseTo")
		a.must(a.assertion(), ".//SubjectConfirmationData").RemoveAttr("InResponseTo")
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "unsolicited")
	add("by another issuer", own("./Issuer", "", "https://other.example/idp"), "wrong_issuer")
	add("for another destination", func(a *attack) {
		a.response().CreateAttr("Destination", "https://other.example/acs")
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "wrong_destination")
	add("by another issuer of the response", func(a *attack) {
		a.must(a.response(), "./Issuer").SetText("https://other.example/idp")
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "wrong_issuer")
	add("too late for its conditions", at("./Conditions", "NotOnOrAfter", past), "expired")
	add("too late for its confirmation", at(".//SubjectConfirmationData", "NotOnOrAfter", past), "expired")
	add("too early", at("./Conditions", "NotBefore", future), "not_yet_valid")
	add("issued later", at(".", "IssueInstant", future), "not_yet_valid")
	add("without a time", own("./Conditions", "NotOnOrAfter", "soon"), "bad_time")
	add("after the provider's session", at("./AuthnStatement", "SessionNotOnOrAfter", past), "expired")
	add("with another condition", func(a *attack) {
		a.must(a.assertion(), "./Conditions").CreateElement("saml:Condition")
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "unknown_condition")
	add("with a NameID that changes", own("./Subject/NameID", "Format", "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"), "bad_subject")
	add("with an empty NameID", own("./Subject/NameID", "", ""), "bad_subject")
	add("with two NameIDs", func(a *attack) {
		subject := a.must(a.assertion(), "./Subject")
		subject.AddChild(a.must(subject, "./NameID").Copy())
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "bad_subject")
	add("without a login", func(a *attack) {
		a.assertion().RemoveChild(a.must(a.assertion(), "./AuthnStatement"))
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "no_authn_statement")
	add("of a login that failed", func(a *attack) {
		a.must(a.response(), "./Status/StatusCode").CreateAttr("Value", "urn:oasis:names:tc:SAML:2.0:status:Responder")
		a.resign(signed(a), a.provider(), dsig.RSASHA256SignatureMethod)
	}, "failed_at_provider")
	add("of another version", own(".", "Version", "1.1"), "wrong_shape")
	add("larger than 1 MiB", func(a *attack) {
		text := a.write()
		end := bytes.LastIndex(text, []byte("</"))
		a.text = slices.Concat(text[:end], bytes.Repeat([]byte(" "), 1<<20), text[end:])
	}, "too_large")
	add("very deep", func(a *attack) {
		a.replace("</samlp:Status>", "</samlp:Status>"+strings.Repeat("<a>", 70)+strings.Repeat("</a>", 70))
	}, "too_deep", "bad_xml")
	add("with an attribute that Go writes otherwise", func(a *attack) { a.replace("<samlp:Status", `<samlp:Status :x="1"`) }, "bad_xml")
	add("cut short", func(a *attack) { text := a.write(); a.text = text[:len(text)-20] }, "bad_xml")
	add("twice", func(a *attack) { text := a.body(); a.text = slices.Concat(text, text) }, "bad_xml")
	add("nothing", func(a *attack) { a.text = []byte(" ") }, "bad_xml")
	add("not a response", func(a *attack) {
		assertion := a.assertion()
		a.document.SetRoot(assertion)
	}, "wrong_shape")
}

// body is the answer without its XML declaration.
func (a *attack) body() []byte { return bytes.TrimPrefix(a.write(), []byte(`<?xml version="1.0"?>`)) }

// hmac signs with the provider's certificate as if it were a shared secret.
func (a *attack) hmac(e *etree.Element) {
	a.must(e, "./Signature/SignedInfo/SignatureMethod").CreateAttr("Algorithm", "http://www.w3.org/2000/09/xmldsig#hmac-sha256")
	secret, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(a.must(e, "./Signature//X509Certificate").Text()), ""))
	if err != nil {
		a.Fatal(err)
	}
	mac := hmac.New(sha256.New, secret)
	document := etree.NewDocument()
	document.SetRoot(a.must(e, "./Signature/SignedInfo").Copy())
	text, err := document.WriteToBytes()
	if err != nil {
		a.Fatal(err)
	}
	mac.Write(text)
	a.must(e, "./Signature/SignatureValue").SetText(base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// TestTheCorpus takes a live answer of the identity provider in each of the ways
// that it signs, sends every mutation of it, and then the answer itself: all but
// the last are refused, each for its own reason and with the same page.
func TestTheCorpus(t *testing.T) {
	t.Parallel()
	response := func(a *attack) *etree.Element { return a.response() }
	assertion := func(a *attack) *etree.Element { return a.assertion() }
	both := corpusFor("assertion", assertion)
	wrap(both, "response", response)
	whole := corpusFor("response", response)
	whole["for no destination"] = mutation{[]string{"wrong_destination"}, func(a *attack) {
		a.response().RemoveAttr("Destination")
		a.resign(a.response(), a.provider(), dsig.RSASHA256SignatureMethod)
	}}
	for kind, corpus := range map[string]map[string]mutation{
		"both signed": both, "response signed": whole, "assertion signed": corpusFor("assertion", assertion),
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, kinds[kind])
			browser := newBrowser(t)
			form := w.live(t, browser, w.base, "ann")
			for name, m := range corpus {
				if err := w.attack(t, browser, form, m); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			t.Logf("%d mutations", len(corpus))
			w.accepted(t, browser, form)
		})
	}
}

// attackOn is the answer, to be changed, and its text as it came.
func (w *world) attackOn(t *testing.T, form url.Values) (*attack, []byte) {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(form.Get("SAMLResponse"))
	if err != nil {
		t.Fatal(err)
	}
	a := &attack{TB: t, world: w, document: etree.NewDocument()}
	if err := a.document.ReadFromBytes(raw); err != nil {
		t.Fatal(err)
	}
	return a, raw
}

// attack sends the answer mutated, and says how it came through, or was refused
// for another reason than it should be.
func (w *world) attack(t *testing.T, browser *http.Client, form url.Values, m mutation) error {
	t.Helper()
	a, raw := w.attackOn(t, form)
	m.mutate(a)
	if a.text == nil {
		a.text = a.write()
	}
	if bytes.Equal(a.text, raw) {
		return fmt.Errorf("nothing was mutated")
	}
	answer, page := post(t, browser, w.base+"/acs", url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(a.text)}})
	if answer.StatusCode != http.StatusForbidden {
		return fmt.Errorf("came out at %s with %d", answer.Request.URL, answer.StatusCode)
	}
	if reason := w.wantPage(t, answer, page, "sso_refused"); !slices.Contains(m.reasons, reason) {
		return fmt.Errorf("refused for %s, want %s", reason, m.reasons)
	}
	if strings.Contains(page, "bad_") || strings.Contains(page, "signature") {
		return fmt.Errorf("the page gives the reason away:\n%s", page)
	}
	return nil
}

// accepted sends the answer as it came.
func (w *world) accepted(t *testing.T, browser *http.Client, form url.Values) {
	t.Helper()
	if census, err := w.Census(t.Context(), w.operator); err != nil || census.Total() != 0 {
		t.Errorf("the attacks made users: %+v, %v", census, err)
	}
	if answer, page := post(t, browser, w.base+"/acs", form); answer.Request.URL.Path != "/portal" {
		t.Errorf("the answer as it came is refused too:\n%s\n%s", page, w.log.take())
	}
	if _, err := w.session(t, browser); err != nil {
		t.Error(err)
	}
}

// The encrypted answer's own mutations, and those of its envelope.
func TestTheCorpusOfEncryptedAnswers(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"encrypted", "encrypted inside"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, kinds[kind])
			browser := newBrowser(t)
			form := w.live(t, browser, w.base, "ann")
			envelope := func(a *attack) *etree.Element { return a.must(a.response(), "./EncryptedAssertion") }
			for name, m := range map[string]mutation{
				"two of them":    {[]string{"not_one_assertion", "duplicate_id"}, func(a *attack) { a.response().AddChild(envelope(a).Copy()) }},
				"none":           {[]string{"not_one_assertion", "bad_signature"}, func(a *attack) { a.response().RemoveChild(envelope(a)) }},
				"a plain beside": {[]string{"not_one_assertion"}, func(a *attack) { a.response().CreateElement("saml:Assertion").CreateAttr("ID", "_e") }},
				"flipped bits": {[]string{"undecryptable", "bad_signature", "bad_xml", "forbidden_xml", "wrong_shape"}, func(a *attack) {
					value := a.must(envelope(a), "./EncryptedData/CipherData/CipherValue")
					text := []byte(value.Text())
					text[len(text)/2] ^= 1
					value.SetText(string(text))
				}},
				"old key transport": {[]string{"bad_algorithm", "bad_signature"}, func(a *attack) {
					a.must(envelope(a), ".//EncryptedKey/EncryptionMethod").CreateAttr("Algorithm", "http://www.w3.org/2001/04/xmlenc#rsa-1_5")
				}},
				"another cipher": {[]string{"bad_algorithm", "bad_signature"}, func(a *attack) {
					a.must(envelope(a), "./EncryptedData/EncryptionMethod").CreateAttr("Algorithm", "http://www.w3.org/2001/04/xmlenc#tripledes-cbc")
				}},
				"in extensions": {[]string{"wrong_shape", "bad_signature"}, func(a *attack) {
					e := envelope(a)
					a.response().RemoveChild(e)
					a.response().CreateElement("samlp:Extensions").AddChild(e)
				}},
			} {
				if err := w.attack(t, browser, form, m); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			w.accepted(t, browser, form)
		})
	}
}

// An assertion for one account is nothing to another, also of the same server
// and the same identity provider.
func TestAnAssertionForAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	other := newWorld(t, "")
	browser := newBrowser(t)
	form := w.live(t, browser, w.base, "ann")
	answer, page := post(t, browser, other.base+"/acs", form)
	if code := other.wantPage(t, answer, page, "sso_refused"); code != "wrong_destination" {
		t.Errorf("logged %s", code)
	}
	w.accepted(t, browser, form)
}

// A response that is not signed itself, around an assertion that is, may leave
// out whom it is for: the assertion names its recipient.
func TestAnUnsignedResponseForNoDestination(t *testing.T) {
	t.Parallel()
	w := newWorld(t, kinds["assertion signed"])
	browser := newBrowser(t)
	form := w.live(t, browser, w.base, "ann")
	a, _ := w.attackOn(t, form)
	a.response().RemoveAttr("Destination")
	w.accepted(t, browser, url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(a.write())}})
}

// Some providers write the last time that there is for "never".
func TestTimesAtTheEdges(t *testing.T) {
	t.Parallel()
	w := newWorld(t, kinds["assertion signed"])
	browser := newBrowser(t)
	form := w.live(t, browser, w.base, "ann")
	a, _ := w.attackOn(t, form)
	a.must(a.assertion(), "./Conditions").CreateAttr("NotOnOrAfter", "9999-12-31T23:59:59-12:00")
	login := a.must(a.assertion(), "./AuthnStatement")
	login.CreateAttr("AuthnInstant", "0000-01-01T00:00:00+14:00")
	login.CreateAttr("SessionNotOnOrAfter", "9999-12-31T23:59:59.9999999Z")
	a.resign(a.assertion(), a.provider(), dsig.RSASHA256SignatureMethod)
	w.accepted(t, browser, url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(a.write())}})
}

// An assertion with two confirmations does not come in again by the second, when
// the first is over.
func TestAReplayByAnotherConfirmation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, kinds["assertion signed"])
	browser := newBrowser(t)
	form := w.live(t, browser, w.base, "ann")
	a, _ := w.attackOn(t, form)
	at := func(by time.Duration) string { return time.Now().Add(by).UTC().Format(time.RFC3339) }
	subject := a.must(a.assertion(), "./Subject")
	first := a.must(subject, "./SubjectConfirmation")
	second := first.Copy()
	subject.AddChild(second)
	a.must(first, "./SubjectConfirmationData").CreateAttr("NotOnOrAfter", at(time.Minute))
	a.must(second, "./SubjectConfirmationData").CreateAttr("NotOnOrAfter", at(10*time.Minute))
	a.must(a.assertion(), "./Conditions").CreateAttr("NotOnOrAfter", at(10*time.Minute))
	a.resign(a.assertion(), a.provider(), dsig.RSASHA256SignatureMethod)
	form = url.Values{"SAMLResponse": {base64.StdEncoding.EncodeToString(a.write())}}
	w.accepted(t, browser, form)
	w.clock.by = 5 * time.Minute
	if err := w.db.DeleteExpired(t.Context(), w.clock.Now()); err != nil {
		t.Fatal(err)
	}
	answer, page := post(t, browser, w.base+"/acs", form)
	w.wantPage(t, answer, page, "assertion_replayed")
}

// Where encryption is wanted, an assertion in the clear is refused.
func TestAnAssertionInTheClearWhereItMustBeEncrypted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, kinds["both signed"])
	connection, err := w.SSO(t.Context(), w.operator)
	if err != nil || connection.WantEncrypted {
		t.Fatal(connection, err)
	}
	browser := newBrowser(t)
	form := w.live(t, browser, w.base, "ann")
	w.wantEncrypted(t, true)
	answer, page := post(t, browser, w.base+"/acs", form)
	if code := w.wantPage(t, answer, page, "sso_refused"); code != "not_encrypted" {
		t.Errorf("logged %s", code)
	}
	w.wantEncrypted(t, false)
	w.accepted(t, browser, form)
}
