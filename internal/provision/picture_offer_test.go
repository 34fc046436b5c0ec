// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store/storetest"
)

// photos is the server that pictures are fetched from.
type photos struct {
	file  []byte
	err   error
	asked []string
}

func (p *photos) Fetch(_ context.Context, address string) ([]byte, error) {
	p.asked = append(p.asked, address)
	return p.file, p.err
}

// photoWorld maps the attribute photo; ada signs in with its value.
func photoWorld(t *testing.T, each bool) (*world, func(photo string) convoke.User) {
	t.Helper()
	w := ssoWorld(t, storetest.SQLite(t), atSignIn)
	mapping := convoke.DefaultMapping()
	mapping.UpdateNames = each
	mapping.Rows = append(mapping.Rows, convoke.MappingRow{Attribute: "photo", Field: convoke.MapPicture})
	_, err := w.SetMapping(t.Context(), w.app, mapping)
	check(t, err)
	return w, func(photo string) convoke.User {
		t.Helper()
		a := w.vouched("ada", "ada@managed.example")
		a.Attributes["photo"] = []string{photo}
		user, err := w.SignIn(t.Context(), a)
		check(t, err)
		return user
	}
}

// deliver hands all that was offered so far to the sink, as it would come after a
// crash too: from the beginning.
func (w *world) deliver(t *testing.T, p *photos) (taken int, err error) {
	t.Helper()
	events, err := w.db.Events(t.Context(), w.id, 0, 1000)
	check(t, err)
	sink := w.PictureTaker(p, slog.New(slog.DiscardHandler))
	for _, e := range events {
		if sink.Wants(e) {
			taken++
			err = errors.Join(err, sink.Deliver(t.Context(), e))
		}
	}
	return taken, err
}

func TestAPictureOfASignInIsTakenLater(t *testing.T) {
	t.Parallel()
	w, signIn := photoWorld(t, true)
	server := &photos{err: errors.New("no answer")}
	user := signIn("https://people.example/1")
	if _, err := w.deliver(t, server); err == nil || w.user(t, user.ID).Picture != "" {
		t.Errorf("a dead server is no reason to try again: %v", err)
	}
	server.file, server.err = pngFile(4, 4), nil
	for range 2 {
		n, err := w.deliver(t, server)
		if err != nil || n != 1 || len(server.asked) != 2 || server.asked[1] != "https://people.example/1" {
			t.Errorf("%d events, asked %q, %v", n, server.asked, err)
		}
	}
	first := w.user(t, user.ID).Picture
	_, err := w.Picture(t.Context(), first)
	check(t, err)
	updates := w.events(t, convoke.EventUserUpdated)
	if len(updates) != 1 || !strings.Contains(string(updates[0].Payload), first) {
		t.Errorf("the events are %+v", updates)
	}

	signIn("https://people.example/1")
	if n, err := w.deliver(t, server); err != nil || n != 1 {
		t.Errorf("the same address was offered %d times, %v", n, err)
	}
	signIn("data:image/png;base64," + base64.StdEncoding.EncodeToString(pngFile(8, 8)))
	if n, err := w.deliver(t, server); err != nil || n != 2 || len(server.asked) != 2 {
		t.Errorf("a file: %d events, asked %q, %v", n, server.asked, err)
	}
	if second := w.user(t, user.ID).Picture; second == first || second == "" {
		t.Errorf("another picture is %q, and was %q", second, first)
	}
}

func TestABadPictureStopsNobody(t *testing.T) {
	t.Parallel()
	for name, photo := range map[string]string{
		"a damaged file": "data:image/gif;base64,R0lGODlhAAAA", "an address that is refused": "https://people.example/", "no picture": "none",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, signIn := photoWorld(t, false)
			user := signIn(photo)
			if _, err := w.deliver(t, &photos{err: convoke.PictureFile("It is not there.")}); err != nil {
				t.Errorf("it would be tried again: %v", err)
			}
			if user.Status != convoke.StatusActive || w.user(t, user.ID).Picture != "" {
				t.Errorf("the user is %+v", w.user(t, user.ID))
			}
		})
	}
}

func TestAPictureOfTheirOwnStays(t *testing.T) {
	t.Parallel()
	w, signIn := photoWorld(t, false)
	user := signIn("none")
	check(t, w.SetPicture(t.Context(), w.app, string(user.ID), pngFile(2, 2)))
	own := w.user(t, user.ID).Picture
	signIn("https://people.example/1")
	if n, err := w.deliver(t, &photos{file: pngFile(4, 4)}); n != 0 || err != nil || w.user(t, user.ID).Picture != own {
		t.Errorf("%d were offered, %v", n, err)
	}
}

// Who is removed before the picture came gets none, and nothing is tried again.
func TestAPictureForNobody(t *testing.T) {
	t.Parallel()
	w, signIn := photoWorld(t, false)
	user := signIn("https://people.example/1")
	check(t, w.Remove(t.Context(), w.app, string(user.ID), convoke.Delete))
	server := &photos{file: pngFile(4, 4)}
	if n, err := w.deliver(t, server); n != 1 || err != nil || len(server.asked) != 0 {
		t.Errorf("%d events, asked %q, %v", n, server.asked, err)
	}
}
