// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"encoding/json"
	"net/http"
	"strings"
	"unicode/utf8"
)

// The longest filter and PATCH path, in bytes, and how deep either may nest.
const (
	maxFilter = 2048
	maxPath   = 512
	maxDepth  = 32
)

// expression is a parsed filter (RFC 7644 section 3.4.2.2): *logical, *negation,
// *valuePath or *comparison.
type expression any

// logical joins two expressions by and, or else by or.
type logical struct {
	and         bool
	left, right expression
}

type negation struct{ inner expression }

// valuePath asks for a value of a multi-valued attribute that fulfils inner.
type valuePath struct {
	attr  attrPath
	inner expression
}

// comparison compares an attribute with a string, bool, json.Number or nil. The
// operator is in lower case; "pr" compares with nothing.
type comparison struct {
	attr     attrPath
	operator string
	value    any
}

// attrPath names an attribute as a client wrote it.
type attrPath struct{ urn, name, sub string }

func (p attrPath) String() string {
	s := p.name
	if p.urn != "" {
		s = p.urn + ":" + s
	}
	if p.sub != "" {
		s += "." + p.sub
	}
	return s
}

// path is the target of a PATCH operation (RFC 7644 section 3.5.2).
type path struct {
	attr   attrPath
	filter expression // nil: none
	sub    string     // after the filter
}

// parser reads from left to right and never goes back, so that its time is that
// of the text's length.
type parser struct {
	text  string
	at    int
	depth int
}

// syntaxError is the only error of parsing.
type syntaxError struct{}

func (syntaxError) Error() string { return "scim: not in the grammar" }

// parseFilter reads a filter.
func parseFilter(text string) (expression, error) {
	if len(text) > maxFilter {
		return nil, refuse(http.StatusBadRequest, invalidFilter, "A filter may have at most %d bytes.", maxFilter)
	}
	p := &parser{text: text}
	e, err := p.either()
	if err != nil || !p.done() {
		return nil, refuse(http.StatusBadRequest, invalidFilter,
			"The filter cannot be read from character %d on. Write it as in: userName eq \"name@example.com\".", utf8.RuneCountInString(text[:p.at])+1)
	}
	return e, nil
}

// parsePath reads the path of a PATCH operation.
func parsePath(text string) (path, error) {
	bad := refuse(http.StatusBadRequest, invalidPath, "The path %.*q cannot be read.", maxPath, text)
	if len(text) > maxPath {
		return path{}, bad
	}
	p := &parser{text: text}
	var parsed path
	var err error
	if parsed.attr, err = p.attribute(); err != nil {
		return path{}, bad
	}
	if p.take('[') {
		if parsed.filter, err = p.bracketed(); err != nil {
			return path{}, bad
		}
		if p.take('.') {
			parsed.sub = p.name()
			err = validName(parsed.sub)
		}
	}
	if err != nil || !p.done() {
		return path{}, bad
	}
	return parsed, nil
}

func (p *parser) done() bool {
	p.space()
	return p.at == len(p.text)
}

func (p *parser) space() {
	for p.at < len(p.text) && p.text[p.at] == ' ' {
		p.at++
	}
}

func (p *parser) take(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

// word takes a keyword that ends there, whatever its case.
func (p *parser) word(word string) bool {
	rest := p.text[p.at:]
	if len(rest) < len(word) || !strings.EqualFold(rest[:len(word)], word) || len(rest) > len(word) && nameByte(rest[len(word)]) {
		return false
	}
	p.at += len(word)
	return true
}

func nameByte(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-' || c == '$' || c == ':' || c == '.'
}

// either reads a chain of or; and binds closer.
func (p *parser) either() (expression, error) { return p.chain("or", p.both) }

func (p *parser) both() (expression, error) { return p.chain("and", p.term) }

func (p *parser) chain(word string, next func() (expression, error)) (expression, error) {
	left, err := next()
	for err == nil {
		p.space()
		if !p.word(word) {
			return left, nil
		}
		var right expression
		right, err = next()
		left = &logical{word == "and", left, right}
	}
	return nil, err
}

func (p *parser) term() (expression, error) {
	p.space()
	start := p.at
	if p.word("not") {
		p.space()
		if p.take('(') {
			inner, err := p.enclosed(')')
			return &negation{inner}, err
		}
		p.at = start // an attribute of that name
	}
	if p.take('(') {
		return p.enclosed(')')
	}
	attr, err := p.attribute()
	if err != nil {
		return nil, err
	}
	if p.take('[') {
		return p.ofValues(attr)
	}
	return p.compare(attr)
}

// enclosed reads an expression up to its closing bracket.
func (p *parser) enclosed(end byte) (expression, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, syntaxError{}
	}
	inner, err := p.either()
	p.depth--
	if err == nil && !p.take(end) {
		err = syntaxError{}
	}
	return inner, err
}

func (p *parser) bracketed() (expression, error) { return p.enclosed(']') }

// ofValues reads what follows emails[, and a comparison of what it finds, which
// Entra sends though the grammar has none: emails[type eq "work"].value eq "x".
func (p *parser) ofValues(attr attrPath) (expression, error) {
	inner, err := p.bracketed()
	if err != nil || !p.take('.') {
		return &valuePath{attr, inner}, err
	}
	sub := p.name()
	if err := validName(sub); err != nil {
		return nil, err
	}
	more, err := p.compare(attrPath{name: sub})
	return &valuePath{attr, &logical{true, inner, more}}, err
}

// operators are those that take a value.
var operators = []string{"eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le"}

func (p *parser) compare(attr attrPath) (expression, error) {
	p.space()
	if p.word("pr") {
		return &comparison{attr, "pr", nil}, nil
	}
	for _, operator := range operators {
		if p.word(operator) {
			p.space()
			value, err := p.value()
			return &comparison{attr, operator, value}, err
		}
	}
	return nil, syntaxError{}
}

// attribute reads [urn:]name[.sub]. A URN may hold dots itself.
func (p *parser) attribute() (attrPath, error) {
	p.space()
	text := p.name()
	var a attrPath
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		a.urn, text = text[:i], text[i+1:]
	}
	var hasSub bool
	a.name, a.sub, hasSub = strings.Cut(text, ".")
	err := validName(a.name)
	if hasSub && err == nil {
		err = validName(a.sub)
	}
	return a, err
}

func (p *parser) name() string {
	start := p.at
	for p.at < len(p.text) && nameByte(p.text[p.at]) {
		p.at++
	}
	return p.text[start:p.at]
}

// validName holds a name to RFC 7643's attrName; $ref begins with a dollar.
func validName(name string) error {
	first := strings.TrimPrefix(name, "$")
	if first == "" || first[0]|0x20 < 'a' || first[0]|0x20 > 'z' || strings.ContainsAny(first, "$:.") {
		return syntaxError{}
	}
	return nil
}

// value reads a JSON value that is not composed. Text without quotes is taken
// too: Microsoft's suite sends it, and so do people.
func (p *parser) value() (any, error) {
	if p.at < len(p.text) && p.text[p.at] == '"' {
		return p.quoted()
	}
	start := p.at
	for p.at < len(p.text) && !strings.ContainsRune(" ()[]\"", rune(p.text[p.at])) {
		p.at++
	}
	bare := p.text[start:p.at]
	switch {
	case bare == "" || !utf8.ValidString(bare):
		return nil, syntaxError{}
	case strings.EqualFold(bare, "true"):
		return true, nil
	case strings.EqualFold(bare, "false"):
		return false, nil
	case strings.EqualFold(bare, "null"):
		return nil, nil
	case strings.ContainsRune("-0123456789", rune(bare[0])) && json.Valid([]byte(bare)):
		return json.Number(bare), nil
	}
	return bare, nil
}

func (p *parser) quoted() (any, error) {
	start := p.at
	for p.at++; p.at < len(p.text); p.at++ {
		switch p.text[p.at] {
		case '\\':
			p.at++
		case '"':
			p.at++
			var text string
			raw := []byte(p.text[start:p.at])
			if !utf8.Valid(raw) || json.Unmarshal(raw, &text) != nil {
				return nil, syntaxError{}
			}
			return text, nil
		}
	}
	p.at = len(p.text)
	return nil, syntaxError{}
}
