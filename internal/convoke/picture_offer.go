// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// PictureOffer is a picture that a sign-in brought for its person, and that nobody
// has looked at yet: the file, or where it is.
type PictureOffer struct {
	UserID UserID
	Digest []byte // SHA-256 of the attribute's value, so that one is not taken twice
	URL    string // https; empty: the file came along
	File   []byte // empty: it is at the URL
	At     time.Time
}

// Pending reports whether the picture has still to be taken.
func (o PictureOffer) Pending() bool { return o.URL != "" || len(o.File) > 0 }

// String names the offer for people: a file does not read well.
func (o PictureOffer) String() string {
	if o.URL != "" {
		return o.URL
	}
	return fmt.Sprintf("a file of %d bytes", len(o.File))
}

const (
	maxPictureURL = 2000               // bytes
	offerLife     = 48 * time.Hour     // after that a server that was not there is asked again
	maxPictureB64 = MaxPictureFile * 2 // bytes of Base64, with room for line breaks
)

// mustBePicture says what the attribute of a picture may hold.
func mustBePicture() error {
	return PictureFile("The value is neither an https address nor a picture in Base64.")
}

// parsePicture reads the value of an attribute: an https address, or a file in
// Base64, by itself or as a data URI (RFC 2397).
func parsePicture(value string) (PictureOffer, error) {
	digest := sha256.Sum256([]byte(value))
	offer := PictureOffer{Digest: digest[:]}
	if rest, ok := strings.CutPrefix(value, "data:"); ok {
		kind, data, found := strings.Cut(rest, ",")
		if !found || !strings.HasPrefix(kind, "image/") || !strings.HasSuffix(kind, ";base64") {
			return offer, mustBePicture()
		}
		value = data
	} else if strings.Contains(value, ":") {
		offer.URL = value
		return offer, checkPictureURL(value)
	}
	if len(value) > maxPictureB64 {
		return offer, PictureFile("The file is too big.")
	}
	value = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, value)
	file, err := base64.StdEncoding.DecodeString(value)
	if err != nil || !looksLikePicture(file) {
		return offer, mustBePicture()
	}
	if len(file) > MaxPictureFile {
		return offer, PictureFile("The file is too big.")
	}
	offer.File = file
	return offer, nil
}

func checkPictureURL(value string) error {
	u, err := url.Parse(value)
	odd := strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r >= 0x7f })
	if err != nil || odd || len(value) > maxPictureURL || u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return mustBePicture()
	}
	return nil
}

// looksLikePicture goes by the first bytes, so that a text which happens to be
// Base64 is no file. Whether it is sound shows when it is decoded.
func looksLikePicture(file []byte) bool {
	for _, head := range []string{"\xff\xd8\xff", "\x89PNG\r\n\x1a\n", "GIF8"} {
		if bytes.HasPrefix(file, []byte(head)) {
			return true
		}
	}
	return false
}

// OfferedPicture returns what the sign-in brought for the user, and whether it is
// to be taken; before is what an earlier one brought, if any did. A picture is taken
// for a user who has none and was offered none; where the mapping says
// update_at_each_sign_in, also for one who was offered another. What could not be
// fetched for days is tried again.
func (m Mapped) OfferedPicture(u User, before *PictureOffer, now time.Time) (PictureOffer, bool) {
	if m.picture == nil {
		return PictureOffer{}, false
	}
	offer := *m.picture
	offer.UserID, offer.At = u.ID, now
	switch {
	case before == nil:
		return offer, u.Picture == "" || m.UpdateNames
	case bytes.Equal(before.Digest, offer.Digest):
		return offer, before.Pending() && !now.Before(before.At.Add(offerLife))
	}
	return offer, m.UpdateNames
}

// PictureOfferObject is the payload of EventPictureOffered. It names the user
// alone: an address may let anybody in who knows it.
type PictureOfferObject struct {
	UserID UserID `json:"user_id"`
}

// PictureOffered is the event that a sign-in brought a picture.
func (m Mark) PictureOffered(u User) Event {
	return m.event(EventPictureOffered, u.AccountID, Payload{Object: PictureOfferObject{u.ID}})
}
