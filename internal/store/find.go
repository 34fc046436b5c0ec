// SPDX-License-Identifier: Apache-2.0

package store

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// wanted is the set of keys that a Lookup names. Each set has a statement of
// its own, so that none reads an index that nobody asked about.
type wanted uint8

const (
	wantBinding wanted = 1 << iota
	wantSource         // instead of a binding: those of a source
	wantUser
	wantEmail
	wantLink
	wantPMI
	wantOther
	allWanted = 1<<iota - 1
)

func (w wanted) has(key wanted) bool { return w&key != 0 }

// keyed reports whether the binding of whom it finds is wanted as well.
func (w wanted) keyed() bool {
	return w.has(wantBinding) || w.has(wantSource) && w.has(wantUser|wantEmail)
}

// lookupKeys returns which keys the Lookup names and their values in the order
// of findQuery's parameters.
func lookupKeys(l convoke.Lookup) (wanted, []any) {
	var w wanted
	args := append(make([]any, 0, 9), string(l.AccountID))
	switch {
	case l.ExternalID != "":
		w |= wantBinding
		args = append(args, string(l.Source), []byte(l.ExternalID))
	case l.Source != "" && (l.UserID != "" || l.Email != ""):
		w |= wantSource
		args = append(args, string(l.Source))
	}
	if l.UserID != "" {
		w |= wantUser
		args = append(args, string(l.UserID))
	}
	if l.Email != "" {
		w |= wantEmail
		args = append(args, convoke.EmailKey(l.Email), convoke.EmailDomain(l.Email))
	}
	if l.PersonalLink != "" {
		w |= wantLink
		args = append(args, convoke.PersonalLinkKey(l.PersonalLink))
	}
	if l.PMI != 0 {
		w |= wantPMI
		args = append(args, int64(l.PMI))
	}
	if l.OtherID != "" {
		w |= wantOther
		args = append(args, string(l.OtherID))
	}
	return w, args
}

// findQueries holds the statement for every set of keys.
var findQueries = func() (queries [allWanted + 1]string) {
	for w := range queries {
		queries[w] = findQuery(wanted(w))
	}
	return queries
}()

// findQuery is one statement for all that a Lookup with the keys asks. It
// begins at the account and joins each key by its unique index.
func findQuery(w wanted) string {
	const managed = "EXISTS (SELECT 1 FROM domains d WHERE d.account_id = a.id AND d.verified_at > 0"
	const reserved = "EXISTS (SELECT 1 FROM domains o WHERE o.verified_at > 0 AND o.exclusive AND o.account_id <> a.id AND o.name = "
	fields, from, param := []string{accountColumns, managed + ")"}, " FROM accounts a", 1
	next := func() string {
		param++
		return fmt.Sprintf("$%d", param)
	}
	found := func(alias string) { fields = append(fields, userColumns(alias)+", "+alias+".revision") }
	var source string
	if w.keyed() {
		source = next()
	}
	if w.has(wantBinding) {
		fields = append(fields, bindingColumns)
		from += " LEFT JOIN bindings b ON b.account_id = a.id AND b.source = " + source + " AND b.external_id = " + next() +
			" LEFT JOIN users bound ON bound.seq = b.user_seq"
		found("bound")
	}
	if w.has(wantUser) {
		from += " LEFT JOIN users target ON target.id = " + next() + " AND target.account_id = a.id"
		found("target")
	}
	if w.has(wantUser) && w.keyed() {
		from += " LEFT JOIN bindings tied ON tied.user_seq = target.seq AND tied.source = " + source
		fields = append(fields, strings.ReplaceAll(bindingColumns, "b.", "tied."))
	}
	if w.has(wantEmail) {
		from += " LEFT JOIN users holder ON holder.email_key = " + next() + " AND holder.account_id = a.id"
		domain := next()
		fields = append(fields, managed+" AND d.name = "+domain+")", reserved+domain+")")
		found("holder")
	}
	if w.has(wantEmail) && w.keyed() {
		from += " LEFT JOIN bindings held ON held.user_seq = holder.seq AND held.source = " + source
		fields = append(fields, strings.ReplaceAll(bindingColumns, "b.", "held."))
	}
	if w.has(wantLink) {
		fields = append(fields, "EXISTS (SELECT 1 FROM users l WHERE l.personal_link_key = "+next()+")")
	}
	if w.has(wantPMI) {
		pmi := next()
		fields = append(fields, "(EXISTS (SELECT 1 FROM users p WHERE p.pmi = "+pmi+
			") OR EXISTS (SELECT 1 FROM freed_numbers f WHERE f.pmi = "+pmi+" AND f.account_id <> a.id))")
	}
	if w.has(wantOther) {
		from += " LEFT JOIN users other ON other.id = " + next() + " AND other.account_id = a.id"
		found("other")
	}
	return "SELECT " + strings.Join(fields, ", ") + from + " WHERE a.id = $1"
}

// snapshot is Found with the revisions of the users in it.
type snapshot struct {
	convoke.Found
	users     [4]convoke.UserID
	revisions [4]int64
	count     int
}

// revision returns the revision in which the user was found.
func (s *snapshot) revision(id convoke.UserID) (int64, bool) {
	for i := range s.count {
		if s.users[i] == id {
			return s.revisions[i], true
		}
	}
	return 0, false
}

func (s *snapshot) scanUser(r *row) *convoke.User {
	if r.absent(len(userFields) + 1) {
		return nil
	}
	u := scanUser(r)
	s.users[s.count], s.revisions[s.count] = u.ID, r.number()
	s.count++
	return &u
}

func scanOptionalBinding(r *row) *convoke.Binding {
	if r.absent(6) {
		return nil
	}
	b := scanBinding(r)
	return &b
}

// scan reads a row of findQuery(w).
func (s *snapshot) scan(r *row, w wanted) {
	s.Policy.Account, s.Policy.ManagedDomains = scanAccount(r), r.flag()
	if w.has(wantBinding) {
		s.Binding, s.Bound = scanOptionalBinding(r), s.scanUser(r)
	}
	if w.has(wantUser) {
		s.Target = s.scanUser(r)
	}
	if w.has(wantUser) && w.keyed() {
		s.TargetBinding = scanOptionalBinding(r)
	}
	if w.has(wantEmail) {
		s.Policy.EmailManaged, s.Policy.EmailReserved, s.Holder = r.flag(), r.flag(), s.scanUser(r)
	}
	if w.has(wantEmail) && w.keyed() {
		s.HolderBinding = scanOptionalBinding(r)
	}
	if w.has(wantLink) {
		s.LinkTaken = r.flag()
	}
	if w.has(wantPMI) {
		s.PMITaken = r.flag()
	}
	if w.has(wantOther) {
		s.Other = s.scanUser(r)
	}
}

// Find reads what the Lookup names, and always the account's policy, in one
// statement, and the assistants in another. It returns CodeAccountNotFound.
func (db *DB) Find(ctx context.Context, l convoke.Lookup) (convoke.Found, error) {
	s, err := find(ctx, db.engine, l)
	return s.Found, err
}

// findAll is find for many, in one round trip where there are any. Of those that
// are new it finds the policy only.
func findAll(ctx context.Context, t tx, lookups []convoke.Lookup, isNew func(int) bool) ([]snapshot, error) {
	found := make([]snapshot, len(lookups))
	var reads []read
	var policy snapshot
	for i, l := range lookups {
		if isNew != nil && isNew(i) {
			if policy.Policy.Account.ID == "" {
				var err error
				if policy, err = find(ctx, t, convoke.Lookup{AccountID: l.AccountID}); err != nil {
					return nil, err
				}
			}
			found[i] = policy
			continue
		}
		w, args := lookupKeys(l)
		reads = append(reads, read{sql: findQueries[w], args: args, each: func(r *row) { found[i].scan(r, w) }})
	}
	err := t.queryAll(ctx, reads)
	for i, s := range found {
		if err == nil && s.Policy.Account.ID == "" {
			err = accountNotFound(lookups[i].AccountID)
		}
	}
	return found, err
}

func find(ctx context.Context, q querier, l convoke.Lookup) (snapshot, error) {
	w, args := lookupKeys(l)
	var s snapshot
	known := false
	err := q.query(ctx, func(r *row) {
		known = true
		s.scan(r, w)
	}, findQueries[w], args...)
	if err == nil && !known {
		err = accountNotFound(l.AccountID)
	}
	if user := cmp.Or(s.Target, s.Holder); err == nil && l.Assistants && user != nil {
		s.Assistants, err = assistants(ctx, q, user.ID)
	}
	return s, err
}
