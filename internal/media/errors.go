// SPDX-License-Identifier: Apache-2.0

package media

import (
	"encoding/json"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// unavailable is every failure to get something done by the LiveKit server.
func unavailable(err error) *convoke.Error {
	e := convoke.Errorf(convoke.KindUnavailable, convoke.CodeMediaUnavailable, "The media server did not answer as it should. Please try again.")
	e.Err = err
	return e
}

// status is the HTTP status of a refusal. livekit-client gives up for good on
// 401 and 403 alone, so everything that no repetition can change is one of them.
func status(e *convoke.Error) int {
	switch e.Kind {
	case convoke.KindUnauthenticated:
		return http.StatusUnauthorized
	case convoke.KindUnavailable:
		return http.StatusServiceUnavailable
	case convoke.KindInternal:
		return http.StatusInternalServerError
	default:
		return http.StatusForbidden
	}
}

// problem is a problem document (RFC 9457).
type problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Code   convoke.Code `json:"code"`
	Detail string       `json:"detail"`
}

func writeProblem(w http.ResponseWriter, status int, code convoke.Code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	// The status is out: a client that has gone away is all that can fail here.
	//nolint:errchkjson // the document is made of plain strings and numbers
	_ = json.NewEncoder(w).Encode(problem{
		Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail,
	})
}
