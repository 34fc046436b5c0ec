// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// Pictures keeps the pictures of users.
type Pictures interface {
	// Picture returns the picture with the name, or CodePictureNotFound.
	Picture(ctx context.Context, name string) (convoke.Picture, error)
	// LastPictureOffer returns what a sign-in offered the user last, without the file,
	// whose first byte stands for it, and whether any did.
	LastPictureOffer(ctx context.Context, user convoke.UserID) (convoke.PictureOffer, bool, error)
	// PictureOffer is LastPictureOffer with the file.
	PictureOffer(ctx context.Context, user convoke.UserID) (convoke.PictureOffer, bool, error)
	// OfferPicture stores an offer in the place of the one before, and the event.
	OfferPicture(ctx context.Context, offer convoke.PictureOffer, events ...convoke.Event) error
	// SettlePictureOffer keeps nothing of the offer but that there was one.
	SettlePictureOffer(ctx context.Context, offer convoke.PictureOffer) error
}

// picturesAtOnce is how many files are decoded at the same time: each may need
// some 200 MB for a moment.
const picturesAtOnce = 2

// SetPicture makes a picture of the file and gives it to the user that ref
// names. It needs RightSetPicture. CodeInvalidPicture: convoke.NewPicture.
func (s *Service) SetPicture(ctx context.Context, p convoke.Principal, ref string, file []byte) error {
	if err := p.Require(convoke.RightSetPicture); err != nil {
		return err
	}
	user, err := s.find(ctx, p, ref) // nothing is decoded for a user who is not there
	if err != nil {
		return err
	}
	picture, err := s.decodePicture(ctx, file)
	if err != nil {
		return err
	}
	return s.changePicture(ctx, p, string(user.ID), &picture)
}

// DeletePicture takes a user's picture away, if there is one. It needs RightSetPicture.
func (s *Service) DeletePicture(ctx context.Context, p convoke.Principal, ref string) error {
	if err := p.Require(convoke.RightSetPicture); err != nil {
		return err
	}
	return s.changePicture(ctx, p, ref, nil)
}

func (s *Service) changePicture(ctx context.Context, p convoke.Principal, ref string, picture *convoke.Picture) error {
	_, err := s.changeUser(ctx, convoke.LookupRef(p, ref), ref, func(u convoke.User, _ convoke.Found) (convoke.Change, error) {
		return convoke.SetPicture(u, picture, s.mark(p)), nil
	})
	return err
}

func (s *Service) decodePicture(ctx context.Context, file []byte) (convoke.Picture, error) {
	select {
	case s.decoding <- struct{}{}:
		defer func() { <-s.decoding }()
	case <-ctx.Done():
		return convoke.Picture{}, ctx.Err()
	}
	return convoke.NewPicture(newID(), file)
}

// Picture returns the picture with the name. Who knows the name may see it: a
// host app shows it on its own pages, to people who are not signed in here. A
// name that no picture has is CodePictureNotFound.
func (s *Service) Picture(ctx context.Context, name string) (convoke.Picture, error) {
	if !convoke.Nameable(name) {
		return convoke.Picture{}, convoke.PictureNotFound()
	}
	return s.pictures.Picture(ctx, name)
}
