// SPDX-License-Identifier: Apache-2.0

package outbound

import (
	"errors"
	"io"
	"net/http"
)

// ErrTooLarge is what reading an answer beyond the client's limit gives. What
// was read before it is the answer's beginning and can be used.
var ErrTooLarge = errors.New("the answer is too large")

// bounded gives every answer's body a limit.
type bounded struct {
	next  *http.Transport
	limit int64
}

// RoundTrip sends r and bounds the answer.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := b.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	answer.Body = &boundedBody{body: answer.Body, left: b.limit}
	return answer, nil
}

// CloseIdleConnections lets [http.Client.CloseIdleConnections] reach the
// transport.
func (b *bounded) CloseIdleConnections() { b.next.CloseIdleConnections() }

type boundedBody struct {
	body io.ReadCloser
	left int64
}

// Read gives at most what is left. It asks for one byte more than that, for
// only so can an answer of exactly the limit be told from a longer one.
func (b *boundedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	if int64(n) > b.left {
		n, err = int(b.left), ErrTooLarge
		b.left = -1
		return n, err
	}
	b.left -= int64(n)
	return n, err
}

// Close lets the connection go; what was not read is not waited for.
func (b *boundedBody) Close() error { return b.body.Close() }
