// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"reflect"
	"sync"
	"sync/atomic"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

var domainTests = map[string]func(*world){
	"saved, verified, listed": func(w *world) {
		domain := convoke.NewDomain(w.account.ID, "example.com", "0123456789abcdef", now)
		w.must(w.saveDomain(domain))
		w.managed("a@example.com", false, false)
		domain = convoke.Domain{
			AccountID: w.account.ID, Name: "example.com", Token: "another", Trusted: true, Exclusive: true, VerifiedAt: now,
			ForceSSO: true, Exceptions: "a@example.com b@example.com",
			CheckedAt: now.Add(1e9), NextCheckAt: now.Add(2e9), FailingSince: now.Add(3e9), LapsedAt: now.Add(4e9), CreatedAt: now.Add(5e9),
		}
		w.must(w.saveDomain(domain))
		w.must(w.saveDomain(convoke.NewDomain(w.account.ID, "a.example", "fedcba9876543210", now)))
		w.managed("a@EXAMPLE.com", true, true)
		w.managed("a@a.example", true, false)
		all, err := w.db.Domains(w.ctx(), w.account.ID)
		w.must(err)
		if len(all) != 2 || all[0].Name != "a.example" || !reflect.DeepEqual(all[1], domain) {
			w.Errorf("listed %+v", all)
		}
		if found, ok, err := w.db.VerifiedDomain(w.ctx(), "example.com"); !ok || err != nil || !reflect.DeepEqual(found, domain) {
			w.Errorf("found %+v, %v", found, err)
		}
		if _, ok, err := w.db.VerifiedDomain(w.ctx(), "a.example"); ok || err != nil {
			w.Errorf("found one that is not verified, %v", err)
		}
	},
	"in letters of any script": func(w *world) {
		domain := convoke.NewDomain(w.account.ID, "xn--bcher-kva.example", "t", now)
		domain.VerifiedAt = now
		w.must(w.saveDomain(domain))
		w.managed("a@B\u00fccher.example", true, true)
		w.managed("a@xn--bcher-kva.EXAMPLE", true, true)
		w.managed("a@bucher.example", true, false)
	},
	"verified by one account": func(w *world) {
		other := convoke.NewDomain(w.newAccount(0).ID, "example.com", "t", now)
		other.VerifiedAt = now
		w.must(w.saveDomain(other))
		mine := convoke.NewDomain(w.account.ID, "example.com", "u", now)
		w.must(w.saveDomain(mine))
		mine.VerifiedAt = now
		w.wantCode(w.saveDomain(mine), convoke.CodeDomainTaken)
		w.managed("a@example.com", false, false)
	},
	"reserved for its account": func(w *world) {
		other := convoke.NewDomain(w.newAccount(0).ID, "example.com", "t", now)
		other.Exclusive = true
		w.must(w.saveDomain(other))
		w.reserved(w.account.ID, "a@example.com", false) // anybody can claim; only a proof reserves
		other.VerifiedAt = now
		w.must(w.saveDomain(other))
		w.reserved(w.account.ID, "a@EXAMPLE.com", true)
		w.reserved(w.account.ID, "a@sub.example.com", false)
		w.reserved(other.AccountID, "a@example.com", false)
	},
	"removed with its event": func(w *world) {
		domain := convoke.NewDomain(w.account.ID, "example.com", "t", now)
		domain.VerifiedAt = now
		w.must(w.saveDomain(domain))
		w.must(w.db.ChangeDomain(w.ctx(), w.account.ID, "example.com", func(before *convoke.Domain) (convoke.DomainChange, error) {
			return convoke.RemoveDomain(*before, convoke.Mark{At: now}), nil
		}))
		w.managed("a@example.com", false, false)
		if events := w.events(w.account.ID, 1); len(events) != 1 || events[0].Name != convoke.EventDomainRemoved {
			w.Errorf("the events are %+v", events)
		}
	},
	"refused as a whole": func(w *world) {
		refusal := convoke.NotFound(convoke.CodeDomainNotFound, "No.")
		err := w.db.ChangeDomain(w.ctx(), w.account.ID, "example.com", func(before *convoke.Domain) (convoke.DomainChange, error) {
			if before != nil {
				w.Errorf("found %+v", *before)
			}
			return convoke.DomainChange{}, refusal
		})
		w.wantCode(err, convoke.CodeDomainNotFound)
		w.wantCode(w.saveDomain(convoke.NewDomain("nobody", "example.com", "t", now)), convoke.CodeAccountNotFound)
	},
	"due, the longest overdue first": func(w *world) {
		for name, at := range map[string]time.Time{
			"a.example": now, "b.example": now.Add(-time.Hour), "c.example": now.Add(time.Millisecond), "d.example": {},
		} {
			domain := convoke.NewDomain(w.account.ID, name, "t", now)
			domain.NextCheckAt = at
			w.must(w.saveDomain(domain))
		}
		for limit, want := range map[int][]string{1: {"b.example"}, 10: {"b.example", "a.example"}} {
			due, err := w.db.DueDomains(w.ctx(), now, limit)
			w.must(err)
			var got []string
			for _, d := range due {
				got = append(got, d.Name)
			}
			if !reflect.DeepEqual(got, want) {
				w.Errorf("of %d are due %v, want %v", limit, got, want)
			}
		}
	},
	"claimed once by many": func(w *world) {
		domain := convoke.NewDomain(w.account.ID, "example.com", "t", now)
		domain.NextCheckAt = now
		w.must(w.saveDomain(domain))
		var claims atomic.Int64
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				claimed := false
				w.must(w.db.ChangeDomain(w.ctx(), w.account.ID, "example.com", func(before *convoke.Domain) (convoke.DomainChange, error) {
					change := convoke.ClaimDomain(*before, now)
					claimed = !change.Empty()
					return change, nil
				}))
				if claimed {
					claims.Add(1)
				}
			})
		}
		group.Wait()
		if claims.Load() != 1 {
			w.Errorf("%d claims went through", claims.Load())
		}
	},
}

// saveDomain stores the domain as it stands.
func (w *world) saveDomain(d convoke.Domain) error {
	return w.db.ChangeDomain(w.ctx(), d.AccountID, d.Name, func(before *convoke.Domain) (convoke.DomainChange, error) {
		return convoke.DomainChange{Before: before, After: &d}, nil
	})
}

// reserved checks whether the account is kept from an e-mail's domain.
func (w *world) reserved(account convoke.AccountID, email string, want bool) {
	w.Helper()
	found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: account, Email: email})
	w.must(err)
	if found.Policy.EmailReserved != want {
		w.Errorf("%s: policy is %+v", email, found.Policy)
	}
}

// managed checks what the policy says about an e-mail.
func (w *world) managed(email string, some, this bool) {
	w.Helper()
	found, err := w.db.Find(w.ctx(), convoke.Lookup{AccountID: w.account.ID, Email: email})
	w.must(err)
	if found.Policy.ManagedDomains != some || found.Policy.EmailManaged != this {
		w.Errorf("%s: policy is %+v", email, found.Policy)
	}
}
