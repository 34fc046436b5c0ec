// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"reflect"
	"strconv"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var mappingTests = map[string]func(*world){
	"set, changed, and read by revision": func(w *world) {
		read := func(known int64) (convoke.Mapping, int64) {
			m, revision, err := w.db.Mapping(w.ctx(), w.account.ID, known)
			w.must(err)
			return m, revision
		}
		if m, revision := read(0); revision != 0 || !reflect.DeepEqual(m, convoke.Mapping{}) {
			w.Errorf("before any is set: %+v, revision %d", m, revision)
		}
		mapping := convoke.DefaultMapping()
		mapping.Rules = append(mapping.Rules, convoke.MappingRule{Attribute: "a", Match: convoke.MatchRegexp, Value: `ключ\x00`, Licence: convoke.LicenceNone})
		w.must(w.setMapping(w.account.ID, mapping))
		m, revision := read(0)
		if revision == 0 || !reflect.DeepEqual(m, mapping) {
			w.Errorf("read %+v, revision %d", m, revision)
		}
		if m, same := read(revision); same != revision || !reflect.DeepEqual(m, convoke.Mapping{}) {
			w.Errorf("known: %+v, revision %d", m, same)
		}
		mapping.UpdateNames = true
		w.must(w.setMapping(w.account.ID, mapping))
		if m, next := read(revision); next <= revision || !m.UpdateNames {
			w.Errorf("changed: %+v, revision %d after %d", m, next, revision)
		}
		if _, revision, err := w.db.Mapping(w.ctx(), w.newAccount(0).ID, 0); revision != 0 || err != nil {
			w.Errorf("another account: revision %d, %v", revision, err)
		}
		w.wantCode(w.setMapping("nobody", mapping), convoke.CodeAccountNotFound)
	},
	"changed by 20 at the same time": func(w *world) {
		for _, err := range parallel(20, func(i int) error {
			return w.db.ChangeMapping(w.ctx(), w.account.ID, func(before *convoke.Mapping) (convoke.Mapping, []convoke.Event, error) {
				m := convoke.Mapping{}
				if before != nil {
					m = *before
				}
				m.Rows = append(m.Rows, convoke.MappingRow{Attribute: strconv.Itoa(i)})
				return m, []convoke.Event{w.mark().MappingUpdated(w.account.ID, m, m)}, nil
			})
		}) {
			w.must(err)
		}
		m, revision, err := w.db.Mapping(w.ctx(), w.account.ID, 0)
		w.must(err)
		if len(m.Rows) != 20 || revision != 20 {
			w.Errorf("%d rows at revision %d", len(m.Rows), revision)
		}
		if events := w.events(w.account.ID, 20); count(events, convoke.EventMappingUpdated) != 20 {
			w.Errorf("%d events", len(events))
		}
	},
	"a refused change leaves it": func(w *world) {
		refusal := errors.New("no")
		if err := w.db.ChangeMapping(w.ctx(), w.account.ID, func(*convoke.Mapping) (convoke.Mapping, []convoke.Event, error) {
			return convoke.DefaultMapping(), nil, refusal
		}); !errors.Is(err, refusal) {
			w.Errorf("the error is %v", err)
		}
		if _, revision, err := w.db.Mapping(w.ctx(), w.account.ID, 0); revision != 0 || err != nil {
			w.Errorf("revision %d, %v", revision, err)
		}
	},
	"assertions kept, the latest of each account": func(w *world) {
		other := w.newAccount(0)
		for i := range 7 {
			w.must(w.keepAssertion(w.account.ID, i))
			w.must(w.keepAssertion(other.ID, i))
		}
		kept, err := w.db.Assertions(w.ctx(), w.account.ID, time.Time{})
		w.must(err)
		if len(kept) != 5 || !reflect.DeepEqual(kept[0], assertionOf(w.account.ID, 6)) || !reflect.DeepEqual(kept[4], assertionOf(w.account.ID, 2)) {
			w.Errorf("kept %+v", kept)
		}
		if kept, err = w.db.Assertions(w.ctx(), w.account.ID, now.Add(4*time.Second)); len(kept) != 2 || err != nil {
			w.Errorf("after a time: %+v, %v", kept, err)
		}
		w.must(w.db.PurgeAssertions(w.ctx(), now.Add(4*time.Second)))
		for _, account := range []convoke.AccountID{w.account.ID, other.ID} {
			if kept, err = w.db.Assertions(w.ctx(), account, time.Time{}); len(kept) != 3 || err != nil {
				w.Errorf("after the purge: %+v, %v", kept, err)
			}
		}
		w.must(w.setMapping(w.account.ID, convoke.Mapping{KeepAssertions: true}))
		if kept, err = w.db.Assertions(w.ctx(), w.account.ID, time.Time{}); len(kept) != 3 || err != nil {
			w.Errorf("with the switch on: %+v, %v", kept, err)
		}
		w.must(w.setMapping(w.account.ID, convoke.Mapping{}))
		if kept, err = w.db.Assertions(w.ctx(), w.account.ID, time.Time{}); len(kept) != 0 || err != nil {
			w.Errorf("with the switch off: %+v, %v", kept, err)
		}
		if kept, err = w.db.Assertions(w.ctx(), other.ID, time.Time{}); len(kept) != 3 || err != nil {
			w.Errorf("the other account's: %+v, %v", kept, err)
		}
	},
}

func (w *world) setMapping(account convoke.AccountID, m convoke.Mapping) error {
	return w.db.ChangeMapping(w.ctx(), account, func(*convoke.Mapping) (convoke.Mapping, []convoke.Event, error) { return m, nil, nil })
}

func (w *world) keepAssertion(account convoke.AccountID, i int) error {
	return w.db.KeepAssertion(w.ctx(), assertionOf(account, i), 5)
}

func assertionOf(account convoke.AccountID, i int) convoke.KeptAssertion {
	return convoke.KeptAssertion{
		ID: string(account) + strconv.Itoa(i), AccountID: account, Source: convoke.SourceSAML, Issuer: "idp", Subject: "a\x00b",
		Attributes: map[string][]string{"группы": {"a", "b"}}, Code: convoke.CodeNotProvisioned, At: now.Add(time.Duration(i) * time.Second),
	}
}
