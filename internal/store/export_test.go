// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"maps"
	"regexp"
	"slices"

	"github.com/convoke/convoke/internal/convoke"
)

// Scans returns the statements run so far on SQLite, with their query plans,
// whose plan reads a whole table or index. It returns nil for a closed store.
func Scans(db *DB) (scans []string) {
	e := db.engine.(*sqliteEngine)
	texts := slices.Collect(maps.Keys(e.writer.conn.prepared))
	for range e.readers.all {
		conn, err := e.readers.get(context.Background())
		if err != nil {
			return nil
		}
		defer e.readers.put(conn)
		texts = slices.AppendSeq(texts, maps.Keys(conn.prepared))
	}
	for _, sql := range texts {
		if plan := explain(e.writer.conn, sql); tableScan.MatchString(plan) {
			scans = append(scans, sql+"\n"+plan)
		}
	}
	return scans
}

// tableScan does not match the "SCAN 2-ROW VALUES CLAUSE" of an INSERT and the
// like. It matches what goes through all users or bindings of an account.
var tableScan = regexp.MustCompile(`(?m)^SCAN [a-z]|^SEARCH (?:b|bindings|u|users) USING .*\(account_id=\?\)`)

func explain(conn *connection, sql string) (plan string) {
	p, err := conn.prepare(sql)
	if err != nil {
		return "SCAN? " + err.Error()
	}
	args := make([]any, len(p.places))
	_ = conn.query(func(r *row) { plan += r.columns.text(3) + "\n" }, "EXPLAIN QUERY PLAN "+sql, args)
	return plan
}

// LookupQueries returns the statement for each set of keys of a Lookup, and how
// many parameters it has.
func LookupQueries() map[string]int {
	queries := map[string]int{}
	for w, sql := range findQueries {
		keys := convoke.Lookup{AccountID: "a"}
		for key, set := range map[wanted]func(){
			wantBinding: func() { keys.Source, keys.ExternalID = convoke.SourceApp, "x" },
			wantSource:  func() { keys.Source = convoke.SourceApp },
			wantUser:    func() { keys.UserID = "u" },
			wantEmail:   func() { keys.Email = "e@example.com" },
			wantLink:    func() { keys.PersonalLink = "link" },
			wantPMI:     func() { keys.PMI = 1 },
			wantOther:   func() { keys.OtherID = "o" },
		} {
			if wanted(w).has(key) {
				set()
			}
		}
		_, args := lookupKeys(keys)
		queries[sql] = len(args)
	}
	return queries
}
