// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// checkText refuses a text that is not UTF-8, is longer than limit characters
// or holds control characters. A NUL must never pass: PostgreSQL cannot store it.
func checkText(code Code, field, s string, limit int) error {
	if !utf8.ValidString(s) {
		return Invalid(code, field, "The field %s must be valid UTF-8 text.", field)
	}
	if n := utf8.RuneCountInString(s); n > limit {
		return Invalid(code, field, "The field %s may have at most %d characters; it has %d.", field, limit, n)
	}
	if strings.ContainsFunc(s, forbiddenRune) {
		return Invalid(code, field, "The field %s must not hold control characters.", field)
	}
	return nil
}

// forbiddenRune allows line breaks and tabs, which an agenda may have.
func forbiddenRune(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
}

// visibleName returns the name of a person without the signs that nobody sees:
// those that are for formatting only, that Unicode lets a renderer ignore, and
// blanks that do not count as spaces. A name of nothing but those, spaces and
// accents is empty. Text that is not UTF-8 is left for checkText to refuse.
func visibleName(s string) string {
	if !utf8.ValidString(s) {
		return s
	}
	signs := slices.DeleteFunc([]rune(s), invisible)
	kept, seen := signs[:0], false
	for i, r := range signs {
		if joiner(r) && (len(kept) == 0 || i+1 == len(signs) || !joins(kept[len(kept)-1], signs[i+1])) {
			continue
		}
		kept = append(kept, r)
		seen = seen || !unicode.IsSpace(r) && !unicode.IsMark(r)
	}
	if !seen {
		return ""
	}
	return string(kept)
}

// brailleBlank is drawn as nothing, though Unicode counts it among the symbols.
const brailleBlank = '\u2800'

func invisible(r rune) bool {
	switch {
	case joiner(r), unicode.Is(unicode.Prepended_Concatenation_Mark, r): // these are drawn
		return false
	case r == brailleBlank:
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// joiner reports whether r is one of the two signs that change how their
// neighbours are joined: Persian and Indian names need them, and many an emoji.
func joiner(r rune) bool { return r == '\u200c' || r == '\u200d' }

// joinable are the scripts in which a joiner can be seen.
var joinable = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Khmer, unicode.Myanmar, unicode.Inherited,
}

// joins reports whether a joiner between the two makes a difference.
func joins(a, b rune) bool {
	if unicode.IsSymbol(a) && unicode.IsSymbol(b) {
		return true
	}
	return !joiner(b) && unicode.In(a, joinable...) && unicode.In(b, joinable...)
}

// LoneSurrogate reports whether JSON holds a \uD800 to \uDFFF that is not half of
// a pair (RFC 8259 section 8.2). encoding/json would put U+FFFD in its place, so
// that two keys could become one; doors refuse such text.
func LoneSurrogate(text []byte) bool {
	for {
		i := bytes.IndexByte(text, '\\')
		if i < 0 {
			return false
		}
		text = text[i:]
		first := escapedRune(text)
		switch {
		case first < 0:
			text = text[min(2, len(text)):]
		case !utf16.IsSurrogate(first):
			text = text[6:]
		case utf16.DecodeRune(first, escapedRune(text[6:])) == utf8.RuneError:
			return true
		default:
			text = text[12:]
		}
	}
}

// escapedRune reads the \uXXXX at the start of the text, or gives -1.
func escapedRune(text []byte) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return -1
	}
	n, err := strconv.ParseUint(string(text[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return rune(n)
}

// Shorten keeps a message or a log small where somebody sent an endless text: it
// returns the first bytes of it, at most so many, and three dots for the rest.
func Shorten(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "..."
}

// MaxEmail is the longest e-mail address, in characters (POST /v2/users).
const MaxEmail = 128

// CheckEmail returns the address without outer spaces, or CodeInvalidEmail. As
// Zoom does, it checks the form only: something before one @, and a domain of
// two labels or more after it.
func CheckEmail(field, s string) (string, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", Invalid(CodeInvalidEmail, field, "An e-mail address is needed.")
	}
	if err := checkText(CodeInvalidEmail, field, s, MaxEmail); err != nil {
		return "", err
	}
	local, domain, found := strings.Cut(s, "@")
	if !found || !validLocal(local) || !validDomain(lower(domain)) {
		return "", Invalid(CodeInvalidEmail, field, "The e-mail address must look like name@example.com.")
	}
	return s, nil
}

// EmailKey is the form under which an e-mail is unique in its account.
func EmailKey(email string) string { return lower(email) }

// lower is strings.ToLower, but makes no ASCII of what was none: the Kelvin sign
// and the dotted capital I are letters of other addresses than k and i are.
func lower(s string) string {
	if isASCII(s) {
		return strings.ToLower(s) // nearly always, and several times as fast
	}
	return strings.Map(func(r rune) rune {
		if small := unicode.ToLower(r); small >= utf8.RuneSelf || r < utf8.RuneSelf {
			return small
		}
		return r
	}, s)
}

// EmailDomain returns the part after the @ in the form that domains are kept in:
// lower case, and ASCII.
func EmailDomain(email string) string {
	_, domain, _ := strings.Cut(email, "@")
	return asciiDomain(lower(domain))
}

// EmailLocal returns the part before the @.
func EmailLocal(email string) string {
	local, _, _ := strings.Cut(email, "@")
	return local
}

// validLocal follows RFC 5321's dot-string, with letters of any script (RFC 6531).
func validLocal(s string) bool {
	if s == "" || len(s) > 64 || s[0] == '.' || s[len(s)-1] == '.' || strings.Contains(s, "..") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune(`()<>[]:;@\,"`, r)
	})
}

func validDomain(s string) bool {
	labels := strings.Split(s, ".")
	if len(s) > 253 || len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if !validLabel(label) {
			return false
		}
	}
	return true
}

func validLabel(s string) bool {
	if s == "" || len(s) > 63 || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r)
	})
}
