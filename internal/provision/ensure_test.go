// SPDX-License-Identifier: Apache-2.0

package provision_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

func TestARepeatedEnsureFindsTheSameUserAndWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	request := bound("42", "ada@example.com")
	request.FirstName, request.LastName, request.DisplayName = "Ada", "King", "Ada K."
	first, err := w.Ensure(t.Context(), w.app, request)
	check(t, err)
	if first.Outcome != convoke.OutcomeMade || first.Binding.Generation != 1 || first.Binding.UserID != first.User.ID {
		t.Fatalf("the first ensure gave %+v", first)
	}
	before := w.picture(t)
	for _, again := range []convoke.Request{request, bound("42", ""), bound("42", " ada@example.com "), {
		Source: convoke.SourceApp, ExternalID: "42", UserID: first.User.ID,
	}} {
		found, err := w.Ensure(t.Context(), w.app, again)
		check(t, err)
		if found.Outcome != convoke.OutcomeFound || !found.Change.Empty() || !reflect.DeepEqual(found.User, first.User) || found.Binding != first.Binding {
			t.Errorf("%+v gave %+v, want the user of %+v", again, found, first)
		}
	}
	w.unchanged(t, before)
	if got := names(before.events); got != "user.created binding.created" {
		t.Errorf("making the user told %q", got)
	}
}

// What a new user would need is not asked for a user who is there: the account
// may have lost a grant since.
func TestAFoundUserNeedsNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	user := w.made(t, bound("42", ""))
	_, err := w.SetAccount(t.Context(), convoke.Operator(""), w.id, convoke.AccountChange{APIPartner: new(false)})
	check(t, err)
	before := w.picture(t)
	for _, action := range []string{"", "create", "custCreate", "autoCreate"} {
		request := bound("42", "")
		request.Action = action
		found, err := w.Ensure(t.Context(), w.app, request)
		check(t, err)
		if found.Outcome != convoke.OutcomeFound || found.User.ID != user.ID {
			t.Errorf("%q: %s of user %s, want %s found", action, found.Outcome, found.User.ID, user.ID)
		}
	}
	w.unchanged(t, before)
	_, err = w.Ensure(t.Context(), w.app, bound("43", ""))
	wantCode(t, err, convoke.CodeInvalidEmail)
}

func TestEnsureUpdatesAttributesAndKeepsTheIdentity(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	user := w.made(t, bound("42", "ada@example.com"))
	w.clock.advance(1e9)
	changed := bound("42", "countess@example.com")
	changed.DisplayName = "Countess"
	decision, err := w.Ensure(t.Context(), w.app, changed)
	check(t, err)
	if decision.Outcome != convoke.OutcomeUpdated || decision.User.ID != user.ID || decision.Binding.Generation != 1 {
		t.Errorf("a changed e-mail gave %+v", decision)
	}
	now := w.user(t, user.ID)
	if now.Email != "countess@example.com" || now.DisplayName != "Countess" || !now.UpdatedAt.Equal(w.clock.Now()) || !now.CreatedAt.Equal(user.CreatedAt) {
		t.Errorf("the store has %+v", now)
	}
	if got := names(w.events(t)); got != "user.created binding.created user.updated" {
		t.Errorf("the events are %q", got)
	}
	other := w.made(t, bound("43", "ada@example.com")) // the old address is free again
	if other.ID == user.ID {
		t.Error("a new external id got the user who had its e-mail before")
	}
}

func TestAnEmailThatAnotherUserHoldsIsAConflictWithThatUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	holder := w.made(t, bound("1", "ada@example.com"))
	w.made(t, bound("2", "ben@example.com"))
	before := w.picture(t)
	for name, request := range map[string]convoke.Request{
		"a new external id":           bound("3", "ADA@Example.com"),
		"another user's external id":  bound("2", "ada@example.com"),
		"a plain creation":            {Action: "create", Email: "ada@example.com"},
		"the same person, unbound":    {Action: "custCreate", Email: "ada@example.com"},
		"single sign-on, same person": {Action: "ssoCreate", Email: "ada@example.com"},
	} {
		_, err := w.Ensure(t.Context(), w.app, request)
		wantCode(t, err, convoke.CodeEmailTaken)
		if blocking(err) != holder.ID {
			t.Errorf("%s: the conflict names user %q, want %q", name, blocking(err), holder.ID)
		}
	}
	w.unchanged(t, before)
}

func TestEnsureBindsAnExistingUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	user := w.pending(t, "ada@example.com")
	other := w.made(t, bound("other", ""))
	request := convoke.Request{Source: convoke.SourceApp, ExternalID: "42", UserID: user.ID}
	decision, err := w.Ensure(t.Context(), w.app, request)
	check(t, err)
	if decision.Outcome != convoke.OutcomeBound || decision.User.ID != user.ID || decision.Created() {
		t.Errorf("binding gave %+v", decision)
	}
	_, boundUser, err := w.Binding(t.Context(), w.app, convoke.SourceApp, "42")
	check(t, err)
	if boundUser.ID != user.ID {
		t.Errorf("42 is bound to %s, want %s", boundUser.ID, user.ID)
	}
	before := w.picture(t)
	for name, c := range map[string]struct {
		request convoke.Request
		code    convoke.Code
		user    convoke.UserID
	}{
		"id bound to another":   {convoke.Request{Source: convoke.SourceApp, ExternalID: "42", UserID: other.ID}, convoke.CodeBoundElsewhere, user.ID},
		"user bound to another": {convoke.Request{Source: convoke.SourceApp, ExternalID: "43", UserID: user.ID}, convoke.CodeBoundElsewhere, user.ID},
		"unknown user":          {convoke.Request{Source: convoke.SourceApp, ExternalID: "43", UserID: "nobody"}, convoke.CodeUserNotFound, ""},
	} {
		_, err := w.Ensure(t.Context(), w.app, c.request)
		wantCode(t, err, c.code)
		if blocking(err) != c.user {
			t.Errorf("%s: the error names user %q, want %q", name, blocking(err), c.user)
		}
	}
	w.unchanged(t, before)
}

func TestADeletedUserIsReplacedOneGenerationOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	seen := map[convoke.UserID]bool{}
	for generation := 1; generation <= 4; generation++ {
		decision, err := w.Ensure(t.Context(), w.app, bound("42", "ada@example.com"))
		check(t, err)
		wanted := convoke.OutcomeReplaced
		if generation == 1 {
			wanted = convoke.OutcomeMade
		}
		if decision.Outcome != wanted || decision.Binding.Generation != generation || seen[decision.User.ID] {
			t.Fatalf("generation %d: %s with generation %d of user %s", generation, decision.Outcome, decision.Binding.Generation, decision.User.ID)
		}
		seen[decision.User.ID] = true
		check(t, w.Remove(t.Context(), w.app, "ada@example.com", convoke.Delete))
		_, _, err = w.Binding(t.Context(), w.app, convoke.SourceApp, "42")
		wantCode(t, err, convoke.CodeBindingNotFound)
	}
	if got := len(w.events(t, convoke.EventBindingReplaced)); got != 3 {
		t.Errorf("%d events tell of a replaced binding, want 3", got)
	}
}

func TestUnbindKeepsTheUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	user := w.made(t, bound("42", "ada@example.com"))
	check(t, w.Unbind(t.Context(), w.app, convoke.SourceApp, "42"))
	if got := w.user(t, user.ID); got.Status != convoke.StatusActive {
		t.Errorf("the unbound user is %+v", got)
	}
	wantCode(t, w.Unbind(t.Context(), w.app, convoke.SourceApp, "42"), convoke.CodeBindingNotFound)
	_, err := w.Ensure(t.Context(), w.app, bound("42", "ada@example.com"))
	wantCode(t, err, convoke.CodeEmailTaken) // nothing ties the id to the user any more
	decision, err := w.Ensure(t.Context(), w.app, convoke.Request{Source: convoke.SourceApp, ExternalID: "43", UserID: user.ID})
	check(t, err)
	if decision.Binding.Generation != 1 || decision.User.ID != user.ID {
		t.Errorf("binding the user anew gave %+v", decision)
	}
}

func TestExternalIDs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	users := map[convoke.UserID]string{}
	for _, id := range []string{"a", "A", " a", "ä", "a\x00b", "a/b", "a b\n", "日本", strings.Repeat("é", 127) + "x", "%41", "💡"} {
		user := w.made(t, bound(id, ""))
		if former, ok := users[user.ID]; ok {
			t.Errorf("%q and %q are one user", former, id)
		}
		users[user.ID] = id
		binding, _, err := w.Binding(t.Context(), w.app, convoke.SourceApp, id)
		check(t, err)
		if binding.ExternalID != id {
			t.Errorf("%q came back as %q", id, binding.ExternalID)
		}
	}
	before := w.picture(t)
	for _, id := range []string{"", strings.Repeat("x", 256), strings.Repeat("é", 128), "\xff", "a\xc3"} {
		_, err := w.Ensure(t.Context(), w.app, bound(id, ""))
		wantCode(t, err, convoke.CodeInvalidField)
		_, _, err = w.Binding(t.Context(), w.app, convoke.SourceApp, id)
		wantCode(t, err, convoke.CodeInvalidField)
		wantCode(t, w.Unbind(t.Context(), w.app, convoke.SourceApp, id), convoke.CodeInvalidField)
	}
	w.unchanged(t, before)
}

func TestKeysOfDifferentSourcesNeverCollide(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	seen := map[convoke.UserID]bool{}
	for _, source := range []convoke.Source{convoke.SourceApp, convoke.SourceSAML, convoke.SourceSCIM, convoke.SourceCSV} {
		seen[w.made(t, convoke.Request{Source: source, ExternalID: "42"}).ID] = true
	}
	if len(seen) != 4 {
		t.Errorf("four sources have %d users", len(seen))
	}
	page, err := w.Bindings(t.Context(), w.app, 0, "")
	check(t, err)
	if len(page.Bindings) != 1 || page.Bindings[0].Source != convoke.SourceApp {
		t.Errorf("the app sees the bindings %+v, want its own alone", page.Bindings)
	}
}

func TestARefusedRequestChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, everything)
	before := w.picture(t)
	for name, c := range map[string]struct {
		change func(*convoke.Request)
		code   convoke.Code
	}{
		"unknown action":     {func(r *convoke.Request) { r.Action = "make" }, convoke.CodeUnknownAction},
		"action's case":      {func(r *convoke.Request) { r.Action = "custcreate" }, convoke.CodeUnknownAction},
		"no e-mail":          {func(r *convoke.Request) { r.Action, r.Email = "create", "" }, convoke.CodeInvalidEmail},
		"malformed e-mail":   {func(r *convoke.Request) { r.Email = "ada" }, convoke.CodeInvalidEmail},
		"e-mail too long":    {func(r *convoke.Request) { r.Email = strings.Repeat("a", 60) + "@" + strings.Repeat("b.", 33) + "cc" }, convoke.CodeInvalidEmail},
		"first name":         {func(r *convoke.Request) { r.FirstName = strings.Repeat("x", 65) }, convoke.CodeInvalidName},
		"last name":          {func(r *convoke.Request) { r.LastName = strings.Repeat("x", 65) }, convoke.CodeInvalidName},
		"display name":       {func(r *convoke.Request) { r.DisplayName = strings.Repeat("x", 129) }, convoke.CodeInvalidName},
		"control characters": {func(r *convoke.Request) { r.DisplayName = "a\x00b" }, convoke.CodeInvalidName},
		"type":               {func(r *convoke.Request) { r.Type = 3 }, convoke.CodeInvalidType},
		"type of custCreate": {func(r *convoke.Request) { r.Type = convoke.TypeBasic }, convoke.CodeInvalidType},
		"type none":          {func(r *convoke.Request) { r.Action, r.Type = "create", convoke.TypeNone }, convoke.CodeInvalidType},
		"no password":        {func(r *convoke.Request) { r.Action = "autoCreate" }, convoke.CodePasswordLength},
		"weak password":      {func(r *convoke.Request) { r.Action, r.Password = "autoCreate", "Abcdefgh1" }, convoke.CodePasswordConsecutive},
		"domain not managed": {func(r *convoke.Request) { r.Action, r.Password = "autoCreate", goodPassword }, convoke.CodeNoManagedDomain},
	} {
		request := bound("42", "ada@example.com")
		c.change(&request)
		_, err := w.Ensure(t.Context(), w.app, request)
		if !convoke.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
	w.unchanged(t, before)
	if got := w.hashes.Load(); got != 0 {
		t.Errorf("%d passwords of refused requests were hashed", got)
	}
}

func TestABatchEnsuresItemByItem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, partner)
	holder := w.made(t, bound("holder", "taken@example.com"))
	var requests []convoke.Request
	for i := range 100 {
		requests = append(requests, bound(fmt.Sprintf("id-%03d", i), ""))
	}
	requests[10] = bound("id-010", "taken@example.com")
	requests[20] = bound("", "")
	requests[30].Action = "make"
	requests[40] = bound("id-039", "") // twice in one batch
	results, err := w.EnsureBatch(t.Context(), w.app, requests)
	check(t, err)
	wanted := map[int]convoke.Code{10: convoke.CodeEmailTaken, 20: convoke.CodeInvalidField, 30: convoke.CodeUnknownAction}
	for i, result := range results {
		wantCode(t, result.Err, wanted[i])
		if result.Err == nil && result.Decision.Binding.ExternalID != requests[i].ExternalID {
			t.Errorf("result %d is about %q, want %q", i, result.Decision.Binding.ExternalID, requests[i].ExternalID)
		}
	}
	if blocking(results[10].Err) != holder.ID {
		t.Errorf("the conflict names %q, want %q", blocking(results[10].Err), holder.ID)
	}
	if results[39].Decision.User.ID != results[40].Decision.User.ID {
		t.Error("one external id twice in a batch became two users")
	}
	if got := len(w.events(t, convoke.EventUserCreated)); got != 97 {
		t.Errorf("%d users were made, want 96 and the one before", got)
	}
	_, err = w.EnsureBatch(t.Context(), w.app, make([]convoke.Request, provision.MaxBatch+1))
	wantCode(t, err, convoke.CodeInvalidField)
	none, err := w.EnsureBatch(t.Context(), w.app, nil)
	if err != nil || len(none) != 0 {
		t.Errorf("an empty batch gave %v, %v", none, err)
	}
}
