// SPDX-License-Identifier: Apache-2.0

package media

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httputil"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// signalPaths are all that a browser needs of LiveKit's HTTP surface, as
// livekit-client 2.23 and livekit-server 1.13 have it: the WebSocket with one
// peer connection and with two, and the call that explains a failure of each.
// The server API, WHIP and agents stay unreachable.
var signalPaths = map[string]bool{
	"/rtc":             true,
	"/rtc/validate":    true,
	"/rtc/v1":          true,
	"/rtc/v1/validate": true,
}

// tokenParam is the query parameter in which livekit-client sends its token.
const tokenParam = "access_token"

// Allow says whether a participant may be in a room now: nil, or the reason to
// give. It is asked for every connection, the first and each reconnection.
type Allow func(ctx context.Context, room string, id convoke.ParticipantID) error

// SignalProxy carries LiveKit's signal connections, which browsers open at our
// own listener, to the LiveKit server. Mount it at /rtc and /rtc/. It verifies
// the token itself and asks allow before it forwards anything, and once more
// when the server has let the participant in, so that a removal which happens
// meanwhile is not lost. A token that LiveKit renewed passes the same checks.
//
// It answers 401 without a valid token, 403 when allow refuses and 503 when the
// server is away, each with a problem document, and 404 for any other path. It
// never logs a query string, because the token is in it.
func (c *Client) SignalProxy(allow Allow, logger *slog.Logger) http.Handler {
	p := &signalProxy{client: c, allow: allow, logger: logger, now: time.Now}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := p.serve(w, r); err != nil {
			p.refuse(w, r, err)
		}
	})
}

type signalProxy struct {
	client *Client
	allow  Allow
	logger *slog.Logger
	now    func() time.Time
}

func (p *signalProxy) serve(w http.ResponseWriter, r *http.Request) error {
	if !signalPaths[r.URL.Path] {
		http.NotFound(w, r)
		return nil
	}
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		http.Error(w, "The signal connection is opened with GET.", http.StatusMethodNotAllowed)
		return nil
	}
	pass, err := p.client.check(bearer(r), p.now())
	if err != nil {
		return err
	}
	// With this parameter LiveKit lets the holder in a second time, under the
	// identity with a suffix that no removal would find.
	if r.URL.Query().Has("publish") {
		return convoke.Errorf(convoke.KindForbidden, convoke.CodeInvalidField, "A second connection that only publishes is not allowed.")
	}
	if err := p.allow(r.Context(), pass.room, pass.id); err != nil {
		return err
	}
	p.forward(pass).ServeHTTP(w, r)
	return nil
}

// forward is the reverse proxy for one request.
func (p *signalProxy) forward(pass pass) *httputil.ReverseProxy {
	return &httputil.ReverseProxy{
		Transport: p.client.wire,
		ErrorLog:  slog.NewLogLogger(p.logger.Handler(), slog.LevelDebug),
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(p.client.base)
			r.SetXForwarded()
			carryToken(r.Out, pass.raw)
		},
		ModifyResponse: func(res *http.Response) error {
			if res.StatusCode != http.StatusSwitchingProtocols {
				return nil
			}
			return p.allow(res.Request.Context(), pass.room, pass.id)
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if _, ok := errors.AsType[*convoke.Error](err); !ok {
				err = unavailable(err)
			}
			p.refuse(w, r, err)
		},
	}
}

// carryToken sends on exactly the token that was checked, in the one place that
// LiveKit reads first, and no body, since LiveKit reads parameters from there too.
// Our own cookies are not LiveKit's business.
func carryToken(out *http.Request, token string) {
	query := out.URL.Query()
	query.Del(tokenParam)
	out.URL.RawQuery = query.Encode()
	out.Header.Set("Authorization", "Bearer "+token)
	out.Header.Del("Cookie")
	out.Header.Del("Content-Type")
	out.Body, out.ContentLength = http.NoBody, 0
}

func (p *signalProxy) refuse(w http.ResponseWriter, r *http.Request, err error) {
	e := convoke.AsError(err)
	code := status(e)
	if code >= http.StatusInternalServerError && r.Context().Err() == nil {
		p.logger.ErrorContext(r.Context(), "a signal connection failed", "path", r.URL.Path, "error", e)
	}
	writeProblem(w, code, e.Code, e.Message)
}

// bearer is the token of a request, from the places where LiveKit looks.
func bearer(r *http.Request) string {
	if h := r.Header.Get("Authorization"); h != "" {
		token, _ := strings.CutPrefix(h, "Bearer ")
		return token
	}
	return r.URL.Query().Get(tokenParam)
}
