// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"context"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// Pictures is the users' pictures, for who knows their names.
type Pictures interface {
	// Picture returns the picture with the name, or CodePictureNotFound.
	Picture(ctx context.Context, name string) (convoke.Picture, error)
}

// picture is GET /pictures/{name}. A name stands for the same bytes for ever, so
// a browser may keep them; other sites may show them, and they are no page.
func (d *door) picture(w http.ResponseWriter, r *http.Request) error {
	picture, err := d.Pictures.Picture(r.Context(), r.PathValue("name"))
	if err != nil {
		return err
	}
	header := w.Header()
	header.Set("Content-Type", picture.MediaType)
	header.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	header.Set("Cross-Origin-Resource-Policy", "cross-origin")
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	_, _ = w.Write(picture.Bytes) // fails only when the client is gone
	return nil
}
