// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/convoke/convoke/internal/convoke"
)

var changeTests = map[string]func(*world){
	"error of the function comes out as it is, and nothing is written": func(w *world) {
		refusal := errors.New("no")
		err := w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
			return convoke.Change{Events: []convoke.Event{{AccountID: w.account.ID, Payload: []byte("{}")}}}, refusal
		})
		if err != refusal { //nolint:errorlint // not wrapped: the very error
			w.Errorf("error is %v", err)
		}
		if events, _ := w.db.Events(w.ctx(), w.account.ID, 0, 10); len(events) != 0 {
			w.Errorf("%d events", len(events))
		}
	},
	"loses no update of one user": func(w *world) {
		user := w.bound("42")
		for _, err := range parallel(100, func(int) error {
			return w.byUser(w.account, user.ID, func(u convoke.User) (convoke.Change, error) {
				longer := u.DisplayName + "x"
				return convoke.Update(u, convoke.UserPatch{DisplayName: &longer}, convoke.Found{}, w.mark())
			})
		}) {
			w.must(err)
		}
		if got := w.user(user.ID); got.DisplayName != strings.Repeat("x", 100) {
			w.Errorf("display name has %d of 100 changes", len(got.DisplayName))
		}
	},
	"failing one harms none that shares its commit": func(w *world) {
		outsider := w.newAccount(convoke.NoSeatLimit)
		stranger, err := w.ensure(outsider, convoke.Request{Source: convoke.SourceApp, ExternalID: "s"})
		w.must(err)
		errs := parallel(200, func(i int) error {
			switch i % 4 {
			case 0: // fails after it wrote: the binding is inserted, the user collides
				return w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
					user := stranger.User
					user.ID, user.AccountID, user.Email = convoke.UserID(newID()), w.account.ID, newID()+"@example.com"
					invitation := convoke.Invitation{ID: convoke.InvitationID(newID()), AccountID: w.account.ID, UserID: "nobody"}
					user.PMI = newPMI()
					return convoke.Change{After: &user, Invitation: &invitation}, nil
				})
			case 1: // fails before it wrote
				return w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
					return convoke.Change{}, errors.New("no")
				})
			}
			_, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i)})
			return err
		})
		for i, err := range errs {
			if failed := err != nil; failed != (i%4 < 2) {
				w.Errorf("change %d: %v", i, err)
			}
		}
		_, census, err := w.db.Tally(w.ctx(), w.account.ID)
		w.must(err)
		if census.Active != 100 {
			w.Errorf("%d users, want 100", census.Active)
		}
	},
	"panic does not stop the others": func(w *world) {
		panicked := func() (err error) {
			defer func() {
				if fault := recover(); fault != nil {
					err = fmt.Errorf("panic: %v", fault)
				}
			}()
			return w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
				panic("oh dear")
			})
		}
		if err := panicked(); err == nil {
			w.Error("no error")
		}
		w.bound("42")
	},
	"cancelled context": func(w *world) {
		ctx, cancel := context.WithCancel(w.ctx())
		cancel()
		var ran atomic.Bool
		err := w.db.Change(ctx, convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
			ran.Store(true)
			return convoke.Change{}, nil
		})
		if !errors.Is(err, context.Canceled) || ran.Load() {
			w.Errorf("error is %v, ran: %v", err, ran.Load())
		}
		if _, err := w.db.Find(ctx, convoke.Lookup{AccountID: w.account.ID}); !errors.Is(err, context.Canceled) {
			w.Errorf("error of Find is %v", err)
		}
	},
	"cancelled while it waits for its turn": func(w *world) {
		blocked, resume := make(chan struct{}), make(chan struct{})
		first := make(chan error, 1)
		go func() {
			var once atomic.Bool
			first <- w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
				if once.CompareAndSwap(false, true) {
					close(blocked)
					<-resume
				}
				return convoke.Change{}, nil
			})
		}()
		<-blocked
		ctx, cancel := context.WithCancel(w.ctx())
		second := make(chan error, 1)
		go func() {
			second <- w.db.Change(ctx, convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
				<-ctx.Done() // on PostgreSQL nobody waits for the first
				return convoke.Change{}, ctx.Err()
			})
		}()
		cancel()
		if err := <-second; !errors.Is(err, context.Canceled) {
			w.Errorf("error is %v", err)
		}
		close(resume)
		w.must(<-first)
	},
	"lasting conflict gets its code": func(w *world) {
		taken := w.bound("42")
		for code, collide := range map[convoke.Code]func(*convoke.User){
			convoke.CodeEmailTaken: func(u *convoke.User) { u.Email = strings.ToUpper(taken.Email) },
			convoke.CodePMITaken:   func(u *convoke.User) { u.PMI = taken.PMI },
		} {
			err := w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
				user := taken
				user.ID, user.Email, user.PMI = convoke.UserID(newID()), newID()+"@example.com", newPMI()
				collide(&user)
				return convoke.Change{After: &user}, nil
			})
			w.wantCode(err, code)
			if e := convoke.AsError(err); code == convoke.CodeEmailTaken && e.UserID != taken.ID {
				w.Errorf("the error names user %q", e.UserID)
			}
		}
	},
	"about a user that the lookup did not name": func(w *world) {
		user := w.bound("42")
		err := w.db.Change(w.ctx(), convoke.Lookup{AccountID: w.account.ID}, func(convoke.Found) (convoke.Change, error) {
			return convoke.Deactivate(user, w.mark())
		})
		if err == nil || convoke.AsError(err).Kind != convoke.KindInternal {
			w.Errorf("error is %v", err)
		}
	},
	"tells the reader of events": func(w *world) {
		for drained := false; !drained; {
			select {
			case <-w.db.Committed():
			default:
				drained = true
			}
		}
		w.bound("42")
		<-w.db.Committed()
	},
}
