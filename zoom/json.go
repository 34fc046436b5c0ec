// SPDX-License-Identifier: Apache-2.0

package zoom

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Marshal writes v as the body of a webhook: compact, without HTML escaping and
// without a newline at the end, and with text escaped exactly as JavaScript's
// JSON.stringify does it. A receiver that parses the body and writes it again
// has the same bytes, as long as v holds no object with integer-like keys and
// no integer above 2^53.
func Marshal(v any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return plainText(bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))), nil
}

// plainText rewrites the escapes of valid JSON in the form of JSON.stringify
// (ECMA-262, QuoteJSONString): the short form where there is one, the character
// itself where it needs no escape. Outside strings JSON has no backslash.
func plainText(src []byte) []byte {
	if bytes.IndexByte(src, '\\') < 0 {
		return src
	}
	dst := make([]byte, 0, len(src))
	for len(src) > 0 {
		if src[0] != '\\' {
			dst, src = append(dst, src[0]), src[1:]
			continue
		}
		r, size := unescape(src)
		dst, src = appendQuoted(dst, r, src[:size]), src[size:]
	}
	return dst
}

var shortEscapes = map[byte]rune{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// unescape decodes the escape at the head of src and returns its length.
func unescape(src []byte) (rune, int) {
	if src[1] != 'u' {
		if r, ok := shortEscapes[src[1]]; ok {
			return r, 2
		}
		return rune(src[1]), 2
	}
	r := codeUnit(src)
	if utf16.IsSurrogate(r) && len(src) >= 12 && src[6] == '\\' && src[7] == 'u' {
		if pair := utf16.DecodeRune(r, codeUnit(src[6:])); pair != utf8.RuneError {
			return pair, 12
		}
	}
	return r, 6
}

// codeUnit reads the four digits of a \u escape; the encoder has checked them.
func codeUnit(src []byte) rune {
	n, _ := strconv.ParseUint(string(src[2:6]), 16, 16)
	return rune(n)
}

// appendQuoted appends r as JSON.stringify writes it; raw is how it was written.
func appendQuoted(dst []byte, r rune, raw []byte) []byte {
	switch {
	case r == '"' || r == '\\':
		return append(dst, '\\', byte(r))
	case r == '\b':
		return append(dst, '\\', 'b')
	case r == '\f':
		return append(dst, '\\', 'f')
	case r == '\n':
		return append(dst, '\\', 'n')
	case r == '\r':
		return append(dst, '\\', 'r')
	case r == '\t':
		return append(dst, '\\', 't')
	case r < ' ' || utf16.IsSurrogate(r):
		return append(dst, bytes.ToLower(raw)...)
	default:
		return utf8.AppendRune(dst, r)
	}
}
