// SPDX-License-Identifier: Apache-2.0

package clienttest_test

import (
	"errors"
	"testing"

	"github.com/convoke/convoke/client"
	"github.com/convoke/convoke/client/clienttest"
)

func TestContract(t *testing.T) {
	t.Parallel()
	p := clienttest.New()
	clienttest.TestProvider(t, p, p)
}

func TestFailNextFailsInOrder(t *testing.T) {
	t.Parallel()
	p := clienttest.New()
	broken := errors.New("broken")
	p.FailNext(broken, nil, clienttest.ErrDown)
	for i, want := range []error{broken, nil, client.ErrUnavailable, nil} {
		if _, err := p.Ensure(t.Context(), "42", client.Person{}); !errors.Is(err, want) {
			t.Errorf("call %d: error %v, want %v", i, err, want)
		}
	}
	if got := len(p.Calls()); got != 4 {
		t.Errorf("%d calls recorded, want 4", got)
	}
	if user, ok := p.User("42"); !ok || user.Generation != 1 {
		t.Errorf("user = %+v, %v; a failed call must change nothing", user, ok)
	}
}

func TestSetDownHoldsUntilItIsLifted(t *testing.T) {
	t.Parallel()
	p := clienttest.New()
	p.SetDown(true)
	for range 2 {
		if _, err := p.Ensure(t.Context(), "42", client.Person{}); !errors.Is(err, client.ErrUnavailable) {
			t.Errorf("error %v, want ErrUnavailable", err)
		}
	}
	if users := p.Users(); len(users) != 0 {
		t.Errorf("users %+v were made while the service was down", users)
	}
	p.SetDown(false)
	if _, err := p.Ensure(t.Context(), "42", client.Person{}); err != nil {
		t.Error(err)
	}
}

func TestMeetingsAreListedByExternalID(t *testing.T) {
	t.Parallel()
	p := clienttest.New()
	if _, err := p.Ensure(t.Context(), "42", client.Person{}); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"a", "b", "a"} {
		if _, err := p.Meeting(t.Context(), "42", key, client.MeetingSpec{}); err != nil {
			t.Fatal(err)
		}
	}
	list := p.Meetings("42")
	if len(list) != 2 || list[0].Key != "a" || list[1].Key != "b" {
		t.Errorf("meetings = %+v, want a and b", list)
	}
}

func TestControlRefusesUnknownUsers(t *testing.T) {
	t.Parallel()
	p := clienttest.New()
	for name, call := range map[string]func() error{
		"DeleteUser":     func() error { return p.DeleteUser(t.Context(), "nobody") },
		"DeactivateUser": func() error { return p.DeactivateUser(t.Context(), "nobody") },
	} {
		if err := call(); !errors.Is(err, client.ErrNotFound) {
			t.Errorf("%s: error %v, want ErrNotFound", name, err)
		}
	}
}
