// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestAPictureIsServedToWhoKnowsItsName(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var file bytes.Buffer
	check(t, png.Encode(&file, image.NewGray(image.Rect(0, 0, 40, 40))))
	check(t, w.provision.SetPicture(context.Background(), w.app, string(w.host.ID), file.Bytes()))
	user, err := w.provision.User(context.Background(), w.app, string(w.host.ID))
	check(t, err)
	address := path(t, convoke.PublicURL(public).Picture(user.Picture))
	answer := w.get(t, address)
	wantStatus(t, answer, 200)
	if _, format, err := image.Decode(bytes.NewReader(answer.Body.Bytes())); err != nil || format != "jpeg" {
		t.Errorf("served %q: %v", format, err)
	}
	for name, want := range map[string]string{
		"Content-Type": "image/jpeg", "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
		"Cache-Control":           "public, max-age=31536000, immutable", "Cross-Origin-Resource-Policy": "cross-origin",
	} {
		if got := answer.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	check(t, w.provision.DeletePicture(context.Background(), w.app, string(w.host.ID)))
	for _, gone := range []string{address, "/pictures/nobody", "/pictures/%FF", "/pictures/a%00"} {
		answer := w.get(t, gone)
		wantErrorPage(t, answer, 404, convoke.CodePictureNotFound)
		if kept := answer.Header().Get("Cache-Control"); strings.Contains(kept, "immutable") {
			t.Errorf("%s may be kept: %q", gone, kept)
		}
	}
}
