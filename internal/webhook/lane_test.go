// SPDX-License-Identifier: Apache-2.0

package webhook_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }

func TestEventsArriveOnceSignedAndInTheOrderOfTheirUser(t *testing.T) {
	t.Parallel()
	for name, url := range map[string]string{"SQLite": "", "PostgreSQL": storetest.PostgreSQL(t)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, url)
			r := &receiver{}
			w.emit("before", 1) // before anybody has subscribed
			id := w.subscribe(serve(t, r))
			stop := w.run(w.db, nil)
			const each = 300
			for n := range each {
				w.emit("a", n)
				w.emit("b", n)
			}
			w.eventually("all have come", func() bool { return len(r.list()) >= 2*each })
			stop()
			for _, subject := range []string{"a", "b"} {
				if got := strings.Fields(of(r.list(), subject)); len(got) != each || !slices.IsSortedFunc(got, byNumber) {
					t.Errorf("%s: %d came, in the order %v", subject, len(got), got)
				}
			}
			if len(r.faults) > 0 || len(r.list()) != 2*each {
				t.Errorf("%d came; faults %v", len(r.list()), r.faults)
			}
			attempts, err := w.db.Attempts(t.Context(), id, 0, 1000)
			w.check(err)
			if len(attempts) != 2*each || !attempts[0].OK() || attempts[0].Status != http.StatusNoContent {
				t.Errorf("%d attempts are logged, the last as %+v", len(attempts), attempts[0])
			}
			w.run(w.db, nil) // after a stop nothing comes again
			w.emit("a", each)
			w.eventually("the next has come", func() bool { return len(r.list()) > 2*each })
			if got := r.list(); len(got) != 2*each+1 {
				t.Errorf("%d came again", len(got)-2*each-1)
			}
		})
	}
}

func byNumber(a, b string) int {
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// inBubble runs a test whose clock moves on when everybody waits.
func inBubble(t *testing.T, test func(w *world, r *receiver, id convoke.SubscriptionID)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := settle(t, &world{still: true})
		r := &receiver{}
		id := w.subscribe("https://example.com/hook")
		test(w, r, id)
	})
}

// wait lets the time pass.
func wait(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func TestAFailedEventIsTriedByTheSchedule(t *testing.T) {
	inBubble(t, func(w *world, r *receiver, id convoke.SubscriptionID) {
		defer w.run(w.db, r)()
		r.reply(func(event string) int {
			if event == "a1" {
				return http.StatusInternalServerError
			}
			return http.StatusOK
		})
		w.emit("a", 1, 2)
		w.emit("b", 1)
		wait(2 * time.Second)
		w.emit("a", 3)
		w.emit("b", 2)
		for _, step := range []struct {
			wait time.Duration
			want string
		}{
			{2 * time.Second, "1 "},
			{5*time.Minute - 10*time.Second, "1 "},
			{20 * time.Second, "1 1 "},
			{20 * time.Minute, "1 1 1 "},
			{time.Hour, "1 1 1 1 "},
		} {
			wait(step.wait)
			if got := of(r.list(), "a"); got != step.want {
				w.Errorf("after another %v a has %s, want %s\n%s", step.wait, got, step.want, w.kept(id))
			}
		}
		if got := of(r.list(), "b"); got != "1 2 " {
			w.Errorf("another user's events are held up: %s", got)
		}
		if got := w.kept(id); got != "a:retrying:4 a:waiting:0 a:waiting:0 " {
			w.Errorf("kept are %s", got)
		}
		r.reply(nil)
		wait(2*time.Hour + time.Minute)
		if got := of(r.list(), "a"); got != "1 1 1 1 1 2 3 " || w.kept(id) != "" {
			w.Errorf("a has %s, kept are %s", got, w.kept(id))
		}
	})
}

func TestADeadLetterIsReplayed(t *testing.T) {
	inBubble(t, func(w *world, r *receiver, id convoke.SubscriptionID) {
		defer w.run(w.db, r)()
		r.reply(func(event string) int {
			if event == "a1" {
				return http.StatusBadRequest
			}
			return http.StatusOK
		})
		w.emit("a", 1, 2)
		wait(73 * time.Hour)
		if got := of(r.list(), "a"); strings.Count(got, "1 ") != 12 || !strings.HasSuffix(got, "1 2 ") {
			w.Errorf("a has %s", got)
		}
		list, err := w.db.Deliveries(context.Background(), id, convoke.DeliveryDead, 0, 10)
		w.check(err)
		if len(list) != 1 || list[0].Attempts != 12 || list[0].Error != "The receiver answered 400 (Bad Request); 200 or 204 is needed." {
			w.Errorf("dead letters are %+v", list)
		}
		if !strings.Contains(w.logs.String(), "dead letter") {
			w.Error("the log does not tell of it")
		}
		r.reply(nil)
		n, err := w.db.Replay(context.Background(), home, id, 0, time.Now(), 10)
		w.check(err)
		wait(12 * time.Second)
		if got := of(r.list(), "a"); n != 1 || !strings.HasSuffix(got, "2 1 ") || w.kept(id) != "" {
			w.Errorf("%d replayed; a has %s; kept are %s", n, got, w.kept(id))
		}
	})
}

func TestAReceiverThatIsDownIsLeftAlone(t *testing.T) {
	inBubble(t, func(w *world, r *receiver, id convoke.SubscriptionID) {
		r.reply(func(string) int { return http.StatusBadGateway })
		var list []convoke.Event
		for n := range 2000 {
			list = append(list, newEvent("user"+string(rune('A'+n%20))+string(rune('A'+n/20%26))+"-", n))
		}
		w.commit(list...)
		stop := w.run(w.db, r)
		wait(10 * time.Second)
		if n := len(r.list()); n < 20 || n > 60 {
			w.Errorf("%d requests to a receiver that is down", n)
		}
		wait(3 * time.Minute)
		before := len(r.list())
		if before > 70 {
			w.Errorf("%d requests in three minutes", before)
		}
		stop() // a restart does not forget what is kept
		defer w.run(w.db, r)()
		r.reply(nil)
		wait(30 * time.Minute)
		if got := len(r.list()); w.kept(id) != "" || got < 2000 || got > 2000+100 {
			w.Errorf("%d requests in all; kept are %s", got, w.kept(id))
		}
		var subjects []string
		for _, name := range r.list()[before:] {
			subject, _, _ := strings.Cut(name, "-")
			subjects = append(subjects, subject)
		}
		for _, subject := range slices.Compact(slices.Sorted(slices.Values(subjects))) {
			if got := strings.Fields(of(r.list()[before:], subject+"-")); !slices.IsSortedFunc(got, byNumber) {
				w.Errorf("%s: the order is %v", subject, got)
			}
		}
	})
}

func TestEventsAreNotLeftForEverWhenTheReceiverIsDead(t *testing.T) {
	inBubble(t, func(w *world, r *receiver, id convoke.SubscriptionID) {
		r.reply(func(string) int { return http.StatusBadGateway })
		defer w.run(w.db, r)()
		for n := range 40 {
			w.emit(string(rune('A'+n)), 1)
		}
		wait(12 * time.Second)
		w.change(id, func(s *convoke.Subscription) { s.FailingSince = time.Now() }) // as the next challenge shows
		wait(12 * time.Second)
		w.emit("late", 1)
		wait(72*time.Hour + 5*time.Minute)
		asked := len(r.list())
		list, err := w.db.Deliveries(context.Background(), id, convoke.DeliveryDead, 0, 100)
		w.check(err)
		if len(list) == 0 || list[len(list)-1].Subject != "late" {
			w.Errorf("the dead letters are %s", w.kept(id))
		}
		wait(time.Hour)
		if len(r.list()) != asked {
			w.Error("a receiver that failed its challenge is sent events")
		}
	})
}

func TestAnotherProcessTakesOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.PostgreSQL(t))
	one, two := &receiver{}, &receiver{}
	w.subscribe("https://example.com/hook")
	stop := w.run(w.db, one)
	w.emit("a", 1)
	w.eventually("the first process delivers", func() bool { return len(one.list()) == 1 })
	w.run(w.open(), two)
	w.emit("a", 2)
	w.eventually("it goes on", func() bool { return len(one.list()) == 2 })
	stop()
	w.emit("a", 3)
	w.eventually("the second takes over", func() bool { return len(two.list()) == 1 })
	if got := of(two.list(), "a"); got != "3 " || len(one.list()) != 2 {
		t.Errorf("the second sent %s", got)
	}
}

func TestASubscriptionIsChangedWhileItRuns(t *testing.T) {
	inBubble(t, func(w *world, r *receiver, id convoke.SubscriptionID) {
		defer w.run(w.db, r)()
		w.change(id, func(s *convoke.Subscription) { s.Events = []convoke.EventName{convoke.EventUserDeleted} })
		wait(12 * time.Second)
		w.emit("a", 1)
		wait(12 * time.Second)
		w.change(id, func(s *convoke.Subscription) { s.Events = nil })
		wait(12 * time.Second)
		w.emit("a", 2)
		wait(12 * time.Second)
		w.change(id, func(s *convoke.Subscription) { s.Enabled = false })
		wait(12 * time.Second)
		w.emit("a", 3)
		wait(12 * time.Second)
		w.change(id, func(s *convoke.Subscription) { s.Enabled = true })
		wait(12 * time.Second)
		w.emit("a", 4)
		wait(12 * time.Second)
		if got := of(r.list(), "a"); got != "2 4 " {
			w.Errorf("came %s", got)
		}
	})
}
