// SPDX-License-Identifier: Apache-2.0

package signon_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/signon"
)

func TestAPanicIsAPageAndInTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	desk := signon.NewDesk(signon.Config{PublicURL: "https://meet.example.com", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	answer := httptest.NewRecorder()
	desk.Page(faulty).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/sso/acme", http.NoBody))
	if answer.Code != http.StatusInternalServerError || strings.Contains(answer.Body.String(), "boom") {
		t.Errorf("status %d, %s", answer.Code, answer.Body)
	}
	if !strings.Contains(log.String(), "boom") || !strings.Contains(log.String(), "signon_test.faulty") {
		t.Errorf("the log does not say where: %s", &log)
	}

	defer func() {
		if fault := recover(); fault != http.ErrAbortHandler { //nolint:errorlint // the very value is the signal
			t.Errorf("net/http's way to drop a connection became %v", fault)
		}
	}()
	desk.Page(func(http.ResponseWriter, *http.Request) error { panic(http.ErrAbortHandler) }).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/sso/acme", http.NoBody))
}

func TestAStrangerDoesNotFillTheLog(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	desk := signon.NewDesk(signon.Config{PublicURL: "https://meet.example.com", Logger: slog.New(slog.NewTextHandler(&log, nil))})
	desk.Page(func(http.ResponseWriter, *http.Request) error {
		return &signon.RefusedError{Reason: "wrong_destination", Detail: "a" + strings.Repeat("\u00e4", 1<<20)}
	}).ServeHTTP(httptest.NewRecorder(), named(strings.Repeat("n", 1<<16)))
	if !strings.Contains(log.String(), "wrong_destination") || log.Len() > 1000 {
		t.Errorf("%d bytes are logged", log.Len())
	}
}

// named is a request to the sign-in of an account.
func named(vanity string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, "/sso/"+vanity, http.NoBody)
	r.SetPathValue("vanity", vanity)
	return r
}

func faulty(http.ResponseWriter, *http.Request) error { panic("boom") }
