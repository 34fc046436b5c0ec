// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"crypto/subtle"
	"encoding/base64"

	"github.com/convoke/convoke/internal/convoke"
)

// view describes a meeting to its host's app, with a fresh start link.
func (s *Service) view(p convoke.Principal, m convoke.Meeting, host convoke.User) (View, error) {
	token, err := s.signHostToken(p, host, m.ID, hostTokenLife(host))
	if err != nil {
		return View{}, err
	}
	v := s.listed(m, host)
	v.StartURL = s.public.Start(m.ID, token)
	v.Occurrences = m.Occurrences(m.Zone(zones))
	return v, nil
}

// listed is view without what a list does not show.
func (s *Service) listed(m convoke.Meeting, host convoke.User) View {
	return View{Meeting: m, Host: host, JoinURL: s.joinURL(m, host), EncryptedPasscode: s.sealPasscode(m)}
}

// joinURL carries the passcode unless the host's settings say that people are to
// be told it some other way.
func (s *Service) joinURL(m convoke.Meeting, host convoke.User) string {
	if !host.EmbedsPasscode() {
		return s.public.Join(m.ID, "")
	}
	return s.openURL(m)
}

// openURL always carries the passcode. People in the room, who see the passcode
// anyway, hand it on.
func (s *Service) openURL(m convoke.Meeting) string {
	return s.public.Join(m.ID, s.sealPasscode(m))
}

// sealPasscode returns the opaque form of the passcode in a join link. It is
// good for this meeting, as long as the passcode stays what it is.
func (s *Service) sealPasscode(m convoke.Meeting) string {
	if m.Passcode == "" {
		return ""
	}
	mac := sign(s.joinLinkKey, m.ID.String()+"\x00"+m.Passcode)
	return base64.RawURLEncoding.EncodeToString(mac[:24]) + ".1"
}

// checkPasscode takes the opaque form and the passcode itself, both compared in
// constant time. It returns CodeWrongPasscode for anything else, and CodeTooMany
// for a passcode after too many wrong ones. The opaque form cannot be guessed,
// so a link works however many people guess.
func (s *Service) checkPasscode(m convoke.Meeting, given string) error {
	if m.Passcode == "" || subtle.ConstantTimeCompare([]byte(given), []byte(s.sealPasscode(m))) == 1 {
		return nil
	}
	if given == "" {
		return convoke.Errorf(convoke.KindForbidden, convoke.CodeWrongPasscode,
			"This meeting has a passcode. Enter it, or open the whole link of the invitation.")
	}
	if len(given) > convoke.MaxPasscode {
		return wrongPasscode() // an old link: not a guess
	}
	key := "passcode " + m.ID.String()
	if s.guesses != nil && !s.guesses.Allows(key, s.now()) {
		return convoke.Errorf(convoke.KindExhausted, convoke.CodeTooMany,
			"There were too many wrong passcodes for this meeting. Use the link of the invitation, or try again in a minute.")
	}
	// Hashed first, since the comparison would tell the length of the passcode.
	if subtle.ConstantTimeCompare(sign(s.joinLinkKey, given), sign(s.joinLinkKey, m.Passcode)) == 1 {
		return nil
	}
	if s.guesses != nil {
		s.guesses.Fail(key, s.now())
	}
	return wrongPasscode()
}

func wrongPasscode() error {
	return convoke.Errorf(convoke.KindForbidden, convoke.CodeWrongPasscode,
		"The passcode is not right. Check it and try again, or ask the host for a new link.")
}
