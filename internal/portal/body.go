// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// bodyLimit is the largest body that a page may send.
const bodyLimit = 64 << 10

// read decodes the body's one JSON object into *to.
func read(w http.ResponseWriter, r *http.Request, to any) error {
	decoder := json.NewDecoder(http.MaxBytesReader(w, r.Body, bodyLimit))
	err := decoder.Decode(to)
	if err == nil {
		if _, err = decoder.Token(); errors.Is(err, io.EOF) {
			return nil // nothing follows the object
		}
	}
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return convoke.Invalid(convoke.CodeBodyTooLarge, "", "The request is larger than 64 KiB.")
	}
	return convoke.Invalid(convoke.CodeInvalidBody, "", "The request must be a JSON object of the documented form.")
}

// write answers with a JSON document. It writes nothing when the body does not marshal.
func write(w http.ResponseWriter, status int, body any) error {
	return writeAs(w, status, "application/json", body)
}

func writeAs(w http.ResponseWriter, status int, contentType string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(raw) // fails only when the client is gone
	return nil
}

// nothing answers that a call was done.
func nothing(w http.ResponseWriter, err error) error {
	if err == nil {
		w.WriteHeader(http.StatusNoContent)
	}
	return err
}
