// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// personCookie remembers as whom this browser was in rooms lately, the newest
// first, so that who was removed cannot walk in again by the same link.
const personCookie = "convoke_person"

// maxPersons is how many of them a browser keeps. Ids have no dots.
const maxPersons = 16

// personLife is how long a browser is remembered; a run of a meeting is shorter.
const personLife = 48 * time.Hour

func returning(r *http.Request) []convoke.ParticipantID {
	var ids []convoke.ParticipantID
	for id := range strings.SplitSeq(cookieValue(r, personCookie), ".") {
		if convoke.IsID(id) && len(ids) < maxPersons {
			ids = append(ids, convoke.ParticipantID(id))
		}
	}
	return ids
}

// remember puts the newest in front of those that the browser keeps.
func (d *door) remember(w http.ResponseWriter, r *http.Request, id convoke.ParticipantID) {
	ids := []string{string(id)}
	for _, older := range returning(r) {
		ids = append(ids, string(older))
	}
	d.setCookie(w, personCookie, strings.Join(ids, "."), "/", time.Now().Add(personLife))
}

type lobbyView struct {
	Meeting   lobbyMeeting  `json:"meeting"`
	Role      convoke.Role  `json:"role"`
	Name      string        `json:"name"`
	NameFixed bool          `json:"name_fixed"`
	Settings  lobbySettings `json:"settings"`
}

type lobbyMeeting struct {
	ID        string               `json:"id"`
	Topic     string               `json:"topic"`
	HostName  string               `json:"host_name"`
	Status    convoke.MeetingState `json:"status"`
	StartTime *time.Time           `json:"start_time"`
}

type lobbySettings struct {
	HostVideo        bool `json:"host_video"`
	ParticipantVideo bool `json:"participant_video"`
	MuteUponEntry    bool `json:"mute_upon_entry"`
	WaitingRoom      bool `json:"waiting_room"`
}

// lobby is POST /room/v1/lobby: what the link opens. It changes nothing; a link
// travels in the body because its secrets must not reach a log of addresses.
func (d *door) lobby(w http.ResponseWriter, r *http.Request) error {
	var body struct{ Link linkBody }
	if err := read(w, r, &body); err != nil {
		return err
	}
	link, err := body.Link.link(r)
	if err != nil {
		return err
	}
	lobby, err := d.Doorway.Lobby(r.Context(), link, returning(r)...)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newLobbyView(lobby))
}

func newLobbyView(l conference.Lobby) lobbyView {
	status := l.Meeting.State
	if status == convoke.MeetingEnded {
		status = convoke.MeetingWaiting // it can be started again, else there is no lobby
	}
	s := l.Meeting.Settings
	return lobbyView{
		Meeting: lobbyMeeting{
			l.Meeting.ID.String(), l.Meeting.Topic, l.HostName, status, optional(l.Meeting.StartTime),
		},
		Role: l.Role, Name: l.Name, NameFixed: l.NameFixed,
		Settings: lobbySettings{s.HostVideo, s.ParticipantVideo, s.MuteUponEntry, s.WaitingRoom},
	}
}

type roomView struct {
	Session       string                `json:"session,omitempty"`
	ParticipantID convoke.ParticipantID `json:"participant_id"`
	Name          string                `json:"name"`
	Role          convoke.Role          `json:"role"`
	State         conference.State      `json:"state"`
	Reason        conference.Reason     `json:"reason,omitempty"`
	Media         *mediaView            `json:"media,omitempty"`
	Meeting       roomMeeting           `json:"meeting"`
}

type mediaView struct {
	URL   string `json:"url"`
	Token string `json:"token"`
}

type roomMeeting struct {
	ID       string `json:"id"`
	Topic    string `json:"topic"`
	JoinURL  string `json:"join_url,omitempty"`
	Passcode string `json:"passcode,omitempty"`
}

// join is POST /room/v1/join.
func (d *door) join(w http.ResponseWriter, r *http.Request) error {
	var body struct {
		Link linkBody
		Name string
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	link, err := body.Link.link(r)
	if err != nil {
		return err
	}
	session, err := d.Doorway.Join(r.Context(), link, body.Name, returning(r)...)
	if err != nil {
		return err
	}
	d.remember(w, r, session.Participant.ID)
	if link.Kind == conference.LinkTicket {
		d.keepSession(w, link, session)
	}
	view := d.newRoomView(session)
	view.Session = session.Secret
	return write(w, http.StatusOK, view)
}

func (d *door) newRoomView(s conference.Session) roomView {
	view := roomView{
		ParticipantID: s.Participant.ID, Name: s.Participant.Name, Role: s.Participant.Role,
		State: s.State, Reason: s.Reason,
		Meeting: roomMeeting{s.Meeting.ID.String(), s.Meeting.Topic, s.JoinURL, s.Meeting.Passcode},
	}
	if s.MediaToken != "" {
		view.Media = &mediaView{d.MediaURL, s.MediaToken}
	}
	return view
}

// longestWait is how long a page may wait for its state to change, in seconds.
const longestWait = 25

// roomSession is GET /room/v1/session?state=&wait=: at once when the state is
// another than the page knows, else when it changes or the time is over.
func (d *door) roomSession(w http.ResponseWriter, r *http.Request) error {
	wait, err := strconv.Atoi(query(r, "wait"))
	if err != nil || wait < 0 || wait > longestWait {
		wait = 0
	}
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(d.Stopping, cancel)()
	known := conference.State(query(r, "state"))
	session, err := d.Doorway.Await(ctx, roomSecret(r), known, time.Duration(wait)*time.Second)
	if err != nil && ctx.Err() != nil {
		return convoke.Errorf(convoke.KindUnavailable, codeStopping, "The server is restarting. Please wait.") // the page asks again
	}
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, d.newRoomView(session))
}

// leave is POST /room/v1/leave.
func (d *door) leave(w http.ResponseWriter, r *http.Request) error {
	return nothing(w, d.Doorway.Leave(r.Context(), roomSecret(r)))
}

// roomSecret is the bearer credential that join handed out.
func roomSecret(r *http.Request) string {
	secret, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	return secret
}
