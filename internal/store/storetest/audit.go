// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"fmt"

	"github.com/convoke/convoke/internal/convoke"
)

var auditTests = map[string]func(*world){
	"an event keeps who caused it": func(w *world) {
		actor := convoke.Actor{Kind: "person", ID: "u", Name: "ada@example.com", Address: "2001:db8::1"}
		mark := w.mark()
		w.must(w.db.Record(w.ctx(),
			convoke.Event{AccountID: w.account.ID, Name: "by.ada", At: now, Payload: []byte("{}"), Actor: actor},
			convoke.Event{AccountID: w.account.ID, Name: "by.nobody", At: now, Payload: []byte("{}")},
			mark.AccountCreated(w.account)))
		log := w.events(w.account.ID, 3)
		if len(log) != 3 || log[0].Actor != actor || log[1].Actor != (convoke.Actor{}) || log[2].Actor.Kind != "operator" {
			w.Errorf("the log is %+v", log)
		}
	},
	"what is refused leaves no event": func(w *world) {
		app := w.newApp()
		e := convoke.Event{AccountID: w.account.ID, Name: "app.again", At: now, Payload: []byte("{}")}
		if err := w.db.CreateApp(w.ctx(), app, e); err == nil {
			w.Error("the same client id was stored twice")
		}
		w.wantCode(w.db.CreateAccount(w.ctx(), w.account, e), convoke.CodeAccountTaken)
		w.wantCode(w.db.RevokeApp(w.ctx(), w.account.ID, "nobody", now, e), convoke.CodeAppNotFound)
		w.must(w.db.RevokeApp(w.ctx(), w.account.ID, app.ClientID, now, convoke.Event{
			AccountID: w.account.ID, Name: "app.done", At: now, Payload: []byte("{}"),
		}))
		if log := w.events(w.account.ID, 1); len(log) != 1 || log[0].Name != "app.done" {
			w.Errorf("the log is %+v", log)
		}
	},
	"read backwards, page by page, by account": func(w *world) {
		for i := range 5 {
			w.must(w.db.Record(w.ctx(),
				convoke.Event{AccountID: w.account.ID, Name: convoke.EventName(fmt.Sprint(i)), At: now, Payload: []byte("{}")},
				convoke.Event{AccountID: "other", Name: "other", At: now, Payload: []byte("{}")}))
		}
		var names string
		for before := int64(0); ; {
			page, err := w.db.EventsBefore(w.ctx(), w.account.ID, before, 2)
			w.must(err)
			for _, e := range page {
				names, before = names+string(e.Name), e.ID
			}
			if len(page) < 2 {
				break
			}
		}
		if names != "43210" {
			w.Errorf("read %s", names)
		}
	},
	"one seal for each number": func(w *world) {
		if last, err := w.db.LastSeal(w.ctx()); err != nil || last.Number != 0 {
			w.Fatalf("an empty chain ends with %+v, %v", last, err)
		}
		won := make([]bool, 20)
		for _, err := range parallel(len(won), func(i int) (err error) {
			won[i], err = w.db.AppendSeal(w.ctx(), convoke.Seal{Number: 1, LastID: int64(i), Entries: []byte{byte(i)}, Hash: []byte{0}, At: now})
			return err
		}) {
			w.must(err)
		}
		last, err := w.db.LastSeal(w.ctx())
		w.must(err)
		for i, won := range won {
			if won != (int64(i) == last.LastID) {
				w.Errorf("seal %d won: %v; kept is %+v", i, won, last)
			}
		}
		added, err := w.db.AppendSeal(w.ctx(), convoke.Seal{Number: 2, LastID: 99, Entries: []byte("e"), Hash: []byte("h"), At: now})
		w.must(err)
		rest, err := w.db.Seals(w.ctx(), 1, 10)
		w.must(err)
		if !added || len(rest) != 1 || rest[0].LastID != 99 || !bytes.Equal(rest[0].Entries, []byte("e")) ||
			!bytes.Equal(rest[0].Hash, []byte("h")) || !rest[0].At.Equal(now) {
			w.Errorf("after the first: %+v", rest)
		}
	},
}
