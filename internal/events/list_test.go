// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/events"
)

func TestAnAccountReplaysItsOwnEvents(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := events.New(events.Config{Store: w.db})
	for _, account := range []convoke.AccountID{home, abroad, home, abroad, home} {
		w.commit(w.db, account, convoke.EventUserSignedIn)
	}
	reader := convoke.Principal{Kind: convoke.AppCaller, AccountID: home, Scopes: convoke.Scopes{"user:read:admin"}}
	var seen []int64
	after := int64(0)
	for {
		page, next, err := s.List(t.Context(), reader, after, 2)
		w.check(err)
		for _, e := range page {
			if e.AccountID != home {
				t.Errorf("event %d is of %s", e.ID, e.AccountID)
			}
			seen = append(seen, e.ID)
		}
		if len(page) == 0 {
			if next != after {
				t.Errorf("with nothing new the next id is %d, want %d", next, after)
			}
			break
		}
		after = next
	}
	if len(seen) != 3 || seen[0] >= seen[1] || seen[1] >= seen[2] || after != seen[2] {
		t.Errorf("ids are %v, then %d", seen, after)
	}
}

func TestListIsChecked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := events.New(events.Config{Store: w.db})
	for range events.DefaultLimit + 1 {
		w.commit(w.db, home, convoke.EventUserSignedIn)
	}
	operator := convoke.Operator(home)
	for limit, want := range map[int]int{0: events.DefaultLimit, 1: 1, events.MaxLimit: events.DefaultLimit + 1} {
		page, _, err := s.List(t.Context(), operator, 0, limit)
		w.check(err)
		if len(page) != want {
			t.Errorf("limit %d gives %d events, want %d", limit, len(page), want)
		}
	}
	noScope := convoke.Principal{Kind: convoke.AppCaller, AccountID: home, Scopes: convoke.Scopes{"meeting:read:admin"}}
	person := convoke.Principal{Kind: convoke.UserCaller, AccountID: home, UserID: userOf(home)}
	for name, c := range map[string]struct {
		p     convoke.Principal
		after int64
		limit int
		code  convoke.Code
	}{
		"negative limit": {operator, 0, -1, convoke.CodeInvalidField},
		"over the limit": {operator, 0, events.MaxLimit + 1, convoke.CodeInvalidField},
		"negative after": {operator, -1, 0, convoke.CodeInvalidField},
		"no scope":       {noScope, 0, 0, convoke.CodeScopeMissing},
		"a person":       {person, 0, 0, convoke.CodeNotOperator},
		"nobody":         {convoke.Principal{}, 0, 0, convoke.CodeNotOperator},
	} {
		if _, _, err := s.List(t.Context(), c.p, c.after, c.limit); !convoke.HasCode(err, c.code) {
			t.Errorf("%s: error is %v, want %s", name, err, c.code)
		}
	}
}
