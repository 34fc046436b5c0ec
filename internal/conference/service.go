// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// Store keeps meetings, the people in them and tickets.
type Store interface {
	// FindMeeting reads a meeting, its host and the named participant; what is
	// not there is nil, and no error. Without a meeting, Host is the user whose
	// personal meeting id the lookup's ID is.
	FindMeeting(ctx context.Context, l convoke.MeetingLookup) (convoke.MeetingFound, error)
	// ChangeMeeting reads as FindMeeting does and writes what decide returns, in
	// one transaction. After a conflict decide runs again. An error of decide
	// writes nothing and comes out as it is; an empty change writes nothing.
	ChangeMeeting(ctx context.Context, l convoke.MeetingLookup, decide func(convoke.MeetingFound) (convoke.MeetingChange, error)) error
	// Meetings returns at most limit meetings with numbers over after, in order.
	Meetings(ctx context.Context, f convoke.MeetingFilter, after convoke.MeetingID, limit int) ([]convoke.Meeting, error)
	// CountMeetings counts what Meetings would return without a limit.
	CountMeetings(ctx context.Context, f convoke.MeetingFilter) (int, error)
	// Participant returns CodePersonNotInRoom for an unknown id.
	Participant(ctx context.Context, id convoke.ParticipantID) (convoke.Participant, error)
	// Participants returns whom the filter chooses, in the order of their coming.
	Participants(ctx context.Context, f convoke.ParticipantFilter) ([]convoke.Participant, error)
	// RoomMeeting says whose room it is, or CodeMeetingNotFound.
	RoomMeeting(ctx context.Context, room string) (convoke.MeetingLookup, error)
	// Ticket returns CodeTicketNotFound for an unknown hash.
	Ticket(ctx context.Context, hash []byte) (convoke.Ticket, error)
}

// Users finds the people who host and join, and what they allow apps.
type Users interface {
	// Find reads what the lookup names.
	Find(ctx context.Context, l convoke.Lookup) (convoke.Found, error)
	// UserByPersonalLink returns CodeUserNotFound for an unknown link.
	UserByPersonalLink(ctx context.Context, key string) (convoke.User, error)
	// Assistants returns who may schedule for the user.
	Assistants(ctx context.Context, user convoke.UserID) ([]convoke.User, error)
	// GrantHolds reports whether an app still holds, at the time, what a person allowed it.
	GrantHolds(ctx context.Context, id string, at time.Time) (bool, error)
}

// Media is the media server. Its effects follow the commit that they belong to.
type Media interface {
	// Token makes the token with which p joins p.Room.
	Token(p convoke.Participant, ttl time.Duration) (string, error)
	// Remove cuts a person's connection; an absent one is no error.
	Remove(ctx context.Context, room string, id convoke.ParticipantID) error
	// Mute mutes what a person publishes from the source.
	Mute(ctx context.Context, room string, id convoke.ParticipantID, source convoke.TrackSource) error
	// Close ends a room; an absent one is no error.
	Close(ctx context.Context, room string) error
	// Rooms lists the rooms that exist now.
	Rooms(ctx context.Context) ([]string, error)
}

// Guesses slows down the guessing of passcodes.
type Guesses interface {
	// Allows reports whether a passcode may be tried for the key now.
	Allows(key string, now time.Time) bool
	// Fail counts a wrong one.
	Fail(key string, now time.Time)
}

// Joins slows down who joins one meeting from one place again and again.
type Joins interface {
	// Take counts one for the key, or returns how long to wait for the next.
	Take(key string, now time.Time) time.Duration
}

// Config is what a Service needs. All fields but Guesses, Joins, Now and Logger must be set.
type Config struct {
	Store     Store
	Users     Users
	Media     Media
	Guesses   Guesses          // nil: passcodes may be guessed without limit
	Joins     Joins            // nil: people join without limit
	PublicURL string           // the address that links begin with, as https://meet.example.com
	Key       []byte           // at least 32 secret bytes; the same in every process and after a restart
	Now       func() time.Time // default time.Now
	Logger    *slog.Logger     // default: discards
}

// Service holds meetings. It is safe for concurrent use.
type Service struct {
	store  Store
	users  Users
	media  Media
	public convoke.PublicURL
	now    func() time.Time
	logger *slog.Logger
	nudges nudges

	guesses Guesses
	joins   Joins

	hostTokenKey []byte
	joinLinkKey  []byte
	sessionKey   []byte
	pages        convoke.PageTokens
}

// New makes a Service, or says which field of the Config is wrong.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil || cfg.Users == nil || cfg.Media == nil {
		return nil, errors.New("conference: Store, Users and Media must be set")
	}
	if len(cfg.Key) < 32 {
		return nil, errors.New("conference: the key needs at least 32 bytes")
	}
	public, err := url.Parse(cfg.PublicURL)
	if err != nil || public.Host == "" {
		return nil, errors.New("conference: the public URL needs a scheme and a host")
	}
	s := &Service{
		store: cfg.Store, users: cfg.Users, media: cfg.Media, guesses: cfg.Guesses, joins: cfg.Joins, now: cfg.Now, logger: cfg.Logger,
		public: convoke.PublicURL(strings.TrimSuffix(cfg.PublicURL, "/")),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	return s, s.deriveKeys(cfg.Key)
}

// deriveKeys gives each purpose a key of its own (RFC 5869), so that what is
// made for one is worthless for another.
func (s *Service) deriveKeys(key []byte) error {
	for purpose, to := range map[string]*[]byte{
		"host token":   &s.hostTokenKey,
		"join link":    &s.joinLinkKey,
		"room session": &s.sessionKey,
		"page token":   &s.pages.Key,
	} {
		derived, err := hkdf.Key(sha256.New, key, nil, "convoke conference "+purpose, sha256.Size)
		if err != nil {
			return fmt.Errorf("conference: derive the key of the %s: %w", purpose, err)
		}
		*to = derived
	}
	return nil
}

// sign returns the HMAC of the message under one of the derived keys.
func sign(key []byte, message string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(message))
	return h.Sum(nil)
}

// mark is a change by a caller, at this moment. The zero principal is the room
// itself, whose events name no operator.
func (s *Service) mark(by convoke.Principal) convoke.Mark {
	return convoke.Mark{At: s.now().UTC().Truncate(time.Millisecond), By: by}
}
