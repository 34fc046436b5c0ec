// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Picture returns the picture with the name, or CodePictureNotFound.
func (db *DB) Picture(ctx context.Context, name string) (convoke.Picture, error) {
	return must(ctx, db.engine, convoke.PictureNotFound(), func(r *row) convoke.Picture {
		return convoke.Picture{Name: r.text(), MediaType: r.text(), Bytes: r.blob()}
	}, "SELECT name, media_type, bytes FROM user_pictures WHERE name = $1", name)
}

// pictureSteps put the picture in the place of the one that the user has.
func pictureSteps(id convoke.UserID, p *convoke.Picture) []step {
	steps := []step{{sql: "DELETE FROM user_pictures WHERE user_id = $1", args: []any{string(id)}}}
	if p == nil {
		return steps
	}
	return append(steps, step{
		sql:  "INSERT INTO user_pictures (user_id, name, media_type, bytes) VALUES ($1, $2, $3, $4)",
		args: []any{string(id), p.Name, p.MediaType, p.Bytes},
	})
}
