// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"

	"github.com/convoke/convoke/internal/convoke"
)

// offerPicture writes down which picture a sign-in brought, with the event on
// which it is taken: nobody waits here for somebody else's server. An unchanged one
// writes nothing.
func (s *Service) offerPicture(ctx context.Context, user convoke.User, mapped convoke.Mapped) error {
	if mapped.Values[convoke.MapPicture] == "" {
		return nil
	}
	last, found, err := s.pictures.LastPictureOffer(ctx, user.ID)
	if err != nil {
		return err
	}
	before := &last
	if !found {
		before = nil
	}
	mark := s.mark(signingIn(user))
	offer, wanted := mapped.OfferedPicture(user, before, mark.At)
	if !wanted {
		return nil
	}
	return s.pictures.OfferPicture(ctx, offer, mark.PictureOffered(user))
}

// PictureFetcher gets pictures from the addresses that identity providers give.
type PictureFetcher interface {
	// Fetch returns the file at the https address, or CodeInvalidPicture when asking
	// again is of no use. Its errors do not quote the address.
	Fetch(ctx context.Context, address string) ([]byte, error)
}

// PictureTaker is a sink of the event log: it gives users the pictures that their
// sign-ins brought.
type PictureTaker struct {
	users   *Service
	fetcher PictureFetcher
	logger  *slog.Logger
}

// PictureTaker returns the sink.
func (s *Service) PictureTaker(fetcher PictureFetcher, logger *slog.Logger) PictureTaker {
	return PictureTaker{s, fetcher, logger}
}

// Name is stored with each delivery.
func (PictureTaker) Name() string { return "pictures" }

// Wants reports whether the event brings a picture.
func (PictureTaker) Wants(e convoke.Event) bool { return e.Name == convoke.EventPictureOffered }

// Deliver takes the picture that the user was offered last, if it is still
// pending. One that is no picture, or is nowhere to be had, is given up; when the
// other server is at fault it is tried again.
func (t PictureTaker) Deliver(ctx context.Context, e convoke.Event) error {
	var payload struct {
		Object convoke.PictureOfferObject `json:"object"`
	}
	if err := json.Unmarshal(e.Payload, &payload); err != nil {
		return fmt.Errorf("provision: event %d: %w", e.ID, err)
	}
	offer, found, err := t.users.pictures.PictureOffer(ctx, payload.Object.UserID)
	if err != nil || !found || !offer.Pending() {
		return err
	}
	err = t.take(ctx, e.AccountID, offer)
	if convoke.HasCode(err, convoke.CodeInvalidPicture) {
		t.logger.WarnContext(ctx, "the picture of a sign-in is left out", slog.Any("account_id", e.AccountID),
			slog.Any("user_id", offer.UserID), slog.String("reason", convoke.AsError(err).Message))
		err = nil
	}
	if err != nil {
		return err
	}
	return t.users.pictures.SettlePictureOffer(ctx, offer)
}

func (t PictureTaker) take(ctx context.Context, account convoke.AccountID, offer convoke.PictureOffer) error {
	file := offer.File
	if offer.URL != "" {
		var err error
		if file, err = t.fetcher.Fetch(ctx, offer.URL); err != nil {
			return err
		}
	}
	picture, err := t.users.decodePicture(ctx, file)
	if err != nil {
		return err
	}
	p := convoke.Principal{Kind: convoke.UserCaller, AccountID: account, UserID: offer.UserID}
	err = t.users.changePicture(ctx, p, string(offer.UserID), &picture)
	if convoke.HasCode(err, convoke.CodeUserNotFound) {
		return nil // gone since
	}
	return err
}
