// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

// Pictures is what the door asks of package provision about pictures.
type Pictures interface {
	// SetPicture makes a picture of the file and gives it to the user.
	SetPicture(ctx context.Context, p convoke.Principal, ref string, file []byte) error
	// DeletePicture takes a user's picture away, if there is one.
	DeletePicture(ctx context.Context, p convoke.Principal, ref string) error
}

// setPicture: POST /v2/users/{userId}/picture.
func (a *api) setPicture(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	file, err := pictureFile(w, r)
	if err != nil {
		return err
	}
	if err := a.Pictures.SetPicture(r.Context(), p, r.PathValue("userId"), file); err != nil {
		return err
	}
	return reply(w, http.StatusCreated, struct{}{})
}

// deletePicture: DELETE /v2/users/{userId}/picture.
func (a *api) deletePicture(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	if err := a.Pictures.DeletePicture(r.Context(), p, r.PathValue("userId")); err != nil {
		return err
	}
	return done(w)
}

// pictureFile reads the part pic_file of the form. What the part says of its
// type and name is not looked at: the bytes tell what they are.
func pictureFile(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	r.Body = http.MaxBytesReader(w, r.Body, convoke.MaxPictureFile+maxBody)
	form, err := r.MultipartReader()
	if err != nil {
		return nil, convoke.PictureFile("The body must be multipart/form-data with the part pic_file.")
	}
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, convoke.PictureFile("The body has no part pic_file.")
		}
		if err != nil {
			return nil, brokenForm(err)
		}
		if part.FormName() == "pic_file" {
			return readPicture(part)
		}
	}
}

// readPicture reads a byte beyond the limit, so that the domain sees that there is more.
func readPicture(part *multipart.Part) ([]byte, error) {
	file, err := io.ReadAll(io.LimitReader(part, convoke.MaxPictureFile+1))
	if err != nil {
		return nil, brokenForm(err)
	}
	return file, nil
}

func brokenForm(err error) error {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return convoke.PictureFile("The file is too big.")
	}
	return convoke.PictureFile("The body is not well-formed multipart/form-data.")
}
