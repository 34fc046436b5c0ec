// SPDX-License-Identifier: Apache-2.0

package conference

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// State is where a person stands, as the room page is told.
type State string

// The states.
const (
	StateWaiting  State = "waiting"  // Reason says for what
	StateAdmitted State = "admitted" // MediaToken lets them into the room
	StateRemoved  State = "removed"  // put out by a moderator
	StateEnded    State = "ended"    // left, or the meeting ended
)

// Reason says why somebody waits.
type Reason string

// The reasons.
const (
	ReasonHostNotStarted Reason = "host_not_started"
	ReasonWaitingRoom    Reason = "waiting_room"
)

// MediaTokenLife is how long a media token can be used to connect. A connected
// client gets fresh ones from the media server.
const MediaTokenLife = 10 * time.Minute

// Session is one person's way through one run of a meeting.
type Session struct {
	Secret      string // the credential of all further calls; show it to this person only
	Participant convoke.Participant
	State       State
	Reason      Reason // StateWaiting only
	MediaToken  string // StateAdmitted only
	Meeting     convoke.Meeting
	JoinURL     string // StateAdmitted only, and so is Meeting.Passcode: for inviting others
}

// Session returns how a person stands now, and carries a waiting one into the
// room as soon as the meeting has started or opened. Errors: CodeTokenInvalid for
// a secret that is not ours; why the host may not host (User.MayHost).
func (s *Service) Session(ctx context.Context, secret string) (Session, error) {
	p, err := s.participant(ctx, secret)
	if err != nil {
		return Session{}, err
	}
	found, err := s.store.FindMeeting(ctx, convoke.MeetingLookup{AccountID: p.AccountID, ID: p.MeetingID})
	if err != nil {
		return Session{}, err
	}
	if found.Meeting == nil || found.Host == nil || found.Moved() {
		p.Presence = convoke.PresenceLeft // the meeting was deleted, or its number is another's
		return s.session(convoke.Meeting{ID: p.MeetingID}, p)
	}
	if p.Presence != convoke.PresenceWaiting {
		return s.session(*found.Meeting, p)
	}
	mark := s.mark(convoke.Principal{})
	change, _, err := found.Enter(p, "", zones, mark)
	if convoke.HasCode(err, convoke.CodeMeetingEnded) {
		p.Presence = convoke.PresenceLeft
		return s.session(*found.Meeting, p)
	}
	if err != nil || change.Empty() {
		return s.sessionOr(err, *found.Meeting, p)
	}
	moved, err := s.enter(ctx, p, nil, mark)
	if errors.Is(err, errMoved) {
		return s.Session(ctx, secret) // somebody else moved them: not waiting any more
	}
	return moved, err
}

// errMoved says that a person does not wait any more.
var errMoved = errors.New("conference: the person is not waiting any more")

func (s *Service) sessionOr(err error, m convoke.Meeting, p convoke.Participant) (Session, error) {
	if err != nil {
		return Session{}, err
	}
	return s.session(m, p)
}

// pollEvery is how often Await asks the database: a change made by another
// process is seen after that time.
const pollEvery = 500 * time.Millisecond

// Await returns the session as soon as its state differs from known or the
// reason for waiting changes, and after wait at the latest. Errors as Session, and the context's own.
func (s *Service) Await(ctx context.Context, secret string, known State, wait time.Duration) (Session, error) {
	p, err := s.participant(ctx, secret)
	if err != nil {
		return Session{}, err
	}
	woken, leave := s.nudges.join(p.MeetingID, p.ID)
	defer leave()
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	for before := Reason(""); ; {
		session, err := s.Session(ctx, secret)
		changed := session.State != known || before != "" && session.Reason != before
		if err != nil || changed {
			return session, err
		}
		before = session.Reason
		over, err := pause(ctx, woken, deadline.C)
		if over || err != nil {
			return session, err
		}
	}
}

// pause waits for a wake, a while, the deadline (over) or the caller's end.
func pause(ctx context.Context, woken <-chan struct{}, deadline <-chan time.Time) (over bool, err error) {
	poll := time.NewTimer(pollEvery)
	defer poll.Stop()
	select {
	case <-woken:
		return false, nil
	case <-poll.C:
		return false, nil
	case <-deadline:
		return true, nil
	case <-ctx.Done():
		return true, ctx.Err()
	}
}

// session describes how p stands towards m.
func (s *Service) session(m convoke.Meeting, p convoke.Participant) (Session, error) {
	session := Session{Secret: s.sessionSecret(p.ID), Participant: p, State: StateEnded, Meeting: m}
	session.Meeting.Passcode = ""
	switch {
	case p.Presence == convoke.PresenceRemoved:
		session.State = StateRemoved
	case p.Presence == convoke.PresenceWaiting && p.Room == "":
		session.State, session.Reason = StateWaiting, ReasonHostNotStarted
	case p.Presence == convoke.PresenceWaiting && m.Running(p.Room):
		session.State, session.Reason = StateWaiting, ReasonWaitingRoom
	case p.Presence == convoke.PresenceAdmitted && m.Running(p.Room):
		token, err := s.media.Token(p, MediaTokenLife)
		if err != nil {
			return Session{}, err
		}
		session.State, session.MediaToken = StateAdmitted, token
		session.Meeting.Passcode, session.JoinURL = m.Passcode, s.openURL(m)
	}
	return session, nil
}

// sessionSecret derives the credential from the participant's id, so that none
// has to be stored.
func (s *Service) sessionSecret(id convoke.ParticipantID) string {
	return string(id) + "." + base64.RawURLEncoding.EncodeToString(sign(s.sessionKey, string(id)))
}

// participant returns whose secret it is, or CodeTokenInvalid. A barred person
// counts as removed, before the event of it was delivered too.
func (s *Service) participant(ctx context.Context, secret string) (convoke.Participant, error) {
	text, _, _ := strings.Cut(secret, ".")
	id := convoke.ParticipantID(text)
	if subtle.ConstantTimeCompare([]byte(secret), []byte(s.sessionSecret(id))) != 1 {
		return convoke.Participant{}, badSession()
	}
	p, err := s.store.Participant(ctx, id)
	if convoke.HasCode(err, convoke.CodePersonNotInRoom) {
		return convoke.Participant{}, badSession()
	}
	if p.Barred() {
		p.Presence = convoke.PresenceRemoved
	}
	return p, err
}

func badSession() error {
	return convoke.Errorf(convoke.KindUnauthenticated, convoke.CodeTokenInvalid, "Please join the meeting again.")
}
