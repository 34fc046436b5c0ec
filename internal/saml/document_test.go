// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"

	"github.com/beevik/etree"
	roundtrip "github.com/mattermost/xml-roundtrip-validator"

	"github.com/convoke/convoke/internal/saml"
)

// bothLibraries is how a document could be read without package saml's own
// reader: checked by the validator, which remembers nothing, and then parsed
// anew by etree.
func bothLibraries(document []byte) (*etree.Document, error) {
	decoder := xml.NewDecoder(bytes.NewReader(document))
	decoder.Strict = false // as the validator reads
	for {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if err := roundtrip.CheckToken(token); err != nil {
			return nil, err
		}
	}
	read := etree.NewDocument()
	return read, read.ReadFromBytes(document)
}

// oneTree reports whether two trees are the same, token by token.
func oneTree(a, b *etree.Element) bool {
	if a.Space != b.Space || a.Tag != b.Tag || a.NamespaceURI() != b.NamespaceURI() || len(a.Child) != len(b.Child) {
		return false
	}
	if !slices.EqualFunc(a.Attr, b.Attr, func(x, y etree.Attr) bool { return x.Space == y.Space && x.Key == y.Key && x.Value == y.Value }) {
		return false
	}
	for i := range a.Child {
		if a.Child[i].Index() != b.Child[i].Index() || !oneToken(a.Child[i], b.Child[i]) {
			return false
		}
	}
	return true
}

func oneToken(a, b etree.Token) bool {
	switch x := a.(type) {
	case *etree.Element:
		y, ok := b.(*etree.Element)
		return ok && oneTree(x, y)
	case *etree.CharData:
		y, ok := b.(*etree.CharData)
		return ok && x.Data == y.Data
	case *etree.Comment:
		y, ok := b.(*etree.Comment)
		return ok && x.Data == y.Data
	case *etree.Directive:
		y, ok := b.(*etree.Directive)
		return ok && x.Data == y.Data
	case *etree.ProcInst:
		y, ok := b.(*etree.ProcInst)
		return ok && x.Target == y.Target && x.Inst == y.Inst
	}
	return false
}

// alike holds the reader to both libraries: it takes what they take, and makes
// the same tree of it. The second time, it knows the document's tokens.
func alike(t *testing.T, document []byte) {
	t.Helper()
	want, refusal := bothLibraries(document)
	for range 2 {
		read, err := saml.ReadDocument(document)
		if (err == nil) != (refusal == nil) {
			t.Fatalf("%q\nis read with %v; the libraries say %v", document, err, refusal)
		}
		if err == nil && !oneTree(&read.Element, &want.Element) {
			t.Fatalf("%q\nis read otherwise than by etree", document)
		}
	}
}

// oddDocuments are those on which parsers differ.
var oddDocuments = []string{
	``, ` `, `text`, `<a/>`, `<a></a>`, `<a>`, `</a>`, `<a></b>`, `<a:b></a:b>`, `<a:b></c:b>`, `<a:b></b>`, `<a/></a>`, `<a/><b/>`, `<a/>text`,
	`<:a></:a>`, `<a:></a:>`, `<a:b:c/>`, `<x:a x:b="1"/>`, `<a x:b="1" x:b="2"/>`, `<a b="1" c="2" b="3"/>`, `<a b="1" b="1"/>`, `<a c="2" b="1" b="3"/>`,
	`<y:c y:c="1" xmlns:y="y" x:d="2"/>`, `<y:c y:c="1" xmlns:xmlns="y" x:d="2"/>`, `<x:d c:="x" xmlns:x="y" _xmlns:x="z"/>`, `<x:d c:="x" xmlns:xmlns="y" _xmlns:x="z"/>`,
	`<a xmlns="x"/>`, `<a xmlns="x" xmlns="y"/>`, `<a xmlns:b="c" b:d="e"/>`, `<xmlns:a/>`, `<a xmlns:xmlns="x"/>`, `<a xmlns:a="1" xmlns:b="2"/>`,
	`<x:a xmlns="" b="1"/>`, `<x::a/>`, `<a ::b="1"/>`, `<a :b="1"/>`, `<a b:="1"/>`, `<a xml:lang="en"/>`, `<xml:a xml:b="c"/>`,
	`<a b='1'/>`, `<a b=1/>`, `<a b/>`, `<a b="<"/>`, `<a b="&lt;&#65;"/>`, `<a b="&unknown;"/>`, `<a>&unknown;</a>`, "<a b=\"\r\n\t\"/>", "<a>\r\n\r</a>",
	`<a>]]></a>`, `<a><![CDATA[<b>]]></a>`, `<a><![CDATA[]]></a>`, `<a>x<![CDATA[y]]>z</a>`, `<a><!-- c --></a>`, `<!-- c --><a/>`, `<a/><!-- -- -->`,
	`<!DOCTYPE a><a/>`, `<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>`, `<!DOCTYPE a [<!-- ' --> ">" ]><a/>`, `<?xml version="1.0"?><a/>`,
	`<?xml version="1.1"?><a/>`, `<?xml version="1.0" encoding="UTF-8"?><a/>`, `<?xml version="1.0" encoding="ISO-8859-1"?><a/>`, `<?b c?><a/>`, `<a><?b?></a>`,
	"\ufeff<a/>", "<a>\x00</a>", "<a>\xff</a>", "<a b=\"\xc0\x80\"/>", "<a>\U0001F600é</a>", "<\u00e9/>", "<a \u00e9=\"1\"/>", `<a>&#0;</a>`, `<a>&#x1F600;</a>`,
	`<a b="'"/>`, `<a b='"'/>`, `<a>"'></a>`, `<a >x</a >`, "<a\n\tb=\"1\"\r\n/>", `<a b = "1" />`, `<a b="1"c="2"/>`, `< a/>`, `<a><b/></a><`, `<a></`,
}

// TestDocument holds the reader to the libraries on documents on which parsers
// differ, on each put together with each, and on the provider's own mutilated.
func TestDocument(t *testing.T) {
	for _, odd := range oddDocuments {
		alike(t, []byte(odd))
		for _, other := range oddDocuments {
			alike(t, []byte(`<r xmlns:x="y">`+odd+`<m q="`+other+`">`+other+`</m></r>`))
		}
	}
	document := newBenchWorld(t).sign(t, "0", "ann")
	alike(t, document)
	for i := 0; i < len(document); i += stride {
		alike(t, document[:i])
		for _, put := range []string{"<", ">", "&", `"`, ":", " ", "/", "\r", "x", "\x80"} {
			alike(t, slices.Concat(document[:i], []byte(put), document[i+1:]))
		}
	}
	alike(t, crowded)
	alike(t, nested(deepest))
	alike(t, nested(deepest+1))
}

const (
	stride  = 61   // bytes between two places where the document is mutilated; a prime, so that it meets every part of a tag
	deepest = 1024 // elements inside one another that etree reads
)

// crowded has so many attributes, each twice, that a look through all for each
// would take minutes.
var crowded = func() []byte {
	tag := []byte("<a")
	for i := range 100_000 {
		tag = fmt.Appendf(tag, ` a%d="%d"`, i%50_000, i)
	}
	return append(tag, "/>"...)
}()

// nested is a document of elements inside one another.
func nested(depth int) []byte {
	return append(bytes.Repeat([]byte("<a>"), depth), bytes.Repeat([]byte("</a>"), depth)...)
}

// FuzzDocument is TestDocument on anything.
func FuzzDocument(f *testing.F) {
	for _, odd := range oddDocuments {
		f.Add([]byte(odd))
	}
	f.Add(newBenchWorld(f).sign(f, "0", "ann"))
	f.Fuzz(alike)
}
