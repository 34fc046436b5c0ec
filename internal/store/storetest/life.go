// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"fmt"

	"github.com/convoke/convoke/internal/convoke"
)

var lifeTests = map[string]func(*world){
	"ping": func(w *world) { w.must(w.db.Ping(w.ctx())) },
	"closed gives errors": func(w *world) {
		w.bound("42")
		w.must(w.db.Close())
		lookup := convoke.Lookup{AccountID: w.account.ID}
		if _, err := w.db.Find(w.ctx(), lookup); err == nil {
			w.Error("Find works on a closed store")
		}
		if err := w.db.Ping(w.ctx()); err == nil {
			w.Error("Ping works on a closed store")
		}
		for range 50 {
			if err := w.db.Change(w.ctx(), lookup, func(convoke.Found) (convoke.Change, error) { return convoke.Change{}, nil }); err == nil {
				w.Fatal("Change works on a closed store")
			}
		}
		w.must(w.db.Close())
	},
	"closing answers everybody": func(w *world) {
		begun := make(chan struct{}, 100)
		done := make(chan []error, 1)
		go func() {
			done <- parallel(100, func(i int) error {
				begun <- struct{}{}
				_, err := w.ensure(w.account, convoke.Request{Source: convoke.SourceApp, ExternalID: fmt.Sprint(i)})
				return err
			})
		}()
		<-begun
		w.must(w.db.Close())
		if errs := <-done; len(errs) != 100 {
			w.Error("somebody was not answered")
		}
	},
}
