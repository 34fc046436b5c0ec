// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"io"
	"net/http"
	"time"
)

// readyLimit is how long database and media server may take to answer.
const readyLimit = 2 * time.Second

// alive is GET /livez: the process answers.
func alive(w http.ResponseWriter, _ *http.Request) { reply(w, http.StatusOK, "ok\n") }

// readyz is GET /readyz: database and media server were asked just now. The
// cause of a failure is for the log; anyone may call this.
func (a *App) readyz(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyLimit)
	defer cancel()
	if err := a.Ready(ctx); err != nil {
		a.logger.WarnContext(ctx, "not ready", "error", err)
		reply(w, http.StatusServiceUnavailable, "not ready\n")
		return
	}
	reply(w, http.StatusOK, "ready\n")
}

func reply(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text) // fails only when the client is gone
}
