// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"net/http"

	"github.com/convoke/convoke/internal/convoke"
)

type waitingView struct {
	ID   convoke.ParticipantID `json:"id"`
	Name string                `json:"name"`
}

// waiting is GET /room/v1/waiting.
func (d *door) waiting(w http.ResponseWriter, r *http.Request) error {
	people, err := d.Moderation.Waiting(r.Context(), roomSecret(r))
	if err != nil {
		return err
	}
	views := make([]waitingView, 0, len(people))
	for _, p := range people {
		views = append(views, waitingView{p.ID, p.Name})
	}
	return write(w, http.StatusOK, map[string]any{"participants": views})
}

func participantID(r *http.Request) convoke.ParticipantID {
	if id := r.PathValue("id"); convoke.IsID(id) {
		return convoke.ParticipantID(id)
	}
	return "" // nobody's
}

// admit is POST /room/v1/participants/{id}/admit.
func (d *door) admit(w http.ResponseWriter, r *http.Request) error {
	return nothing(w, d.Moderation.Admit(r.Context(), roomSecret(r), participantID(r)))
}

// remove is POST /room/v1/participants/{id}/remove.
func (d *door) remove(w http.ResponseWriter, r *http.Request) error {
	return nothing(w, d.Moderation.RemoveParticipant(r.Context(), roomSecret(r), participantID(r)))
}

// mute is POST /room/v1/participants/{id}/mute.
func (d *door) mute(w http.ResponseWriter, r *http.Request) error {
	var body struct{ Source convoke.TrackSource }
	if err := read(w, r, &body); err != nil {
		return err
	}
	return nothing(w, d.Moderation.Mute(r.Context(), roomSecret(r), participantID(r), body.Source))
}

// muteAll is POST /room/v1/mute-all.
func (d *door) muteAll(w http.ResponseWriter, r *http.Request) error {
	return nothing(w, d.Moderation.MuteAll(r.Context(), roomSecret(r)))
}

// end is POST /room/v1/end.
func (d *door) end(w http.ResponseWriter, r *http.Request) error {
	return nothing(w, d.Moderation.EndForAll(r.Context(), roomSecret(r)))
}
