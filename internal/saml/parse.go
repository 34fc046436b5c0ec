// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// What a message may be.
const (
	maxMessage    = 1 << 20 // bytes of XML
	maxLogout     = 1 << 16 // bytes of XML of a logout message in a query
	maxDepth      = 64      // elements inside one another
	maxElements   = 1_000   // as many as goxmldsig looks at
	maxAttributes = 100     // of one element
)

const (
	nsProtocol  = "urn:oasis:names:tc:SAML:2.0:protocol"
	nsAssertion = "urn:oasis:names:tc:SAML:2.0:assertion"
	nsSignature = "http://www.w3.org/2000/09/xmldsig#"
)

// decode64 takes the Base64 of a form or a query.
func decode64(text string) ([]byte, error) {
	if len(text) > base64.StdEncoding.EncodedLen(maxMessage)+maxMessage/32 { // room for line ends
		return nil, refuse(tooLarge, "%d bytes of Base64", len(text))
	}
	document, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, refuse(badRequest, "not Base64: %v", err)
	}
	if len(document) > maxMessage {
		return nil, refuse(tooLarge, "%d bytes", len(document))
	}
	return document, nil
}

// parse reads a document that holds nothing but elements, attributes and text.
// Documents that Go's parser would write otherwise than it read them are
// refused first, since a signature is checked on what is written.
func parse(document []byte) (*etree.Element, error) {
	return parseBy(document, checker{most: maxElements})
}

func parseBy(document []byte, c checker) (*etree.Element, error) {
	if len(document) > maxMessage {
		return nil, refuse(tooLarge, "%d bytes", len(document))
	}
	read, err := readDocument(document, crowd{c.most, maxAttributes})
	if errors.Is(err, errCrowded) {
		return nil, refuse(tooDeep, "%v: at most %d elements of %d attributes are read", err, c.most, maxAttributes)
	}
	if err != nil {
		return nil, refuse(badXML, "%v", err)
	}
	root := read.Root()
	if root == nil {
		return nil, refuse(badXML, "no element")
	}
	if err := c.checkProlog(read); err != nil {
		return nil, err
	}
	return root, c.walk(root, 0)
}

// checkProlog lets an XML declaration stand before the one element, and white
// space around it.
func (c *checker) checkProlog(d *etree.Document) error {
	elements := 0
	for i, token := range d.Child {
		switch t := token.(type) {
		case *etree.Element:
			elements++
		case *etree.ProcInst:
			if i != 0 || t.Target != "xml" {
				return refuse(forbiddenXML, "a processing instruction %q", t.Target)
			}
		case *etree.CharData:
			if strings.TrimSpace(t.Data) != "" {
				return refuse(badXML, "text outside the element")
			}
		case *etree.Comment:
			if !c.comments {
				return refuse(forbiddenXML, "a comment")
			}
		default:
			return refuse(forbiddenXML, "%T", token)
		}
	}
	if elements != 1 {
		return refuse(badXML, "%d root elements", elements)
	}
	return nil
}

// checker collects ids, and holds elements to their depth.
type checker struct {
	most     int  // elements
	comments bool // may stand anywhere: nothing here is signed
	ids      map[string]bool
}

func (c *checker) walk(e *etree.Element, depth int) error {
	if depth > maxDepth {
		return refuse(tooDeep, "elements more than %d deep inside one another", maxDepth)
	}
	if err := c.takeIDs(e); err != nil {
		return err
	}
	for _, token := range e.Child {
		switch t := token.(type) {
		case *etree.Element:
			if err := c.walk(t, depth+1); err != nil {
				return err
			}
		case *etree.CharData:
		case *etree.Comment:
			if !c.comments {
				return refuse(forbiddenXML, "a comment in %s", e.Tag)
			}
		default:
			return refuse(forbiddenXML, "%T in %s", token, e.Tag)
		}
	}
	return nil
}

// takeIDs holds every spelling of an id to be unique: which of them a verifier
// goes by differs.
func (c *checker) takeIDs(e *etree.Element) error {
	for _, a := range e.Attr {
		if a.Space == "xmlns" || !strings.EqualFold(a.Key, "id") {
			continue
		}
		if c.ids[a.Value] {
			return refuse(duplicateID, "%q", a.Value)
		}
		if c.ids == nil {
			c.ids = map[string]bool{}
		}
		c.ids[a.Value] = true
	}
	return nil
}

// is reports whether the element has the name in the namespace.
func is(e *etree.Element, namespace, tag string) bool {
	return e.Tag == tag && e.NamespaceURI() == namespace
}

// children returns the child elements of the name.
func children(e *etree.Element, namespace, tag string) []*etree.Element {
	var found []*etree.Element
	for _, child := range e.ChildElements() {
		if is(child, namespace, tag) {
			found = append(found, child)
		}
	}
	return found
}

// only returns the child element of the name when there is exactly one.
func only(e *etree.Element, namespace, tag string) *etree.Element {
	found := children(e, namespace, tag)
	if len(found) != 1 {
		return nil
	}
	return found[0]
}

// textOf is the text of an element that holds nothing else, or of none.
func textOf(e *etree.Element) string {
	if e == nil || len(e.ChildElements()) > 0 {
		return ""
	}
	return strings.TrimSpace(e.Text())
}

// attr is the value of an attribute that is in no namespace.
func attr(e *etree.Element, name string) string {
	for _, a := range e.Attr {
		if a.Space == "" && a.Key == name {
			return a.Value
		}
	}
	return ""
}

// placed reports whether every element of the name, in whatever namespace, is
// one of those that were found where they belong.
func placed(root *etree.Element, tag string, allowed ...*etree.Element) bool {
	for _, child := range root.ChildElements() {
		if child.Tag == tag && !slices.Contains(allowed, child) {
			return false
		}
		if !placed(child, tag, allowed...) {
			return false
		}
	}
	return true
}
