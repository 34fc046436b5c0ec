// SPDX-License-Identifier: Apache-2.0

package client

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxAnswer bounds how much of an answer is read. The largest honest one is
// that to a batch of 1,000.
const maxAnswer = 8 << 20

// call is one request to be made, perhaps several times.
type call struct {
	method      string
	path        string // percent-encoded
	query       url.Values
	body        []byte
	contentType string
	repeatable  bool // sending it twice does what sending it once does
	out         any  // where to decode the answer to; nil: the answer has no body of interest
}

// get, put, patch, del and post describe calls with a JSON body. POST alone is not
// repeatable by itself.
func get(path string, query url.Values, out any) call {
	return call{method: http.MethodGet, path: path, query: query, out: out, repeatable: true}
}

func put(path string, in, out any) call {
	return call{method: http.MethodPut, path: path, out: out, repeatable: true}.withJSON(in)
}

func patch(path string, in any) call {
	return call{method: http.MethodPatch, path: path, repeatable: true}.withJSON(in)
}

func del(path string, query url.Values) call {
	return call{method: http.MethodDelete, path: path, query: query, repeatable: true}
}

func post(path string, in, out any) call {
	return call{method: http.MethodPost, path: path, out: out}.withJSON(in)
}

// withJSON encodes in. The values are this package's own, which always encode.
func (k call) withJSON(in any) call {
	body, err := json.Marshal(in)
	if err != nil {
		panic("client: request body does not encode: " + err.Error())
	}
	k.body, k.contentType = body, "application/json"
	return k
}

// do makes a call with the app's token and returns the status. A token that is
// refused is replaced once; the refused request has done nothing, so this holds
// for every method.
func (c *Client) do(ctx context.Context, k call) (int, error) {
	token, err := c.tokens.get(ctx, "")
	if err != nil {
		return 0, err
	}
	status, err := c.send(ctx, k, bearer(token))
	if status != http.StatusUnauthorized {
		return status, err
	}
	if token, err = c.tokens.get(ctx, token); err != nil {
		return 0, err
	}
	return c.send(ctx, k, bearer(token))
}

func bearer(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

// send makes a call, and makes it again when it may and that can help.
func (c *Client) send(ctx context.Context, k call, authorise func(*http.Request)) (int, error) {
	for attempt := 1; ; attempt++ {
		status, err := c.attempt(ctx, k, authorise)
		if err == nil || !k.repeatable || !c.mayRepeat(ctx, attempt, err) {
			return status, err
		}
	}
}

// attempt sends the request once. Its errors are of type *Error.
func (c *Client) attempt(ctx context.Context, k call, authorise func(*http.Request)) (int, error) {
	request, err := c.request(ctx, k)
	if err != nil {
		return 0, unreachable(err)
	}
	authorise(request)
	response, err := c.http.Do(request)
	if err != nil {
		return 0, unreachable(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return 0, unreachable(err)
	}
	if len(body) > maxAnswer {
		return response.StatusCode, badAnswer(response, fmt.Errorf("longer than %d bytes", maxAnswer))
	}
	if response.StatusCode/100 != 2 {
		return response.StatusCode, errorFrom(response, body, c.now())
	}
	if k.out == nil {
		return response.StatusCode, nil
	}
	if err := json.Unmarshal(body, k.out); err != nil {
		return response.StatusCode, badAnswer(response, err)
	}
	return response.StatusCode, nil
}

func (c *Client) request(ctx context.Context, k call) (*http.Request, error) {
	target := c.base + k.path
	if len(k.query) > 0 {
		target += "?" + k.query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, k.method, target, bytes.NewReader(k.body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("User-Agent", c.userAgent)
	if k.contentType != "" {
		request.Header.Set("Content-Type", k.contentType)
	}
	return request, nil
}

// segment percent-encodes a key so that it is one segment of a path, whatever
// it holds. The dots of "." and ".." are encoded too: on the way they would
// otherwise be taken for steps in the path.
func segment(key string) string {
	if key == "." || key == ".." {
		return strings.ReplaceAll(key, ".", "%2E")
	}
	return url.PathEscape(key)
}
