// SPDX-License-Identifier: Apache-2.0

package access

import (
	"cmp"
	"context"
	"crypto/rand"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// DeviceStore keeps the devices that wait for a person.
type DeviceStore interface {
	// AddDevice stores a device, and reports false for a user code that another
	// one waits with.
	AddDevice(ctx context.Context, d convoke.DeviceRequest) (added bool, err error)
	// Device returns the device whose code has the hash, or CodeInvalidGrant.
	Device(ctx context.Context, hash []byte) (convoke.DeviceRequest, error)
	// DeviceByCode returns the device that waits with the user code, or CodeUserCode.
	DeviceByCode(ctx context.Context, code convoke.UserCode) (convoke.DeviceRequest, error)
	// SaveQuestion stores when a device asked, and when it may ask again.
	SaveQuestion(ctx context.Context, d convoke.DeviceRequest) error
	// DeclineDevice stores that the person declined.
	DeclineDevice(ctx context.Context, hash []byte) error
	// AllowDevice stores a consent and the grant that comes of it in place of the
	// device, or returns CodeUserCode when that does not wait any more.
	AllowDevice(ctx context.Context, d convoke.DeviceRequest, c convoke.Consent, g convoke.UserGrant, events ...convoke.Event) error
}

// A school behind one address can begin thirty devices at once, and one more
// every other second.
const (
	deviceStarts = 30
	deviceRefill = 2 * time.Second
)

// StartDevice begins the device grant for the app (RFC 8628 section 3.1) and
// returns the device code beside what is to be shown. It returns
// CodeInvalidClient, CodeInvalidScope, and CodeTooMany for an address that begins
// too many.
func (s *Service) StartDevice(ctx context.Context, c Client, scopes string) (code string, d convoke.DeviceRequest, err error) {
	if s.starts.Take(cmp.Or(publicBlock(c.Address), c.Address), s.now()) > 0 {
		return "", d, convoke.Errorf(convoke.KindExhausted, convoke.CodeTooMany, "Too many devices begin at this address. Wait a few seconds.")
	}
	app, err := s.client(ctx, c)
	if err != nil {
		return "", d, err
	}
	if d, err = convoke.NewDeviceRequest(app, scopes, s.mark(app.Principal())); err != nil {
		return "", d, err
	}
	code = newSecret()
	hash := digest(code)
	d.Hash = hash[:]
	for added := false; !added && err == nil; { // two in a row that wait already do not happen
		var random [8]byte
		rand.Read(random[:]) // never fails
		d.UserCode = convoke.NewUserCode(random)
		added, err = s.devices.AddDevice(ctx, d)
	}
	return code, d, err
}

// RedeemDevice gives the app the tokens of a device code once the person has
// allowed it; before, the error is that of convoke.DeviceRequest.Ask. It returns
// CodeInvalidClient and CodeInvalidGrant as RedeemCode does.
func (s *Service) RedeemDevice(ctx context.Context, c Client, code string) (UserTokens, error) {
	app, err := s.client(ctx, c)
	if err != nil {
		return UserTokens{}, err
	}
	hash := digest(code)
	grant, err := s.grants.GrantByCode(ctx, hash[:])
	if err == nil {
		return s.redeem(ctx, c, app, grant, "", "")
	}
	if !convoke.HasCode(err, convoke.CodeInvalidGrant) {
		return UserTokens{}, err
	}
	device, err := s.devices.Device(ctx, hash[:])
	if err != nil {
		return UserTokens{}, err
	}
	asked, stands := device.Ask(app, s.now().UTC().Truncate(time.Millisecond))
	if convoke.HasCode(stands, convoke.CodeAuthPending) || convoke.HasCode(stands, convoke.CodeSlowDown) {
		if err := s.devices.SaveQuestion(ctx, asked); err != nil {
			return UserTokens{}, err
		}
	}
	return UserTokens{}, stands
}

// AskedDevice is what the signed-in person is to be asked about the device that
// shows the code. It returns CodeNotPerson, CodeUserCode, CodeTooMany after too
// many wrong codes, and CodeInvalidClient for an app of another account.
func (s *Service) AskedDevice(ctx context.Context, p convoke.Principal, typed string) (Asked, error) {
	asked, _, err := s.askedDevice(ctx, p, typed)
	return asked, err
}

func (s *Service) askedDevice(ctx context.Context, p convoke.Principal, typed string) (Asked, convoke.DeviceRequest, error) {
	if err := p.RequirePerson(); err != nil {
		return Asked{}, convoke.DeviceRequest{}, err
	}
	device, err := s.typedDevice(ctx, p, typed)
	if err != nil {
		return Asked{}, device, err
	}
	app, err := s.claimedApp(ctx, device.ClientID)
	if err != nil {
		return Asked{}, device, err
	}
	if app.Revoked() {
		return Asked{}, device, convoke.UserCodeUnknown()
	}
	if err := ofOneAccount(app, p); err != nil {
		return Asked{}, device, err
	}
	account, err := s.sessions.Account(ctx, p.AccountID)
	return Asked{App: app, Account: account, Request: convoke.AuthRequest{ClientID: app.ClientID, Scopes: device.Scopes}}, device, err
}

// typedDevice finds the device, and slows down who guesses.
func (s *Service) typedDevice(ctx context.Context, p convoke.Principal, typed string) (convoke.DeviceRequest, error) {
	now := s.now()
	if !s.codes.Allows(string(p.UserID), now) {
		return convoke.DeviceRequest{}, convoke.Errorf(convoke.KindExhausted, convoke.CodeTooMany, "Too many wrong codes. Wait a minute, then try again.")
	}
	code, err := convoke.ParseUserCode(typed)
	if err != nil {
		return convoke.DeviceRequest{}, err
	}
	device, err := s.devices.DeviceByCode(ctx, code)
	if err == nil && (device.Declined || !now.Before(device.ExpiresAt)) {
		err = convoke.UserCodeUnknown()
	}
	if convoke.HasCode(err, convoke.CodeUserCode) {
		s.codes.Fail(string(p.UserID), now)
	}
	return device, err
}

// AllowDevice writes down that the person allows the device what it asks for; its
// next question is answered with tokens. The errors are those of AskedDevice.
func (s *Service) AllowDevice(ctx context.Context, p convoke.Principal, typed string) error {
	asked, device, err := s.askedDevice(ctx, p, typed)
	if err != nil {
		return err
	}
	mark := s.mark(p)
	grant := device.Grant(newID(), p, mark)
	consent, err := s.widened(ctx, grant)
	if err != nil {
		return err
	}
	consent.GivenAt = mark.At
	return s.devices.AllowDevice(ctx, device, consent, grant,
		mark.ConsentEvent(convoke.EventAppAuthorized, asked.App, p.UserID, device.Scopes))
}

// DeclineDevice writes down that the person does not. The errors are those of
// AskedDevice.
func (s *Service) DeclineDevice(ctx context.Context, p convoke.Principal, typed string) error {
	_, device, err := s.askedDevice(ctx, p, typed)
	if err != nil {
		return err
	}
	return s.devices.DeclineDevice(ctx, device.Hash)
}
