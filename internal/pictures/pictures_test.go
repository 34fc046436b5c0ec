// SPDX-License-Identifier: Apache-2.0

package pictures_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/outbound"
	"github.com/convoke/convoke/internal/pictures"
)

func TestFetching(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("x"), convoke.MaxPictureFile+1)
	mux := http.NewServeMux()
	mux.HandleFunc("/fits", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(large[1:]) })
	mux.HandleFunc("/large", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(large) })
	mux.HandleFunc("/gone", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusGone) })
	mux.HandleFunc("/busy", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	mux.HandleFunc("/down", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "9")
		_, _ = w.Write(large[:3])
	})
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	client := server.Client()
	client.Timeout = 200 * time.Millisecond
	for path, want := range map[string]struct {
		size  int
		again bool
	}{
		"/fits": {size: convoke.MaxPictureFile}, "/large": {}, "/gone": {}, "/busy": {again: true}, "/down": {again: true}, "/cut": {again: true},
		"/slow": {again: true},
	} {
		file, err := pictures.Fetcher{Client: client}.Fetch(t.Context(), server.URL+path+"?key=secret")
		if len(file) != want.size || (want.size > 0) != (err == nil) || err != nil && convoke.HasCode(err, convoke.CodeInvalidPicture) == want.again {
			t.Errorf("%s: %d bytes, %v", path, len(file), err)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error quotes the address: %v", path, err)
		}
	}
	_, err := pictures.Fetcher{Client: outbound.New(outbound.Config{})}.Fetch(t.Context(), server.URL+"/fits")
	if !convoke.HasCode(err, convoke.CodeInvalidPicture) || !strings.Contains(err.Error(), "public Internet") {
		t.Errorf("this machine is reached: %v", err)
	}
}
