// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// pngFile is an empty picture of the size.
func pngFile(width, height int) []byte {
	var buffer bytes.Buffer
	if err := png.Encode(&buffer, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		panic(err)
	}
	return buffer.Bytes()
}

func TestAPictureComesAndGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	user := w.made(t, bound("42", "ada@example.com"))
	owned := w.app
	owned.UserID = user.ID
	check(t, w.SetPicture(t.Context(), owned, "me", pngFile(600, 400)))
	first := w.user(t, user.ID).Picture
	got, err := w.Picture(t.Context(), first)
	check(t, err)
	if len(first) < 22 || got.MediaType != "image/jpeg" || len(got.Bytes) == 0 {
		t.Fatalf("the picture %q is %+v", first, got)
	}
	check(t, w.SetPicture(t.Context(), w.app, "ada@example.com", pngFile(600, 400)))
	_, err = w.Picture(t.Context(), first)
	wantCode(t, err, convoke.CodePictureNotFound)
	second := w.user(t, user.ID).Picture
	before := w.picture(t)
	wantCode(t, w.SetPicture(t.Context(), w.app, string(user.ID), []byte("no picture")), convoke.CodeInvalidPicture)
	wantCode(t, w.SetPicture(t.Context(), w.app, "nobody", pngFile(1, 1)), convoke.CodeUserNotFound)
	wantCode(t, w.DeletePicture(t.Context(), w.app, "nobody"), convoke.CodeUserNotFound)
	w.unchanged(t, before)
	check(t, w.DeletePicture(t.Context(), w.app, string(user.ID)))
	for _, name := range []string{second, "", "nobody", "\xff", "a\x00"} {
		_, err := w.Picture(t.Context(), name)
		wantCode(t, err, convoke.CodePictureNotFound)
	}
	events := w.events(t, convoke.EventUserUpdated)
	if len(events) != 3 || !strings.Contains(string(events[0].Payload), `"pic_url":"/pictures/`+first+`"`) ||
		!strings.Contains(string(events[2].Payload), `"pic_url":""`) {
		t.Errorf("the events are %+v", events)
	}
	check(t, w.DeletePicture(t.Context(), w.app, string(user.ID))) // there is none
	if again := w.events(t, convoke.EventUserUpdated); len(again) != 3 {
		t.Errorf("%d events after nothing was deleted", len(again))
	}
}
