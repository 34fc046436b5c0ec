// SPDX-License-Identifier: Apache-2.0

package client

import (
	"context"
	"encoding/json"
	"iter"
	"net/url"
	"strconv"
	"time"
)

// Capabilities says which of the four actions the account may use.
type Capabilities struct {
	Actions       []Capability `json:"actions"`
	DefaultAction Action       `json:"default_action"` // of an Ensure that names none
}

// Capability is one action: whether the account may use it, what is missing if
// not, and what a user made by it is like.
type Capability struct {
	Action       Action         `json:"action"`
	Usable       bool           `json:"usable"`
	Missing      []Prerequisite `json:"missing"`
	Login        string         `json:"login"`
	Password     string         `json:"password"`
	Mail         string         `json:"mail"`
	StatusAtOnce Status         `json:"status_at_once"`
}

// Prerequisite is one thing that the account lacks. Code is that of the Error
// with which the action is refused meanwhile.
type Prerequisite struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Fix     string `json:"fix"`
}

// Capabilities answers the question which actions the account may use, and why
// not the others (GET /api/v1/capabilities).
func (c *Client) Capabilities(ctx context.Context) (Capabilities, error) {
	var answer Capabilities
	_, err := c.do(ctx, get("/api/v1/capabilities", nil, &answer))
	return answer, err
}

// SeatMode says who takes the licensed seats of an account.
type SeatMode string

// The modes: each licensed user takes a seat, or each running meeting of a
// licensed host does.
const (
	SeatsAssigned SeatMode = "assigned"
	SeatPool      SeatMode = "pool"
)

// Seats counts licensed seats. Total and Free are nil where there is no limit.
// Used is Users or Leased, as the mode says.
type Seats struct {
	Mode   SeatMode `json:"mode"`
	Total  *int64   `json:"total"`
	Used   int64    `json:"used"`
	Free   *int64   `json:"free"`
	Users  int64    `json:"users"`  // licensed users, with the pending and without the deactivated ones
	Leased int64    `json:"leased"` // running meetings that a licensed host started

	Basic Allowance `json:"-"` // basic users
}

// Allowance counts something of which the account may have a limit. Total and
// Free are nil where there is none.
type Allowance struct {
	Total *int64 `json:"total"`
	Used  int64  `json:"used"`
	Free  *int64 `json:"free"`
}

// Seats returns the account's seats (GET /api/v1/seats).
func (c *Client) Seats(ctx context.Context) (Seats, error) {
	var answer struct {
		Licensed Seats     `json:"licensed"`
		Basic    Allowance `json:"basic"`
	}
	_, err := c.do(ctx, get("/api/v1/seats", nil, &answer))
	answer.Licensed.Basic = answer.Basic
	return answer.Licensed, err
}

// Event is one change in the account, in the words of a webhook.
type Event struct {
	ID      int64 // grows with every event
	Name    string
	At      time.Time
	Payload json.RawMessage
}

// eventLimit is how many events one call asks for.
const eventLimit = 300

// Events goes through the account's events after the one with the given id,
// oldest first, up to the latest there is now (GET /api/v1/events). Keep the id
// of the last one seen to go on from it later; 0 begins with the first event.
// An error ends the sequence.
func (c *Client) Events(ctx context.Context, after int64) iter.Seq2[Event, error] {
	return pages(func(token string) ([]Event, string, error) {
		if token != "" {
			after, _ = strconv.ParseInt(token, 10, 64)
		}
		events, next, err := c.eventsAfter(ctx, after)
		if len(events) == 0 || next <= after {
			return events, "", err
		}
		return events, strconv.FormatInt(next, 10), err
	})
}

func (c *Client) eventsAfter(ctx context.Context, after int64) ([]Event, int64, error) {
	var page struct {
		Events []struct {
			ID      int64           `json:"id"`
			Event   string          `json:"event"`
			EventTS int64           `json:"event_ts"` // milliseconds since 1970
			Payload json.RawMessage `json:"payload"`
		} `json:"events"`
		Next int64 `json:"next"`
	}
	query := url.Values{"after": {strconv.FormatInt(after, 10)}, "limit": {strconv.Itoa(eventLimit)}}
	_, err := c.do(ctx, get("/api/v1/events", query, &page))
	events := make([]Event, len(page.Events))
	for i, e := range page.Events {
		events[i] = Event{ID: e.ID, Name: e.Event, At: time.UnixMilli(e.EventTS).UTC(), Payload: e.Payload}
	}
	return events, page.Next, err
}
