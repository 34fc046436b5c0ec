// SPDX-License-Identifier: Apache-2.0

package client_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/convoke/convoke/client"
	"github.com/convoke/convoke/client/clienttest"
)

// A host app's user logs in, twice, and starts a meeting in between.
func Example() {
	var meetings client.Provider = clienttest.New() // in production, client.New(...)
	ctx := context.Background()

	user, err := meetings.Ensure(ctx, "42", client.Person{DisplayName: "Jane Doe"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("made at the first login:", user.Created)

	meeting, err := meetings.Meeting(ctx, "42", "lesson-7", client.MeetingSpec{Topic: "Fractions"})
	if err != nil {
		log.Fatal(err)
	}
	link, err := meetings.HostURL(ctx, meeting.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("a start link:", strings.Contains(link, "?zak="))
	fmt.Println("a join link:", strings.Contains(meeting.JoinURL, "?pwd="))

	again, err := meetings.Ensure(ctx, "42", client.Person{DisplayName: "Jane Doe"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("the same user at the next login:", again.ID == user.ID && !again.Created)
	// Output:
	// made at the first login: true
	// a start link: true
	// a join link: true
	// the same user at the next login: true
}

// A Client talks to a server by HTTP; here to one that knows a single answer.
func ExampleNew() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			fmt.Fprint(w, `{"access_token":"secret","expires_in":3600}`)
			return
		}
		fmt.Println(r.Method, r.URL.Path)
		fmt.Fprint(w, `{"external_id":"42","user_id":"KdYKjnimT4KPd8KKdQt9FQ","status":"active","generation":1}`)
	}))
	defer server.Close()

	convoke, err := client.New(server.URL, client.Credentials{AccountID: "a", ClientID: "c", ClientSecret: "s"})
	if err != nil {
		log.Fatal(err)
	}
	user, err := convoke.Ensure(context.Background(), "42", client.Person{DisplayName: "Jane Doe"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(user.ID, user.Status)
	// Output:
	// PUT /api/v1/bindings/42
	// KdYKjnimT4KPd8KKdQt9FQ active
}

// Two of the host app's users cannot have one e-mail; the error says who has it.
func ExampleError() {
	meetings := clienttest.New()
	ctx := context.Background()
	holder, err := meetings.Ensure(ctx, "1", client.Person{Email: "jane@example.com"})
	if err != nil {
		log.Fatal(err)
	}

	_, err = meetings.Ensure(ctx, "2", client.Person{Email: "jane@example.com"})
	if refusal, ok := errors.AsType[*client.Error](err); ok && errors.Is(err, client.ErrEmailTaken) {
		fmt.Println(refusal.Field, "is taken by the first user:", refusal.UserID == holder.ID)
	}
	// Output:
	// email is taken by the first user: true
}

// A login must not fail because the conferences are away.
func ExampleProvider() {
	meetings := clienttest.New()
	meetings.SetDown(true)

	_, err := meetings.Ensure(context.Background(), "42", client.Person{DisplayName: "Jane Doe"})
	if errors.Is(err, client.ErrUnavailable) {
		fmt.Println("Welcome, Jane. Meetings are unavailable right now.")
	}
	// Output:
	// Welcome, Jane. Meetings are unavailable right now.
}

// Many people at once, for instance when a school signs up.
func ExampleClient_EnsureBatch() {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth/token" {
			fmt.Fprint(w, `{"access_token":"secret","expires_in":3600}`)
			return
		}
		fmt.Fprint(w, `{"results":[
			{"status":201,"external_id":"1","binding":{"external_id":"1","user_id":"KdYKjnimT4KPd8KKdQt9FQ"}},
			{"status":400,"external_id":"2","error":{"code":"invalid_email","detail":"The e-mail address must look like name@example.com."}}]}`)
	}))
	defer server.Close()
	convoke, err := client.New(server.URL, client.Credentials{AccountID: "a", ClientID: "c", ClientSecret: "s"})
	if err != nil {
		log.Fatal(err)
	}

	results, err := convoke.EnsureBatch(context.Background(), []client.BatchItem{
		{ExternalID: "1", Person: client.Person{DisplayName: "Jane Doe"}},
		{ExternalID: "2", Person: client.Person{Email: "jane"}},
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range results {
		if r.Err != nil {
			fmt.Println(r.ExternalID, r.Err)
			continue
		}
		fmt.Println(r.ExternalID, r.User.ID)
	}
	// Output:
	// 1 KdYKjnimT4KPd8KKdQt9FQ
	// 2 convoke: 400 invalid_email: The e-mail address must look like name@example.com.
}
