// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// pictureOfferColumns end with the file, or what stands for it.
const pictureOfferColumns = "user_id, digest, url, offered_at, "

func scanPictureOffer(r *row) convoke.PictureOffer {
	return convoke.PictureOffer{UserID: convoke.UserID(r.text()), Digest: r.blob(), URL: r.text(), At: r.time(), File: r.blob()}
}

// LastPictureOffer returns what a sign-in offered the user last, without the file,
// whose first byte stands for it, and whether any did.
func (db *DB) LastPictureOffer(ctx context.Context, user convoke.UserID) (convoke.PictureOffer, bool, error) {
	return first(ctx, db.engine, scanPictureOffer, "SELECT "+pictureOfferColumns+"substr(file, 1, 1) FROM picture_offers WHERE user_id = $1", string(user))
}

// PictureOffer is LastPictureOffer with the file.
func (db *DB) PictureOffer(ctx context.Context, user convoke.UserID) (convoke.PictureOffer, bool, error) {
	return first(ctx, db.engine, scanPictureOffer, "SELECT "+pictureOfferColumns+"file FROM picture_offers WHERE user_id = $1", string(user))
}

// OfferPicture stores an offer in the place of the one before, and the events.
func (db *DB) OfferPicture(ctx context.Context, o convoke.PictureOffer, events ...convoke.Event) error {
	file := o.File
	if file == nil {
		file = []byte{} // nil would be NULL
	}
	return db.commit(ctx, events, step{
		sql: "INSERT INTO picture_offers (" + pictureOfferColumns + `file) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (user_id) DO UPDATE SET digest = excluded.digest, url = excluded.url, offered_at = excluded.offered_at, file = excluded.file`,
		args: []any{string(o.UserID), o.Digest, o.URL, millis(o.At), file},
	})
}

// SettlePictureOffer keeps nothing of the offer but that there was one. One that
// came since stays.
func (db *DB) SettlePictureOffer(ctx context.Context, o convoke.PictureOffer) error {
	_, err := db.exec(ctx, "UPDATE picture_offers SET url = '', file = $3 WHERE user_id = $1 AND digest = $2", string(o.UserID), o.Digest, []byte{})
	return err
}
