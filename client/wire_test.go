// SPDX-License-Identifier: Apache-2.0

package client

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestWire checks what each call sends, and what it makes of the answer.
func TestWire(t *testing.T) {
	t.Parallel()
	when := time.Date(2026, 5, 4, 9, 30, 0, 0, time.FixedZone("", 3600))
	jane := User{
		ExternalID: "42", ID: "u1", Action: ActionCustCreate, Status: StatusActive, Created: true, Generation: 1,
		Email: "jane@example.com", FirstName: "Jane", LastName: "Doe", DisplayName: "Jane Doe", Type: TypeLicensed,
	}
	lesson := Meeting{
		ID: 81234567890, Key: "lesson-7", HostID: "u1", Created: true, Topic: "Fractions", StartTime: when.UTC(),
		Duration: 45 * time.Minute, Timezone: "Europe/Dublin", Passcode: "123456", Status: "waiting", JoinURL: "https://m/j/1",
	}
	listed := lesson
	listed.Key, listed.Created, listed.Passcode, listed.Status = "", false, "", ""
	v2 := `{"id":81234567890,"host_id":"u1","topic":"Fractions","start_time":"2026-05-04T08:30:00Z","duration":45,"timezone":"Europe/Dublin",
		"password":"123456","status":"waiting","join_url":"https://m/j/1","start_url":"https://m/s/1?zak=z"`
	for name, c := range map[string]struct {
		call   func(*Client) (any, error)
		answer answer
		want   any
		sent   string // method, address, body
	}{
		"Ensure": {
			func(c *Client) (any, error) {
				return c.Ensure(t.Context(), "42", Person{Email: "jane@example.com", Action: ActionCustCreate, Type: TypeLicensed})
			},
			answer{status: 201, body: boundJane}, jane,
			`PUT /api/v1/bindings/42 {"email":"jane@example.com","action":"custCreate","type":2}`,
		},
		"Bind": {
			func(c *Client) (any, error) { return c.Bind(t.Context(), "42", "u1") },
			answer{status: 200, body: boundJane}, jane, `PUT /api/v1/bindings/42 {"user_id":"u1"}`,
		},
		"Lookup": {
			func(c *Client) (any, error) { return c.Lookup(t.Context(), "42") },
			answer{status: 200, body: boundJane}, jane, `GET /api/v1/bindings/42 `,
		},
		"Unbind": {
			func(c *Client) (any, error) { return nil, c.Unbind(t.Context(), "42") },
			answer{status: 204}, nil, `DELETE /api/v1/bindings/42 `,
		},
		"Meeting": {
			func(c *Client) (any, error) {
				return c.Meeting(t.Context(), "42", "lesson-7", MeetingSpec{
					Topic: "Fractions", StartTime: when, Duration: 44*time.Minute + time.Second, Timezone: "Europe/Dublin", WaitingRoom: true,
				})
			},
			answer{status: 201, body: strings.Replace(v2, `"id"`, `"meeting_id"`, 1) + `}`}, lesson,
			`PUT /api/v1/bindings/42/meetings/lesson-7 {"topic":"Fractions","start_time":"2026-05-04T08:30:00Z","duration":45,` +
				`"timezone":"Europe/Dublin","settings":{"join_before_host":false,"waiting_room":true}}`,
		},
		"Meeting of an empty spec": {
			func(c *Client) (any, error) { return c.Meeting(t.Context(), "42", "lesson-7", MeetingSpec{}) },
			answer{status: 200, body: `{"meeting_id":"81234567890","start_time":""}`}, Meeting{ID: 81234567890, Key: "lesson-7"},
			`PUT /api/v1/bindings/42/meetings/lesson-7 {}`,
		},
		"HostURL": {
			func(c *Client) (any, error) { return c.HostURL(t.Context(), 81234567890) },
			answer{status: 200, body: v2 + `}`}, "https://m/s/1?zak=z", `GET /v2/meetings/81234567890 `,
		},
		"JoinURL": {
			func(c *Client) (any, error) { return c.JoinURL(t.Context(), 81234567890) },
			answer{status: 200, body: v2 + `}`}, "https://m/j/1", `GET /v2/meetings/81234567890 `,
		},
		"Ticket": {
			func(c *Client) (any, error) {
				return c.Ticket(t.Context(), 81234567890, Attendance{ExternalID: "42", Role: RoleCohost})
			},
			answer{status: 201, body: `{"url":"https://m/t/x","expires_at":"2026-05-04T08:30:00Z"}`},
			Ticket{"https://m/t/x", when.UTC()}, `POST /api/v1/meetings/81234567890/tickets {"external_id":"42","role":"cohost"}`,
		},
		"EndMeeting": {
			func(c *Client) (any, error) { return nil, c.EndMeeting(t.Context(), 81234567890) },
			answer{status: 204}, nil, `PUT /v2/meetings/81234567890/status {"action":"end"}`,
		},
		"ChangeMeeting": {
			func(c *Client) (any, error) {
				return nil, c.ChangeMeeting(t.Context(), 81234567890, MeetingChange{
					Topic: new("Sums"), StartTime: &when, Duration: new(44*time.Minute + time.Second), WaitingRoom: new(false),
				})
			},
			answer{status: 204}, nil,
			`PATCH /v2/meetings/81234567890 {"topic":"Sums","start_time":"2026-05-04T08:30:00Z","duration":45,"settings":{"waiting_room":false}}`,
		},
		"CancelMeeting": {
			func(c *Client) (any, error) { return nil, c.CancelMeeting(t.Context(), 81234567890) },
			answer{status: 204}, nil, `DELETE /v2/meetings/81234567890 `,
		},
		"Meetings": {
			func(c *Client) (any, error) { return collect(c.Meetings(t.Context(), "u1")) },
			answer{status: 200, body: `{"next_page_token":"","meetings":[` + v2 + `}]}`}, []Meeting{listed},
			`GET /v2/users/u1/meetings?page_size=300 `,
		},
		"DeleteUser": {
			func(c *Client) (any, error) { return nil, c.DeleteUser(t.Context(), "u1") },
			answer{status: 204}, nil, `DELETE /v2/users/u1?action=delete `,
		},
		"DeactivateUser": {
			func(c *Client) (any, error) { return nil, c.DeactivateUser(t.Context(), "u1") },
			answer{status: 204}, nil, `PUT /v2/users/u1/status {"action":"deactivate"}`,
		},
		"ActivateUser": {
			func(c *Client) (any, error) { return nil, c.ActivateUser(t.Context(), "u1") },
			answer{status: 204}, nil, `PUT /v2/users/u1/status {"action":"activate"}`,
		},
		"Capabilities": {
			func(c *Client) (any, error) { return c.Capabilities(t.Context()) },
			answer{status: 200, body: `{"default_action":"create","actions":[{"action":"custCreate","usable":false,
				"missing":[{"code":"api_partner_required","message":"No.","fix":"Do."}],"login":"never","status_at_once":"active"}]}`},
			Capabilities{DefaultAction: ActionCreate, Actions: []Capability{{
				Action: ActionCustCreate, Missing: []Prerequisite{{"api_partner_required", "No.", "Do."}}, Login: "never", StatusAtOnce: StatusActive,
			}}}, `GET /api/v1/capabilities `,
		},
		"Seats": {
			func(c *Client) (any, error) { return c.Seats(t.Context()) },
			answer{status: 200, body: `{"licensed":{"total":5,"used":2,"free":3}}`},
			Seats{Total: new(int64(5)), Used: 2, Free: new(int64(3))}, `GET /api/v1/seats `,
		},
		"Seats without a limit": {
			func(c *Client) (any, error) { return c.Seats(t.Context()) },
			answer{status: 200, body: `{"licensed":{"total":null,"used":2,"free":null}}`}, Seats{Used: 2}, `GET /api/v1/seats `,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := newServer(t, c.answer)
			client, _ := newClient(t, server)
			got, err := c.call(client)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got\n%+v, want\n%+v", got, c.want)
			}
			r := server.seen()[0]
			if sent := fmt.Sprintf("%s %s %s", r.method, r.uri, r.body); sent != c.sent {
				t.Errorf("sent\n%s, want\n%s", sent, c.sent)
			}
			if (r.body != "") != (r.contentType == "application/json") {
				t.Errorf("Content-Type %q with the body %q", r.contentType, r.body)
			}
		})
	}
}

func collect[T any](sequence func(func(T, error) bool)) ([]T, error) {
	var list []T
	for item, err := range sequence {
		if err != nil {
			return list, err
		}
		list = append(list, item)
	}
	return list, nil
}

func TestHostURLWithoutAStartLink(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: `{"id":81234567890}`})
	client, _ := newClient(t, server)
	if link, err := client.HostURL(t.Context(), 81234567890); err == nil {
		t.Errorf("link %q and no error", link)
	}
}

func TestBindingsReadsPageByPage(t *testing.T) {
	t.Parallel()
	server := newServer(t,
		answer{status: 200, body: `{"bindings":[{"external_id":"1","user_id":"u1","generation":1},{"external_id":"2","user_id":"u2","generation":3}],"next_page_token":"a b"}`},
		answer{status: 200, body: `{"bindings":[{"external_id":"3","user_id":"u3","generation":1}],"next_page_token":""}`},
	)
	client, _ := newClient(t, server)
	list, err := collect(client.Bindings(t.Context()))
	want := []Binding{{"1", "u1", 1}, {"2", "u2", 3}, {"3", "u3", 1}}
	if err != nil || !reflect.DeepEqual(list, want) {
		t.Errorf("bindings %+v (%v), want %+v", list, err, want)
	}
	if got := server.seen()[1].uri; got != "/api/v1/bindings?next_page_token=a+b&page_size=300" {
		t.Errorf("second request %q", got)
	}
}

func TestBindingsStopsWhenAsked(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 200, body: `{"bindings":[{"external_id":"1"},{"external_id":"2"}],"next_page_token":"more"}`})
	client, _ := newClient(t, server)
	for range client.Bindings(t.Context()) {
		break
	}
	if got := len(server.seen()); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestBindingsEndsWithAnError(t *testing.T) {
	t.Parallel()
	server := newServer(t,
		answer{status: 200, body: `{"bindings":[{"external_id":"1"}],"next_page_token":"more"}`},
		answer{status: 400, body: `{"code":"invalid_page_token","detail":"Expired."}`},
	)
	client, _ := newClient(t, server)
	list, err := collect(client.Bindings(t.Context()))
	if len(list) != 1 || !errors.Is(err, ErrInvalid) {
		t.Errorf("%+v and error %v, want one binding and ErrInvalid", list, err)
	}
}

func TestEventsGoOnUntilTheLatest(t *testing.T) {
	t.Parallel()
	server := newServer(t,
		answer{status: 200, body: `{"events":[{"id":8,"event":"user.created","event_ts":1777883400000,"payload":{"a":1}}],"next":8}`},
		answer{status: 200, body: `{"events":[],"next":8}`},
	)
	client, _ := newClient(t, server)
	list, err := collect(client.Events(t.Context(), 7))
	want := []Event{{8, "user.created", time.Date(2026, 5, 4, 8, 30, 0, 0, time.UTC), []byte(`{"a":1}`)}}
	if err != nil || !reflect.DeepEqual(list, want) {
		t.Errorf("events %+v (%v), want %+v", list, err, want)
	}
	for i, uri := range []string{"/api/v1/events?after=7&limit=300", "/api/v1/events?after=8&limit=300"} {
		if got := server.seen()[i].uri; got != uri {
			t.Errorf("request %d: %q, want %q", i, got, uri)
		}
	}
}

func TestBatch(t *testing.T) {
	t.Parallel()
	server := newServer(t, answer{status: 503}, answer{status: 200, body: `{"results":[
		{"status":201,"external_id":"42","binding":` + boundJane + `},
		{"status":409,"external_id":"43","error":{"status":409,"code":"email_taken","detail":"Taken.","user_id":"u1"}},
		{"status":500,"external_id":"44"}]}`})
	client, _ := newClient(t, server)
	results, err := client.EnsureBatch(t.Context(), []BatchItem{
		{"42", Person{DisplayName: "Jane"}}, {"43", Person{Email: "jane@example.com"}}, {ExternalID: "44"},
	})
	if err != nil || len(results) != 3 {
		t.Fatalf("results %+v (%v)", results, err)
	}
	if results[0].User.ID != "u1" || results[0].Err != nil {
		t.Errorf("result 0 = %+v, want u1", results[0])
	}
	if e, ok := errors.AsType[*Error](results[1].Err); !ok || !errors.Is(e, ErrEmailTaken) || e.UserID != "u1" || e.Status != 409 {
		t.Errorf("result 1 = %+v, want ErrEmailTaken", results[1])
	}
	if results[2].Err == nil || results[2].ExternalID != "44" {
		t.Errorf("result 2 = %+v, want an error for 44", results[2])
	}
	want := `{"bindings":[{"external_id":"42","display_name":"Jane"},{"external_id":"43","email":"jane@example.com"},{"external_id":"44"}]}`
	if got := server.seen()[1].body; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}

func TestBatchIsSplit(t *testing.T) {
	t.Parallel()
	full := `{"results":[` + strings.Repeat(`{"status":201,"binding":{"user_id":"u"}},`, maxBatch-1) + `{"status":201,"binding":{"user_id":"u"}}]}`
	server := newServer(t, answer{status: 200, body: full}, answer{status: 200, body: `{"results":[]}`})
	client, _ := newClient(t, server)
	results, err := client.EnsureBatch(t.Context(), make([]BatchItem, maxBatch+1))
	if e, ok := errors.AsType[*Error](err); !ok || e.Code != CodeBadAnswer || len(results) != maxBatch {
		t.Errorf("%d results and error %v, want those of the first call, and bad_answer for the second", len(results), err)
	}
}
