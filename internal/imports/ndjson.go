// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/convoke/convoke/internal/convoke"
)

// parseObject reads a line of NDJSON: texts, numbers and true or false under
// the API's names. unknown are the names that mean nothing here. It returns
// CodeInvalidRow for anything else.
func parseObject(line []byte) (p person, unknown []string, err error) {
	if convoke.LoneSurrogate(line) {
		return p, nil, badRow(`The line holds a \u escape of half a surrogate pair, which is no character.`)
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(line, &members); err != nil || members == nil {
		return p, nil, badRow("The line is not a JSON object.")
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		f, known := fieldOf(name)
		if !known {
			unknown = append(unknown, name)
			continue
		}
		value, err := scalar(members[name])
		if err != nil {
			return p, unknown, convoke.Invalid(convoke.CodeInvalidRow, fieldNames[f], "The value of %s must be a text or a number.", fieldNames[f])
		}
		p.set(f, value)
	}
	return p, unknown, nil
}

var errNotScalar = errors.New("imports: neither text nor number")

func scalar(raw json.RawMessage) (string, error) {
	raw = bytes.TrimSpace(raw)
	switch {
	case bytes.Equal(raw, []byte("null")):
		return "", nil
	case raw[0] == '"':
		var text string
		err := json.Unmarshal(raw, &text)
		return text, err
	case raw[0] == '{', raw[0] == '[':
		return "", errNotScalar
	}
	return string(raw), nil
}
