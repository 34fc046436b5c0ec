// SPDX-License-Identifier: Apache-2.0

package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// found stands for use cases that cost nothing, so that what is measured is the
// door alone.
type found struct {
	Provision
	decision convoke.Decision
}

func (f found) Ensure(context.Context, convoke.Principal, convoke.Request) (convoke.Decision, error) {
	return f.decision, nil
}

// Bearer lets everybody in.
func (found) Bearer(context.Context, string) (convoke.Principal, error) {
	return convoke.Principal{}, nil
}

func BenchmarkDoorOfEnsure(b *testing.B) {
	use := found{decision: convoke.Decision{
		Outcome: convoke.OutcomeFound,
		User:    convoke.User{ID: "k7Xb2mQvR0yJtN4cWz81Pg", Email: "jane@example.com", FirstName: "Jane", Type: 2, Status: "active"},
		Binding: convoke.Binding{ExternalID: "42", Generation: 1},
	}}
	w := &world{handler: New(Config{Provision: use, Access: use}), token: "token"}
	b.ReportAllocs()
	for b.Loop() {
		r, err := w.request("PUT", Prefix+"/bindings/42", `{"email": "jane@example.com", "first_name": "Jane"}`)
		check(b, err)
		answer := httptest.NewRecorder()
		w.handler.ServeHTTP(answer, r)
		if answer.Code != http.StatusOK {
			b.Fatal(answer.Body)
		}
	}
}
