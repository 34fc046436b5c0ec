// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/rand"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// Timeout is how long a receiver may take, from the look-up of its name to the
// head of its answer. The client that is handed in should have it too.
const Timeout = 3 * time.Second

const (
	maxAnswer = 4 << 10 // bytes of an answer that are read
	maxShown  = 256     // bytes of it that are kept
)

// headerEvent names the event, for receivers that want to see each once.
const headerEvent = "X-Convoke-Event-Id"

// Client sends events and challenges to receivers.
type Client struct{ http *http.Client }

// NewClient makes a Client that sends by the HTTP client, which must not follow
// redirects and must refuse the addresses that are out of bounds.
func NewClient(client *http.Client) *Client { return &Client{client} }

// body is what is sent of an event. Payloads hold nothing that JSON.parse and
// JSON.stringify would change: see zoom.Marshal.
func body(e convoke.Event) ([]byte, error) {
	return zoom.Marshal(zoom.Envelope{Event: zoom.Event(e.Name), EventTS: e.At.UnixMilli(), Payload: e.Payload})
}

// send makes one attempt to deliver the event.
func (c *Client) send(ctx context.Context, url, secret string, e convoke.Event) convoke.Attempt {
	start := time.Now()
	attempt := convoke.Attempt{EventID: e.ID, Event: e.Name, At: start.UTC().Truncate(time.Millisecond)}
	raw, err := body(e)
	if err == nil {
		header := http.Header{headerEvent: {strconv.FormatInt(e.ID, 10)}}
		var answer []byte
		attempt.Status, answer, err = c.post(ctx, url, secret, raw, header)
		attempt.Answer = printable(answer)
	}
	attempt.Duration = time.Since(start)
	switch {
	case err != nil:
		attempt.Error = explain(err)
	case attempt.Status != http.StatusOK && attempt.Status != http.StatusNoContent:
		attempt.Error = explainStatus(attempt.Status)
	}
	return attempt
}

// post sends a signed body and returns the status and the beginning of the
// answer. An answer that breaks off after its head counts all the same.
func (c *Client) post(ctx context.Context, url, secret string, raw []byte, header http.Header) (int, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return 0, nil, err
	}
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	request.Header = header
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("User-Agent", "Convoke")
	request.Header.Set(zoom.HeaderTimestamp, timestamp)
	request.Header.Set(zoom.HeaderSignature, zoom.Sign(secret, timestamp, raw))
	answer, err := c.http.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer answer.Body.Close()
	beginning, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // what broke off is as good as what was sent
	return answer.StatusCode, beginning, nil
}

// printable is the beginning of an answer as it can be stored and shown.
func printable(answer []byte) string {
	text := strings.ToValidUTF8(string(answer[:min(len(answer), maxShown)]), "�")
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}

// Challenge asks the receiver to answer a random token with its HMAC under the
// app's secret, and returns why it did not, in one sentence, or "".
func (c *Client) Challenge(ctx context.Context, url, secret string) string {
	plain := rand.Text()
	payload, err := zoom.Marshal(zoom.URLValidation{PlainToken: plain})
	if err != nil {
		return explain(err)
	}
	raw, err := zoom.Marshal(zoom.Envelope{Event: zoom.EventURLValidation, EventTS: time.Now().UnixMilli(), Payload: payload})
	if err != nil {
		return explain(err)
	}
	status, answer, err := c.post(ctx, url, secret, raw, http.Header{})
	switch {
	case err != nil:
		return explain(err)
	case status != http.StatusOK:
		return explainStatus(status)
	}
	var got zoom.URLValidation
	want := zoom.AnswerURLValidation(secret, plain)
	switch {
	case json.Unmarshal(answer, &got) != nil:
		return "The receiver's answer to the challenge was not JSON with plainToken and encryptedToken."
	case got.PlainToken != plain:
		return "The receiver's answer to the challenge does not repeat its plainToken."
	case !hmac.Equal([]byte(got.EncryptedToken), []byte(want.EncryptedToken)):
		return "The encryptedToken of the receiver's answer is not the hex HMAC-SHA256 of plainToken under the app's webhook secret."
	}
	return ""
}
