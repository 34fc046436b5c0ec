// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

// job stores a new job that runs.
func (w *world) job(account convoke.Account, chunks int) convoke.Import {
	w.Helper()
	job := convoke.Import{
		ID: convoke.ImportID(newID()), AccountID: account.ID, State: convoke.ImportRunning, Digest: "d" + newID(),
		Columns: []string{"external_id"}, By: convoke.Operator(account.ID), Owner: "me", Chunks: chunks, CreatedAt: now,
	}
	w.must(w.db.CreateImport(w.ctx(), job))
	return job
}

// work ensures the requests under a job, and returns which were refused.
func (w *world) work(job convoke.Import, chunk int, requests ...convoke.Request) (decisions []convoke.Decision, refused []error, err error) {
	decisions = make([]convoke.Decision, len(requests))
	drafts := make([]convoke.Draft, len(requests))
	work := convoke.Work{
		Decide: func(i int, found convoke.Found) (change convoke.Change, err error) {
			decisions[i], err = convoke.Decide(drafts[i], found, newFresh(), convoke.Mark{At: now, By: job.By})
			return decisions[i].Change, err
		},
		Record: func(before convoke.Import, list []error) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
			refused = list
			after, events, err := before.Advance(convoke.ImportStep{Owner: "me", Chunk: chunk, Rows: int64(len(requests)), At: now})
			return after, convoke.ImportResults{Chunk: chunk, Problems: 1, Data: []byte("results")}, events, err
		},
	}
	for i, r := range requests {
		drafts[i], err = convoke.NewDraft(r, convoke.ActionCustCreate)
		if r.Action != "" {
			drafts[i], err = convoke.NewDraft(r, convoke.Action(r.Action))
		}
		w.must(err)
		work.Lookups = append(work.Lookups, drafts[i].Lookup(job.AccountID))
	}
	if w.expectNew {
		work.New = func(int) bool { return true }
	}
	if w.joining != nil {
		work.Joining = func(refused []error) map[convoke.GroupID][]convoke.User { return w.joining(decisions, refused) }
		work.Join = func(found convoke.GroupFound, users []convoke.User) convoke.GroupChange {
			return convoke.ChangeMembers(found, users, nil, convoke.Mark{At: now, By: job.By})
		}
	}
	return decisions, refused, w.db.ChangeMany(w.ctx(), job.ID, work)
}

func numbered(prefix string, n int) []convoke.Request {
	list := make([]convoke.Request, n)
	for i := range list {
		list[i] = convoke.Request{Source: convoke.SourceCSV, ExternalID: fmt.Sprint(prefix, i), Email: fmt.Sprintf("%s%d@example.com", prefix, i)}
	}
	return list
}

var importTests = map[string]func(*world){
	"is found in its own account only, newest first": func(w *world) {
		first, second := w.job(w.account, 1), w.job(w.account, 1)
		got, err := w.db.Import(w.ctx(), w.account.ID, first.ID)
		w.must(err)
		if fmt.Sprint(got) != fmt.Sprint(first) {
			w.Errorf("the job is %+v, want %+v", got, first)
		}
		other := w.newAccount(convoke.NoSeatLimit)
		_, err = w.db.Import(w.ctx(), other.ID, first.ID)
		w.wantCode(err, convoke.CodeImportNotFound)
		_, err = w.db.UnfinishedImport(w.ctx(), other.ID, first.Digest)
		w.wantCode(err, convoke.CodeImportNotFound)
		unfinished, err := w.db.UnfinishedImport(w.ctx(), w.account.ID, first.Digest)
		w.must(err)
		list, err := w.db.Imports(w.ctx(), w.account.ID, "", 10)
		w.must(err)
		rest, err := w.db.Imports(w.ctx(), w.account.ID, second.ID, 10)
		w.must(err)
		if unfinished.ID != first.ID || len(list) != 2 || list[0].ID != second.ID || len(rest) != 1 || rest[0].ID != first.ID {
			w.Errorf("unfinished %s, list %v, rest %v", unfinished.ID, list, rest)
		}
	},
	"gives each account's oldest open job": func(w *world) {
		first, second := w.job(w.account, 1), w.job(w.account, 1)
		third := w.job(w.newAccount(convoke.NoSeatLimit), 1)
		next, err := w.db.NextImports(w.ctx(), 1000)
		w.must(err)
		at := func(job convoke.Import) int {
			return slices.IndexFunc(next, func(j convoke.Import) bool { return j.ID == job.ID })
		}
		if at(first) < 0 || at(second) >= 0 || at(third) < at(first) {
			w.Errorf("the oldest are %v", next)
		}
		w.must(w.db.ChangeImport(w.ctx(), first.ID, func(i convoke.Import) (convoke.Import, []convoke.Event, error) { return i.Cancel(now) }))
		next, err = w.db.NextImports(w.ctx(), 1000)
		w.must(err)
		if at(first) >= 0 || at(second) < 0 || at(second) > at(third) {
			w.Errorf("then the oldest are %v", next)
		}
	},
	"keeps its rows": func(w *world) {
		job := w.job(w.account, 2)
		chunks := []convoke.ImportChunk{
			{Number: 0, First: 1, Rows: 2, Data: []byte("a\x00b\n")}, {Number: 1, First: 3, Rows: 1, Secrets: true, Data: []byte("c\n")},
		}
		w.must(w.db.AddImportChunks(w.ctx(), job.ID, chunks))
		chunks[1].Duplicates = []convoke.ImportDuplicate{{Row: 3, First: 1, Field: "email"}}
		w.must(w.db.MarkImportDuplicates(w.ctx(), job.ID, 1, chunks[1].Duplicates))
		for i, want := range chunks {
			got, results, err := w.db.ImportChunk(w.ctx(), job.ID, i)
			w.must(err)
			if fmt.Sprint(got) != fmt.Sprint(want) || results.Data != nil {
				w.Errorf("chunk %d is %+v with %q, want %+v", i, got, results.Data, want)
			}
		}
		_, _, err := w.db.ImportChunk(w.ctx(), job.ID, 2)
		w.wantCode(err, convoke.CodeImportNotFound)
		_, _, err = w.work(job, 0)
		w.must(err)
		next, err := w.db.NextProblem(w.ctx(), job.ID, 0)
		w.must(err)
		none, err := w.db.NextProblem(w.ctx(), job.ID, 1)
		w.must(err)
		_, results, err := w.db.ImportChunk(w.ctx(), job.ID, 0)
		w.must(err)
		if next != 0 || none != -1 || string(results.Data) != "results" || results.Problems != 1 {
			w.Errorf("problems at %d and %d, results %+v", next, none, results)
		}
		w.must(w.db.DeleteImport(w.ctx(), job.ID))
		_, _, err = w.db.ImportChunk(w.ctx(), job.ID, 0)
		w.wantCode(err, convoke.CodeImportNotFound)
	},
	"puts its users into groups": func(w *world) {
		job, group := w.job(w.account, 3), w.newGroup("Lab")
		w.joining = func(decisions []convoke.Decision, refused []error) map[convoke.GroupID][]convoke.User {
			var users []convoke.User
			for i, d := range decisions {
				if refused[i] == nil {
					users = append(users, d.User)
				}
			}
			return map[convoke.GroupID][]convoke.User{group.ID: users, "gone": users}
		}
		many := numbered("m", convoke.MaxGroupMembers+1)
		for chunk := range 2 { // the second finds them there
			_, _, err := w.work(job, chunk, many...)
			w.must(err)
		}
		w.wantMembers(group, len(many))
		events := w.events(w.account.ID, 2*len(many)+2) // of users, of bindings and of the group
		if added := count(events, convoke.EventGroupMemberAdded); added != 2 {
			w.Errorf("%d events tell of new members, want one for each %d", added, convoke.MaxGroupMembers)
		}
		_, refused, err := w.work(job, 2, convoke.Request{Source: convoke.SourceCSV, ExternalID: "x", Email: many[0].Email})
		w.must(err)
		if refused[0] == nil {
			w.Errorf("a row is not refused that asks for another's e-mail")
		}
		w.wantMembers(group, len(many))
	},
	"keeps the forecast of a dry run": func(w *world) {
		job, other := w.job(w.account, 3), w.job(w.account, 3)
		note := func(job convoke.Import, chunk int, notes convoke.Forecast) {
			w.must(w.db.ChangeMany(w.ctx(), job.ID, convoke.Work{
				Record: func(before convoke.Import, _ []error) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
					return before, convoke.ImportResults{Chunk: chunk, Data: []byte("results"), Forecast: notes}, nil, nil
				},
			}))
		}
		note(job, 0, convoke.Forecast{"email a": "free", "email b": "free"})
		note(job, 1, convoke.Forecast{"email b": "taken"})
		note(other, 0, convoke.Forecast{"email c": "free"})
		forecast, err := w.db.ImportForecast(w.ctx(), job.ID, []string{"email a", "email b", "email c", "email d"})
		w.must(err)
		if len(forecast) != 2 || forecast["email a"] != "free" || forecast["email b"] != "taken" {
			w.Errorf("the forecast is %v", forecast)
		}
		w.must(w.db.DeleteImport(w.ctx(), job.ID))
		forecast, err = w.db.ImportForecast(w.ctx(), job.ID, []string{"email a"})
		w.must(err)
		if len(forecast) != 0 {
			w.Errorf("the forecast outlived its job: %v", forecast)
		}
	},
	"is swept when it is old": func(w *world) {
		open, over := w.job(w.account, 1), w.job(w.account, 1)
		for i := range 45 { // more than one commit's worth
			w.must(w.db.AddImportChunks(w.ctx(), over.ID, []convoke.ImportChunk{{Number: i, First: int64(i + 1), Rows: 1, Data: []byte("a\n")}}))
		}
		w.must(w.db.ChangeImport(w.ctx(), over.ID, func(i convoke.Import) (convoke.Import, []convoke.Event, error) { return i.Cancel(now) }))
		w.must(w.db.DeleteImports(w.ctx(), now, now))
		if _, err := w.db.Import(w.ctx(), w.account.ID, over.ID); err != nil {
			w.Errorf("swept too early: %v", err)
		}
		w.must(w.db.DeleteImports(w.ctx(), now.Add(time.Second), now.Add(time.Second)))
		_, err := w.db.Import(w.ctx(), w.account.ID, over.ID)
		w.wantCode(err, convoke.CodeImportNotFound)
		_, _, err = w.db.ImportChunk(w.ctx(), over.ID, 44)
		w.wantCode(err, convoke.CodeImportNotFound)
		_, err = w.db.Import(w.ctx(), w.account.ID, open.ID)
		w.must(err)
	},
	"writes its rows' users together": func(w *world) {
		job := w.job(w.account, 2)
		decisions, refused, err := w.work(job, 0, numbered("u", 300)...)
		w.must(err)
		if w.user(decisions[299].User.ID) == nil || errors.Join(refused...) != nil {
			w.Errorf("refused: %v", errors.Join(refused...))
		}
		w.wantSeats(w.account.ID, convoke.NoSeatLimit, 300)
		if n := count(w.events(w.account.ID, 600), convoke.EventUserCreated); n != 300 {
			w.Errorf("%d users in the log", n)
		}
		again, refused, err := w.work(job, 1, append(numbered("u", 2), convoke.Request{Source: convoke.SourceCSV, ExternalID: "x", Email: "u7@example.com"})...)
		w.must(err)
		if again[0].Outcome != convoke.OutcomeFound || again[0].User.ID != decisions[0].User.ID || refused[0] != nil {
			w.Errorf("the same again: %+v, %v", again[0].Outcome, refused[0])
		}
		w.wantCode(refused[2], convoke.CodeEmailTaken)
	},
	"lets a row have what an earlier one gave up, and what two want goes to the first": func(w *world) {
		job := w.job(w.account, 2)
		_, _, err := w.work(job, 0, numbered("u", 1)...)
		w.must(err)
		list := []convoke.Request{
			{Source: convoke.SourceCSV, ExternalID: "u0", Email: "new@example.com"},
			{Source: convoke.SourceCSV, ExternalID: "heir", Email: "u0@example.com"},
			{Source: convoke.SourceCSV, ExternalID: "a", Email: "a@example.com", PersonalLink: "the.link"},
			{Source: convoke.SourceCSV, ExternalID: "b", Email: "b@example.com", PersonalLink: "the.link"},
		}
		decisions, refused, err := w.work(job, 1, list...)
		w.must(err)
		if errors.Join(refused...) != nil || decisions[1].Outcome != convoke.OutcomeMade {
			w.Errorf("refused: %v", errors.Join(refused...))
		}
		if a, b := decisions[2].User.PersonalLink, decisions[3].User.PersonalLink; a != "the.link" || b == "the.link" || b == "" {
			w.Errorf("the links are %q and %q", a, b)
		}
	},
	"takes no seat that is not there": func(w *world) {
		account := w.newAccount(120)
		made := w.fill(account, 30)
		job := w.job(account, 2)
		_, refused, err := w.work(job, 0, numbered("u", 100)...)
		w.must(err)
		for i, err := range refused {
			if i < 90 != (err == nil) {
				w.Fatalf("row %d: %v", i, err)
			}
		}
		w.wantCode(refused[90], convoke.CodeSeatsExhausted)
		w.wantSeats(account.ID, 120, 120)
		w.must(w.byUser(account, made[0], func(u convoke.User) (convoke.Change, error) { return convoke.Deactivate(u, w.mark()) }))
		if again := w.fill(account, 20); len(again) != 1 {
			w.Errorf("%d seats were free, want 1", len(again))
		}
	},
	"takes no more basic users than there may be": func(w *world) {
		account := w.newAccount(0)
		w.must(w.set(account.ID, func(a *convoke.Account) { a.BasicUsers = 30 }))
		w.fillBasic(account, 10)
		rows := numbered("b", 40)
		for i := range rows {
			rows[i].Action = "create"
		}
		_, refused, err := w.work(w.job(account, 1), 0, rows...)
		w.must(err)
		for i, err := range refused {
			if i < 20 && err != nil || i >= 20 && !convoke.HasCode(err, convoke.CodeBasicExhausted) {
				w.Errorf("row %d: %v", i, err)
			}
		}
		w.wantBasic(account.ID, 30)
		w.must(w.set(account.ID, func(a *convoke.Account) { a.BasicUsers = 31 }))
		if more := w.fillBasic(account, 20); len(more) != 1 {
			w.Errorf("%d could be made, want 1", len(more))
		}
	},
	"leaves seats for others to find": func(w *world) {
		account := w.newAccount(200)
		job := w.job(account, 2)
		_, _, err := w.work(job, 0, numbered("u", 50)...)
		w.must(err)
		if made := w.fill(account, 180); len(made) != 150 {
			w.Errorf("%d seats were free, want 150", len(made))
		}
		w.wantSeats(account.ID, 200, 200)
	},
	"does a chunk once, whoever tries": func(w *world) {
		job := w.job(w.account, 2)
		done := 0
		for _, err := range parallel(8, func(int) error {
			_, _, err := w.work(job, 0, numbered("u", 40)...)
			return err
		}) {
			if err == nil {
				done++
			} else {
				w.wantCode(err, convoke.CodeImportTaken)
			}
		}
		_, census, err := w.db.Tally(w.ctx(), w.account.ID)
		w.must(err)
		if done != 1 || census.Active != 40 {
			w.Errorf("done %d times, %d users", done, census.Active)
		}
	},
	"keeps nothing of a chunk that is broken off": func(w *world) {
		job := w.job(w.account, 1)
		fault := errors.New("a fault")
		draft, err := convoke.NewDraft(numbered("u", 1)[0], convoke.ActionCustCreate)
		w.must(err)
		err = w.db.ChangeMany(w.ctx(), job.ID, convoke.Work{
			Lookups: []convoke.Lookup{draft.Lookup(w.account.ID)},
			Decide: func(_ int, found convoke.Found) (convoke.Change, error) {
				d, err := convoke.Decide(draft, found, newFresh(), w.mark())
				return d.Change, err
			},
			Record: func(i convoke.Import, _ []error) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
				return i, convoke.ImportResults{}, nil, fault
			},
		})
		_, census, tallied := w.db.Tally(w.ctx(), w.account.ID)
		w.must(tallied)
		if !errors.Is(err, fault) || census.Active != 0 {
			w.Errorf("error %v, %d users", err, census.Active)
		}
	},
	"a panic in one of many decisions breaks off the chunk, and the process lives": func(w *world) {
		job := w.job(w.account, 1)
		const many = 300
		err := w.db.ChangeMany(w.ctx(), job.ID, convoke.Work{
			Lookups: slices.Repeat([]convoke.Lookup{{AccountID: w.account.ID}}, many),
			Decide: func(i int, _ convoke.Found) (convoke.Change, error) {
				if i == many-1 {
					panic("oh dear")
				}
				return convoke.Change{}, nil
			},
			Record: func(i convoke.Import, _ []error) (convoke.Import, convoke.ImportResults, []convoke.Event, error) {
				return i, convoke.ImportResults{}, nil, nil
			},
		})
		if err == nil || !strings.Contains(err.Error(), "oh dear") {
			w.Errorf("error is %v", err)
		}
		w.bound("42")
	},
	"sees what is there, though new ones were expected": func(w *world) {
		job := w.job(w.account, 2)
		there := w.bound("there")
		list := []convoke.Request{
			{Source: convoke.SourceCSV, ExternalID: "new", Email: "new@example.com"},
			{Source: convoke.SourceApp, ExternalID: "there"},
			{Source: convoke.SourceCSV, ExternalID: "other", Email: there.Email},
		}
		w.expectNew = true
		decisions, refused, err := w.work(job, 0, list...)
		w.must(err)
		w.wantCode(refused[2], convoke.CodeEmailTaken)
		if decisions[0].Outcome != convoke.OutcomeMade || decisions[1].User.ID != there.ID {
			w.Errorf("the decisions are %+v", decisions)
		}
		_, census, err := w.db.Tally(w.ctx(), w.account.ID)
		w.must(err)
		if census.Active != 2 {
			w.Errorf("%d users", census.Active)
		}
	},
	"refuses for what is there, though new ones were expected": func(w *world) {
		account := w.newAccount(1)
		d, err := w.ensure(account, convoke.Request{Source: convoke.SourceCSV, ExternalID: "there", Email: "there@example.com"})
		w.must(err)
		w.expectNew = true
		decisions, refused, err := w.work(w.job(account, 2), 0,
			convoke.Request{Source: convoke.SourceCSV, ExternalID: "there"},
			convoke.Request{Source: convoke.SourceCSV, ExternalID: "other", Email: "there@example.com"},
			convoke.Request{Source: convoke.SourceCSV, ExternalID: "new"})
		w.must(err)
		w.wantCode(refused[1], convoke.CodeEmailTaken)
		w.wantCode(refused[2], convoke.CodeSeatsExhausted)
		if refused[0] != nil || decisions[0].User.ID != d.User.ID {
			w.Errorf("who is there: %+v, %v", decisions[0], refused[0])
		}
	},
	"races with others for the same keys": func(w *world) {
		job := w.job(w.account, 4)
		requests := numbered("u", 60)
		for _, err := range parallel(5, func(i int) error {
			if i == 0 {
				for chunk := range 4 {
					if _, _, err := w.work(job, chunk, requests[15*chunk:15*chunk+15]...); err != nil {
						return err
					}
				}
				return nil
			}
			for _, r := range requests {
				if _, err := w.ensure(w.account, r); err != nil {
					return err
				}
			}
			return nil
		}) {
			w.must(err)
		}
		_, census, err := w.db.Tally(w.ctx(), w.account.ID)
		w.must(err)
		if census.Active != 60 {
			w.Errorf("%d users", census.Active)
		}
	},
}
