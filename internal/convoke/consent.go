// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"slices"
	"time"
)

// Consent is what a person allowed an app.
type Consent struct {
	ClientID  ClientID
	AccountID AccountID
	UserID    UserID
	Scopes    Scopes
	GivenAt   time.Time
}

// Covers reports whether the person need not be asked again.
func (c Consent) Covers(r AuthRequest) bool {
	return !slices.Contains(r.Prompt, promptConsent) && c.Scopes.holds(r.Scopes)
}

// ConsentObject is the payload of the events about what a person allowed an app.
type ConsentObject struct {
	ClientID ClientID `json:"client_id"`
	Name     string   `json:"name"`
	UserID   UserID   `json:"user_id"`
	Scopes   string   `json:"scopes"`
}

// ConsentEvent is an event about what a person allowed an app.
func (m Mark) ConsentEvent(name EventName, a App, user UserID, scopes Scopes) Event {
	return m.event(name, a.AccountID, Payload{Object: ConsentObject{a.ClientID, a.Name, user, scopes.String()}})
}
