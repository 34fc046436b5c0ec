// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/zoom"
)

// reply writes body as JSON. It writes nothing when the body does not marshal.
func reply(w http.ResponseWriter, status int, body any) error {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_, _ = w.Write(bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))) // fails only when the client has gone
	return nil
}

// done answers a change that has nothing to tell.
func done(w http.ResponseWriter) error {
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// writeError writes an error in the form that its call has.
func writeError(w http.ResponseWriter, r *http.Request, e *zoom.Error) {
	if e.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="convoke", error="invalid_token"`)
	}
	soon := e.Status == http.StatusServiceUnavailable || e.Status == http.StatusTooManyRequests
	if soon && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "1")
	}
	if r.Pattern == tokenCall {
		writeTokenError(w, &zoom.TokenError{Status: e.Status, Reason: e.Message, Code: zoom.TokenServerError})
		return
	}
	_ = reply(w, e.Status, e) // errors are made of plain fields, so that they always marshal
}

func writeTokenError(w http.ResponseWriter, e *zoom.TokenError) { _ = reply(w, e.Status, e) }

// newPage fills in what every list carries. The page is the first one as far as
// numbers go: a token stands for a place, not for a number.
func newPage(size int, total int64, next string) zoom.Page {
	if size == 0 {
		size = provision.DefaultPageSize // of every list
	}
	return zoom.Page{
		NextPageToken: next, PageCount: int((total + int64(size) - 1) / int64(size)),
		PageNumber: 1, PageSize: size, TotalRecords: total,
	}
}
