// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"reflect"

	"github.com/convoke/convoke/internal/convoke"
)

func (w *world) setPicture(id convoke.UserID, p *convoke.Picture) {
	w.Helper()
	w.must(w.byUser(w.account, id, func(u convoke.User) (convoke.Change, error) {
		return convoke.SetPicture(u, p, w.mark()), nil
	}))
}

func (w *world) noPicture(name string) {
	w.Helper()
	_, err := w.db.Picture(w.ctx(), name)
	w.wantCode(err, convoke.CodePictureNotFound)
}

var pictureTests = map[string]func(*world){
	"stored, replaced, deleted": func(w *world) {
		user := w.bound("42")
		first, second := convoke.Picture{Name: newID(), MediaType: "image/png", Bytes: []byte{0, 1, 255}}, convoke.Picture{Name: newID(), MediaType: "image/jpeg", Bytes: []byte{2}}
		for _, p := range []convoke.Picture{first, second} {
			w.setPicture(user.ID, &p)
			got, err := w.db.Picture(w.ctx(), p.Name)
			w.must(err)
			if !reflect.DeepEqual(got, p) || w.user(user.ID).Picture != p.Name {
				w.Errorf("read back %+v of user %+v, want %+v", got, w.user(user.ID), p)
			}
		}
		w.noPicture(first.Name)
		w.setPicture(user.ID, nil)
		w.noPicture(second.Name)
		if got := w.user(user.ID); got.Picture != "" {
			w.Errorf("the user still has %q", got.Picture)
		}
	},
	"deleted with the user": func(w *world) {
		user := w.bound("42")
		p := convoke.Picture{Name: newID(), MediaType: "image/png", Bytes: []byte{1}}
		w.setPicture(user.ID, &p)
		w.remove(user.ID)
		w.noPicture(p.Name)
	},
	"kept while the user is changed": func(w *world) {
		user, name := w.bound("42"), "Ada"
		p := convoke.Picture{Name: newID(), MediaType: "image/png", Bytes: []byte{1}}
		w.setPicture(user.ID, &p)
		w.must(w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
			return convoke.Update(u, convoke.UserPatch{FirstName: &name}, convoke.Found{}, w.mark())
		}))
		_, err := w.db.Picture(w.ctx(), p.Name)
		w.must(err)
	},
}
