// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"

	"github.com/beevik/etree"
)

var (
	errNesting = errors.New("an end tag that closes nothing, or an element that is not closed")
	errDepth   = errors.New("elements too deep inside one another")
	errCrowded = errors.New("too many elements, attributes or other parts")
)

// crowd is how much of what anybody may send is read: elements, attributes of one of
// them, and as many other parts as so many elements can have around them. It is
// checked token by token: a document packs into a thousandth of what its tree takes.
type crowd struct{ elements, attributes int }

// partsOf is a start, an end, and a text or comment beside each.
const partsOf = 4

// readDocument reads a document, and refuses one that encoding/xml would write
// otherwise than it read it, or that is in another encoding than UTF-8. The tree is made of the very tokens that were
// checked: a second parser, which could see another document, has no part in
// it. It is the tree that etree itself makes, and FuzzDocument holds it to that. More
// than the crowd is errCrowded.
func readDocument(document []byte, most crowd) (*etree.Document, error) {
	decoder := xml.NewDecoder(bytes.NewReader(document)) //nolint:gosec // reading what nobody vouches for is what this is for
	tree := etree.NewDocument()
	b := builder{top: &tree.Element, most: most}
	for start := int64(0); ; {
		token, err := decoder.RawToken()
		if errors.Is(err, io.EOF) {
			return tree, b.done()
		}
		if err != nil {
			return nil, err
		}
		if err := b.count(token); err != nil {
			return nil, err
		}
		end := decoder.InputOffset()
		if err := checkToken(token, document[start:end]); err != nil {
			return nil, err
		}
		if err := b.add(token); err != nil {
			return nil, err
		}
		start = end
	}
}

// builder hangs tokens into a tree.
type builder struct {
	top   *etree.Element // the element that is open
	depth int

	most            crowd
	elements, parts int
}

// count refuses a token of a document that is too crowded.
func (b *builder) count(token xml.Token) error {
	if b.parts++; b.parts > partsOf*b.most.elements {
		return errCrowded
	}
	t, opens := token.(xml.StartElement)
	if !opens {
		return nil
	}
	if b.elements++; b.elements > b.most.elements || len(t.Attr) > b.most.attributes {
		return errCrowded
	}
	return nil
}

// add copies what it keeps: a token's bytes are the decoder's.
func (b *builder) add(token xml.Token) error {
	switch t := token.(type) {
	case xml.StartElement:
		return b.open(t)
	case xml.EndElement:
		if b.depth == 0 || b.top.Tag != t.Name.Local || b.top.Space != t.Name.Space {
			return errNesting
		}
		b.top = b.top.Parent()
		b.depth--
	case xml.CharData:
		b.top.AddChild(etree.NewText(string(t)))
	case xml.Comment:
		b.top.AddChild(etree.NewComment(string(t)))
	case xml.Directive:
		b.top.AddChild(etree.NewDirective(string(t)))
	case xml.ProcInst:
		b.top.AddChild(etree.NewProcInst(t.Target, string(t.Inst)))
	}
	return nil
}

// maxOpen is how deep etree reads; what the rules allow is less (maxDepth).
const maxOpen = 1024

// open begins an element. Of two attributes of one name the later counts, in the
// earlier one's place, as etree has it.
func (b *builder) open(t xml.StartElement) error {
	if b.depth++; b.depth > maxOpen {
		return errDepth
	}
	e := &etree.Element{Space: t.Name.Space, Tag: t.Name.Local, Attr: make([]etree.Attr, 0, len(t.Attr))}
	places := make(map[xml.Name]int, len(t.Attr))
	for _, a := range t.Attr {
		if i, twice := places[a.Name]; twice {
			e.Attr[i].Value = a.Value
			continue
		}
		places[a.Name] = len(e.Attr)
		e.Attr = append(e.Attr, etree.Attr{Space: a.Name.Space, Key: a.Name.Local, Value: a.Value})
	}
	b.top.AddChild(e)
	b.top = e
	return nil
}

func (b *builder) done() error {
	if b.depth != 0 {
		return errNesting
	}
	return nil
}
