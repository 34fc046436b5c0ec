// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"reflect"

	"github.com/convoke/convoke/internal/convoke"
)

// sameOffer does not tell no file from an empty one.
func sameOffer(a, b convoke.PictureOffer) bool {
	same := bytes.Equal(a.File, b.File)
	a.File, b.File = nil, nil
	return same && reflect.DeepEqual(a, b)
}

var pictureOfferTests = map[string]func(*world){
	"a picture that was offered is read back, replaced and settled": func(w *world) {
		user := w.bound(newID())
		file := convoke.PictureOffer{UserID: user.ID, Digest: []byte{1, 0}, File: []byte{0xff, 0, 1}, At: now}
		linked := convoke.PictureOffer{UserID: user.ID, Digest: []byte{2}, URL: "https://people.example/ä", File: []byte{}, At: now}
		if _, found, err := w.db.PictureOffer(w.ctx(), user.ID); found || err != nil {
			w.Errorf("before any: %v, %v", found, err)
		}
		for _, offer := range []convoke.PictureOffer{file, linked} {
			w.must(w.db.OfferPicture(w.ctx(), offer, w.mark().PictureOffered(user)))
			got, found, err := w.db.PictureOffer(w.ctx(), user.ID)
			w.must(err)
			last, _, err := w.db.LastPictureOffer(w.ctx(), user.ID)
			w.must(err)
			short := offer
			short.File = offer.File[:min(1, len(offer.File))]
			if !found || !sameOffer(got, offer) || !sameOffer(last, short) {
				w.Errorf("read back %+v, in short %+v", got, last)
			}
		}
		w.must(w.db.SettlePictureOffer(w.ctx(), file)) // replaced meanwhile
		if got, _, err := w.db.PictureOffer(w.ctx(), user.ID); err != nil || !got.Pending() {
			w.Errorf("settling the former one left %+v, %v", got, err)
		}
		w.must(w.db.SettlePictureOffer(w.ctx(), linked))
		if got, found, err := w.db.LastPictureOffer(w.ctx(), user.ID); err != nil || !found || got.Pending() || !bytes.Equal(got.Digest, linked.Digest) {
			w.Errorf("settled, it is %+v, %v, %v", got, found, err)
		}
		if n := count(w.events(w.account.ID, 4), convoke.EventPictureOffered); n != 2 {
			w.Errorf("%d events", n)
		}
	},
}
