// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/api"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/portal"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/scim"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
	"github.com/convoke/convoke/internal/zoomapi"
)

const walkersPassword = "Sunny-Day-42"

// TestEveryDoorTellsTheSameStatus walks every transition of a user's status in
// any order. After each step Convoke's API, Zoom's, SCIM, the portal and the last
// event about the status must say the same, with a reason from the closed list
// exactly while the user is not active.
func TestEveryDoorTellsTheSameStatus(t *testing.T) {
	t.Parallel()
	s := newStatusWorld(t)
	seen := map[convoke.Reason]bool{}
	rapid.Check(t, func(rt *rapid.T) {
		w := s.walk(rt)
		rt.Repeat(map[string]func(*rapid.T){
			"resend":     func(rt *rapid.T) { w.zoomless(rt, "POST") },
			"revoke":     func(rt *rapid.T) { w.zoomless(rt, "DELETE") },
			"activate":   func(rt *rapid.T) { w.status(rt, "activate") },
			"deactivate": func(rt *rapid.T) { w.status(rt, "deactivate") },
			"push":       func(rt *rapid.T) { w.push(rt, rapid.Bool().Draw(rt, "active")) },
			"accept":     w.accept,
			"wait":       func(*rapid.T) { s.now = s.now.Add(convoke.InvitationLife/2 + time.Hour) },
			"":           func(rt *rapid.T) { seen[w.agree(rt)] = true },
		})
	})
	for _, status := range []convoke.Status{convoke.StatusPending, convoke.StatusInactive} {
		for _, reason := range convoke.ReasonsOf(status) {
			if !seen[reason] {
				t.Errorf("no walk came to %s: %s", status, reason)
			}
		}
	}
}

// statusWorld has all doors on one store, with a clock of its own.
type statusWorld struct {
	db        *store.DB
	users     *provision.Service
	account   convoke.AccountID
	api, zoom http.Handler
	portal    http.Handler
	scim      http.Handler
	token     string
	cookie    string
	now       time.Time
	last      int64 // event read
}

func newStatusWorld(t *testing.T) *statusWorld {
	t.Helper()
	quiet, key, ctx := slog.New(slog.DiscardHandler), bytes.Repeat([]byte("k"), 32), t.Context()
	db := storetest.Open(t, store.Config{Path: filepath.Join(t.TempDir(), "convoke.db"), FullSync: new(false)})
	s := &statusWorld{db: db, now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	who := access.New(access.Config{Apps: s.db, Tokens: s.db, Sessions: s.db, Domains: s.db, Logger: quiet})
	s.users = provision.New(provision.Config{
		Store: s.db, Accounts: s.db, Groups: s.db, PageKey: key, CodeKey: key, Now: func() time.Time { return s.now },
		HashPassword: func(context.Context, string) (string, error) { return "hash", nil },
	})
	account, err := s.users.CreateAccount(ctx, convoke.Operator(""), "Acme", convoke.AccountChange{
		SSO: new(true), Provisioning: new(convoke.PriorToSignIn),
	})
	ok(t, err)
	s.account = account.ID
	app, secret, err := who.CreateApp(ctx, convoke.Operator(account.ID), access.AppDraft{Name: "host app", Scopes: convoke.KnownScopes()})
	ok(t, err)
	grant, err := who.Token(ctx, "", app.ClientID, secret, account.ID)
	ok(t, err)
	s.token = grant.AccessToken
	code, err := who.OperatorCode(ctx, account.ID)
	ok(t, err)
	s.cookie, _, _, err = who.ExchangeOperatorCode(ctx, "", code)
	ok(t, err)
	s.api = api.New(api.Config{Provision: s.users, Invitations: s.users, Access: who, Logger: quiet})
	s.zoom = zoomapi.New(zoomapi.Config{Users: s.users, Groups: s.users, Access: who, Logger: quiet})
	s.scim = scim.New(scim.Config{Users: s.users, Directory: s.users, Groups: s.users, Members: s.users, Access: who, Logger: quiet})
	s.portal = portal.New(portal.Config{Users: s.users, Access: who, PublicURL: "https://meet.example.com", Logger: quiet})
	return s
}

func ok(t rapid.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// walker is one user on its way.
type walker struct {
	*statusWorld

	id    convoke.UserID
	begin int64 // the last event of the walks before
}

func (s *statusWorld) walk(rt *rapid.T) *walker {
	action := rapid.SampledFrom([]string{"create", "ssoCreate"}).Draw(rt, "action")
	before, err := s.db.Events(context.Background(), s.account, s.last, 100_000)
	ok(rt, err)
	if len(before) > 0 {
		s.last = before[len(before)-1].ID
	}
	email := strings.ToLower(rapid.StringMatching(`[a-z]{24}`).Draw(rt, "name")) + "@example.com"
	d, err := s.users.Ensure(context.Background(), convoke.Operator(s.account), convoke.Request{
		Source: convoke.SourceApp, ExternalID: email, Action: action, Email: email,
	})
	ok(rt, err)
	return &walker{s, d.User.ID, s.last}
}

// call sends a request to a door and decodes the answer; anything refused must
// be so for a reason that the status gives, or because the person was invited
// again too often in one day.
func (s *statusWorld) call(rt *rapid.T, door http.Handler, method, path, body string, into any) {
	r := httptest.NewRequest(method, "https://meet.example.com"+path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+s.token)
	r.Header.Set("Cookie", "convoke_session="+s.cookie)
	answer := httptest.NewRecorder()
	door.ServeHTTP(answer, r)
	switch {
	case answer.Code >= 500:
		rt.Fatalf("%s %s answers %d: %s", method, path, answer.Code, answer.Body)
	case into == nil || answer.Code == http.StatusConflict || answer.Code == http.StatusTooManyRequests:
		return
	case answer.Code != http.StatusOK:
		rt.Fatalf("%s %s answers %d: %s", method, path, answer.Code, answer.Body)
	}
	ok(rt, json.Unmarshal(answer.Body.Bytes(), into))
}

// told is what a door says about a user.
type told struct {
	Status convoke.Status `json:"status"`
	Reason convoke.Reason `json:"status_reason"`
}

// mayComeIn is what a directory calls active: a pending user is, while the
// invitation can still be accepted or sent again.
func (said told) mayComeIn() bool {
	return said.Status == convoke.StatusActive || said.Status == convoke.StatusPending && said.Reason != convoke.ReasonInvitationRevoked
}

// zoomless does what Zoom's surface has no call for: to send or revoke an invitation.
func (w *walker) zoomless(rt *rapid.T, method string) {
	var answer told
	w.call(rt, w.api, method, "/api/v1/users/"+string(w.id)+"/invitation", "", &answer)
}

func (w *walker) status(rt *rapid.T, action string) {
	w.call(rt, w.zoom, "PUT", "/v2/users/"+string(w.id)+"/status", `{"action":"`+action+`"}`, nil)
}

// push is what a directory sends of a person who comes back or leaves.
func (w *walker) push(rt *rapid.T, active bool) {
	body := fmt.Sprintf(`{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","path":"active","value":%t}]}`, active)
	w.call(rt, w.scim, "PATCH", "/scim2/Users/"+string(w.id), body, nil)
}

// accept follows the last link that was sent, which may be dead by now.
func (w *walker) accept(rt *rapid.T) {
	var last convoke.InvitationID
	for _, e := range w.events(rt) {
		var payload struct{ Object convoke.InvitationObject }
		ok(rt, json.Unmarshal(e.Payload, &payload))
		if e.Name == convoke.EventUserInvited {
			last = payload.Object.InvitationID
		}
	}
	_, err := w.users.Activate(context.Background(), "192.0.2.7", w.users.ActivationCode(last), walkersPassword)
	if e := convoke.AsError(err); err != nil && e.Kind != convoke.KindGone {
		rt.Fatal(err)
	}
}

// events returns the user's own events.
func (w *walker) events(rt *rapid.T) []convoke.Event {
	events, err := w.db.Events(context.Background(), w.account, w.begin, 100_000)
	ok(rt, err)
	return slices.DeleteFunc(events, func(e convoke.Event) bool { return !bytes.Contains(e.Payload, []byte(w.id)) })
}

// agree compares the doors and returns the reason that they all give.
func (w *walker) agree(rt *rapid.T) convoke.Reason {
	var mine told
	w.call(rt, w.api, "GET", "/api/v1/users/"+string(w.id)+"/invitation", "", &mine)
	var zooms told
	w.call(rt, w.zoom, "GET", "/v2/users/"+string(w.id), "", &zooms)
	if zooms.Status != mine.Status {
		rt.Fatalf("/api/v1 says %+v, /v2 %+v", mine, zooms)
	}
	var entry struct{ Active bool }
	w.call(rt, w.scim, "GET", "/scim2/Users/"+string(w.id), "", &entry)
	if entry.Active != mine.mayComeIn() {
		rt.Fatalf("/api/v1 says %+v, /scim2 active: %t", mine, entry.Active)
	}
	if portals := w.listed(rt, mine.Status); portals != mine {
		rt.Fatalf("/api/v1 says %+v, the portal %+v", mine, portals)
	}
	if logged := w.logged(rt); !logged.fits(mine) {
		rt.Fatalf("/api/v1 says %+v, the last event %+v", mine, logged)
	}
	if reasons := convoke.ReasonsOf(mine.Status); (mine.Reason == "") != (len(reasons) == 0) || mine.Reason != "" && !slices.Contains(reasons, mine.Reason) {
		rt.Fatalf("%s has the reason %q, which is none of %q", mine.Status, mine.Reason, reasons)
	}
	return mine.Reason
}

// listed finds the user in the portal's list of the status.
func (w *walker) listed(rt *rapid.T, status convoke.Status) told {
	for token := ""; ; {
		var page struct {
			Users []struct {
				told
				ID convoke.UserID `json:"id"`
			} `json:"users"`
			Next string `json:"next_page_token"`
		}
		w.call(rt, w.portal, "GET", "/portal/api/users?status="+string(status)+"&next_page_token="+token, "", &page)
		for _, u := range page.Users {
			if u.ID == w.id {
				return u.told
			}
		}
		if token = page.Next; token == "" {
			return told{}
		}
	}
}

// logged is what somebody who only reads the events knows.
func (w *walker) logged(rt *rapid.T) told {
	var state told
	for _, e := range w.events(rt) {
		var payload struct{ Object convoke.InvitationObject }
		ok(rt, json.Unmarshal(e.Payload, &payload))
		switch e.Name {
		case convoke.EventUserInvited, convoke.EventUserInvitationRevoked:
			state = told{convoke.StatusPending, payload.Object.Reason}
		case convoke.EventUserActivated, convoke.EventUserInvitationAccepted:
			state = told{Status: convoke.StatusActive}
		case convoke.EventUserDeactivated:
			state = told{convoke.StatusInactive, convoke.ReasonDeactivated}
		default: // says nothing about the status
		}
	}
	return state
}

// fits allows for what comes by itself: nobody writes an event when a link lapses.
func (said told) fits(now told) bool {
	if now.Reason == convoke.ReasonInvitationExpired {
		return said.Reason == convoke.ReasonInvited || said.Reason == convoke.ReasonDomainNotAssociated
	}
	return said == now
}
