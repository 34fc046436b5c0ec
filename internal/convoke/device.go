// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"strings"
	"time"
)

// The device grant (RFC 8628): an app on a device without a browser shows the
// person a short code, which they type on the page of another device.
const (
	DeviceLife     = 15 * time.Minute
	DeviceInterval = 5 * time.Second // between two questions of the device, and what each one too soon adds
)

// deviceLetters are what a user code is made of: no vowels, so that no words
// come about, and nothing that looks like a digit (RFC 8628 section 6.1).
const deviceLetters = "BCDFGHJKLMNPQRSTVWXZ"

// deviceCodeLength is how many letters a user code has: 20^8 codes, of which a
// person may try ten and one more a minute.
const deviceCodeLength = 8

// UserCode is what the person types, without its dash.
type UserCode string

// NewUserCode makes a code of random bytes; the bias of the remainder (256 is no
// multiple of 20) costs it half a bit.
func NewUserCode(random [deviceCodeLength]byte) UserCode {
	var code strings.Builder
	for _, b := range random {
		code.WriteByte(deviceLetters[int(b)%len(deviceLetters)])
	}
	return UserCode(code.String())
}

// ParseUserCode reads a code as a person types it: in any case, with or without
// dash and spaces. CodeUserCode: it is none.
func ParseUserCode(typed string) (UserCode, error) {
	code := strings.ToUpper(strings.NewReplacer("-", "", " ", "").Replace(typed))
	if len(code) != deviceCodeLength || strings.Trim(code, deviceLetters) != "" {
		return "", UserCodeUnknown()
	}
	return UserCode(code), nil
}

// String is how the code is shown.
func (c UserCode) String() string {
	if len(c) != deviceCodeLength {
		return string(c)
	}
	return string(c[:4] + "-" + c[4:])
}

// UserCodeUnknown is the answer to a code that no device waits with.
func UserCodeUnknown() error {
	return NotFound(CodeUserCode, "No device waits with this code. Look at the device again; a code works for %d minutes.", int(DeviceLife.Minutes()))
}

// DeviceRequest is an app on a device that waits for a person.
type DeviceRequest struct {
	Hash      []byte // SHA-256 of the device code
	UserCode  UserCode
	ClientID  ClientID
	Scopes    Scopes
	ExpiresAt time.Time
	Interval  time.Duration // until the device may ask again
	AskedAt   time.Time     // when it did last; zero: never
	Declined  bool
}

// NewDeviceRequest is the app's wish for the scopes, or CodeInvalidScope. It has no codes yet.
func NewDeviceRequest(app App, scopes string, m Mark) (DeviceRequest, error) {
	asked, err := requestedScopes(app, scopes)
	return DeviceRequest{ClientID: app.ClientID, Scopes: asked, ExpiresAt: m.At.Add(DeviceLife), Interval: DeviceInterval}, err
}

// Ask is a question of the app whether the person has answered, who has not
// allowed it so far. The error says how it stands: CodeAuthPending, CodeSlowDown
// for a question too soon, CodeAuthDeclined, CodeDeviceExpired, and
// CodeInvalidGrant for another app's code. The request is as it is to be kept.
func (d DeviceRequest) Ask(app App, now time.Time) (DeviceRequest, error) {
	switch {
	case d.ClientID != app.ClientID:
		return d, InvalidGrant()
	case !now.Before(d.ExpiresAt):
		return d, Errorf(KindInvalid, CodeDeviceExpired, "The device code has expired. Begin again.")
	case d.Declined:
		return d, Errorf(KindInvalid, CodeAuthDeclined, "The person declined.")
	}
	soon := !d.AskedAt.IsZero() && now.Before(d.AskedAt.Add(d.Interval))
	d.AskedAt = now
	if soon {
		d.Interval += DeviceInterval
		return d, Errorf(KindInvalid, CodeSlowDown, "Ask every %d seconds at most.", int(d.Interval.Seconds()))
	}
	return d, Errorf(KindInvalid, CodeAuthPending, "The person has not answered yet.")
}

// Grant is what comes of the request when the person allows it. The device code
// takes the place of an authorization code.
func (d DeviceRequest) Grant(id string, p Principal, m Mark) UserGrant {
	return UserGrant{
		ID: id, ClientID: d.ClientID, AccountID: p.AccountID, UserID: p.UserID, Scopes: d.Scopes,
		AuthTime: p.SignedInAt, CodeHash: d.Hash, CreatedAt: m.At, ExpiresAt: d.ExpiresAt,
	}
}
