// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// columns is a result row as a database gives it out. A column of another type
// than asked for reads as the zero value.
type columns interface {
	isNull(i int) bool
	text(i int) string
	number(i int) int64
	flag(i int) bool
	blob(i int) []byte
}

// row reads a result row from left to right.
type row struct {
	columns columns
	at      int
	err     error // the first value that could not be understood
}

func (r *row) next() int {
	r.at++
	return r.at - 1
}

func (r *row) text() string    { return r.columns.text(r.next()) }
func (r *row) number() int64   { return r.columns.number(r.next()) }
func (r *row) flag() bool      { return r.columns.flag(r.next()) }
func (r *row) blob() []byte    { return r.columns.blob(r.next()) }
func (r *row) time() time.Time { return fromMillis(r.number()) }

// absent reports whether the next column is NULL, and if so skips n columns:
// the outer join found nothing.
func (r *row) absent(n int) bool {
	if !r.columns.isNull(r.at) {
		return false
	}
	r.at += n
	return true
}

// json decodes the next column into v, which must be zero.
func (r *row) json(v any) { r.decode(r.text(), v) }

func (r *row) decode(text string, v any) {
	if text == "" || text == "{}" {
		return
	}
	if err := json.Unmarshal([]byte(text), v); err != nil && r.err == nil {
		r.err = fmt.Errorf("store: a stored JSON value does not parse: %w", err)
	}
}

// toJSON is the reverse of row.json. The stored types always marshal.
func toJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic("store: value does not marshal: " + err.Error())
	}
	return string(text)
}

// millis is how a time is stored: milliseconds since 1970, and 0 for no time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n).UTC()
}

// orNull stores an empty text as NULL.
func orNull[T ~string](s T) any {
	if s == "" {
		return nil
	}
	return string(s)
}

// list reads all rows.
func list[T any](ctx context.Context, q querier, scan func(*row) T, sql string, args ...any) ([]T, error) {
	var all []T
	err := q.query(ctx, func(r *row) { all = append(all, scan(r)) }, sql, args...)
	return all, err
}

// first reads the first row and reports whether there is one.
func first[T any](ctx context.Context, q querier, scan func(*row) T, sql string, args ...any) (value T, found bool, err error) {
	err = q.query(ctx, func(r *row) {
		if !found {
			value, found = scan(r), true
		}
	}, sql, args...)
	return value, found, err
}

// must reads the first row, and returns missing when there is none.
func must[T any](ctx context.Context, q querier, missing error, scan func(*row) T, sql string, args ...any) (T, error) {
	value, found, err := first(ctx, q, scan, sql, args...)
	if err == nil && !found {
		err = missing
	}
	return value, err
}
