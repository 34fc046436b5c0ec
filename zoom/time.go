// SPDX-License-Identifier: Apache-2.0

package zoom

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Time is a moment on the wire: yyyy-MM-ddTHH:mm:ssZ in UTC. The zero Time is
// written as an empty string, or left out where the field says omitzero.
type Time struct{ time.Time }

// At returns t as a Time.
func At(t time.Time) Time { return Time{t} }

// String returns the wire form, or an empty string for the zero Time.
func (t Time) String() string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05Z")
}

// MarshalJSON writes the wire form; parts of a second are dropped.
func (t Time) MarshalJSON() ([]byte, error) { return []byte(`"` + t.String() + `"`), nil }

// timeForms are what servers have been seen to send, the documented one first.
var timeForms = []string{time.RFC3339, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05", "2006-01-02"}

// UnmarshalJSON reads the wire form, RFC 3339 with any offset, and the same
// without an offset, which is taken as UTC. Null and "" are the zero Time.
func (t *Time) UnmarshalJSON(data []byte) error {
	if bytes.Equal(data, []byte("null")) {
		*t = Time{}
		return nil
	}
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	if s == "" {
		*t = Time{}
		return nil
	}
	for _, form := range timeForms {
		if parsed, err := time.Parse(form, s); err == nil {
			*t = Time{parsed}
			return nil
		}
	}
	return fmt.Errorf("zoom: %q is not a time such as 2026-03-31T12:02:00Z", s)
}
