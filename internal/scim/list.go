// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"cmp"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
)

// The length of a page: what a client gets that asks for none, and the most.
const (
	defaultCount = 100
	maxCount     = provision.MaxEntries
)

// query is what a list was asked for (RFC 7644 section 3.4.2, RFC 9865).
type query struct {
	filter               string
	sortBy               string
	descending           bool
	start                int64 // from 1
	count                int
	byCursor             bool
	cursor               string
	attributes, excluded string
}

// readQuery reads the query of a GET.
func readQuery(r *http.Request) (query, error) {
	values := r.URL.Query()
	q := query{
		filter: values.Get("filter"), sortBy: values.Get("sortBy"), descending: strings.EqualFold(values.Get("sortOrder"), "descending"),
		byCursor: values.Has("cursor"), cursor: values.Get("cursor"),
		attributes: values.Get("attributes"), excluded: values.Get("excludedAttributes"),
	}
	start, err := whole(values.Get("startIndex"), "startIndex", 1)
	if err != nil {
		return q, err
	}
	count, err := whole(values.Get("count"), "count", defaultCount)
	q.bound(start, count)
	return q, err
}

// bound takes what is too small or too large for the nearest that is not.
func (q *query) bound(start, count int64) {
	q.start, q.count = max(start, 1), int(min(max(count, 0), maxCount))
}

func whole(text, name string, otherwise int64) (int64, error) {
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, refuse(http.StatusBadRequest, invalidValue, "%s must be a whole number.", name)
	}
	return n, nil
}

// searchRequest is the body of a POST to .search (RFC 7644 section 3.4.3).
type searchRequest struct {
	Attributes         []string `json:"attributes"`
	ExcludedAttributes []string `json:"excludedAttributes"`
	Filter             string   `json:"filter"`
	SortBy             string   `json:"sortBy"`
	SortOrder          string   `json:"sortOrder"`
	StartIndex         *int64   `json:"startIndex"`
	Count              *int64   `json:"count"`
	Cursor             *string  `json:"cursor"`
}

func (s searchRequest) query() query {
	q := query{
		filter: s.Filter, sortBy: s.SortBy, descending: strings.EqualFold(s.SortOrder, "descending"),
		attributes: strings.Join(s.Attributes, ","), excluded: strings.Join(s.ExcludedAttributes, ","),
	}
	start, count := int64(1), int64(defaultCount)
	if s.StartIndex != nil {
		start = *s.StartIndex
	}
	if s.Count != nil {
		count = *s.Count
	}
	if s.Cursor != nil {
		q.byCursor, q.cursor = true, *s.Cursor
	}
	q.bound(start, count)
	return q
}

// page is a part of a list, ready to be shown.
type page struct {
	total int64
	trees []object
	next  string // cursor; empty on the last page
}

// listUsers: GET /Users.
func (a *api) listUsers(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	q, err := readQuery(r)
	if err != nil {
		return err
	}
	return a.replyUsers(w, r, p, q)
}

// searchUsers: POST /Users/.search.
func (a *api) searchUsers(w http.ResponseWriter, r *http.Request, p convoke.Principal) error {
	var request searchRequest
	if err := decodeBody(w, r, &request); err != nil {
		return err
	}
	return a.replyUsers(w, r, p, request.query())
}

func (a *api) replyUsers(w http.ResponseWriter, r *http.Request, p convoke.Principal, q query) error {
	show, err := newProjection(users, q.attributes, q.excluded)
	if err != nil {
		return err
	}
	found, err := a.findUsers(r.Context(), p, q)
	if err != nil {
		return err
	}
	references := a.referring(p, show)
	for _, tree := range found.trees {
		if err := references.add(r.Context(), tree); err != nil {
			return err
		}
	}
	return reply(w, http.StatusOK, found.body(q, show))
}

// body is the list's JSON (RFC 7644 section 3.4.2).
func (f page) body(q query, show projection) object {
	resources := make([]any, 0, len(f.trees))
	for _, tree := range f.trees {
		resources = append(resources, show.of(tree))
	}
	b := object{"schemas": []any{urnList}, "totalResults": f.total, "itemsPerPage": len(resources), "Resources": resources}
	if !q.byCursor {
		b["startIndex"] = q.start
	} else if f.next != "" {
		b["nextCursor"] = f.next
	}
	return b
}

// findUsers answers from the list's own order where it can, from an index where
// the filter names one, and else from all users of an account that is small enough.
func (a *api) findUsers(ctx context.Context, p convoke.Principal, q query) (page, error) {
	if q.filter == "" && (q.sortBy == "" || strings.EqualFold(q.sortBy, "meta.created") && !q.descending) {
		return a.pageUsers(ctx, p, q)
	}
	wanted, err := readFilter(users, q.filter)
	if err != nil {
		return page{}, err
	}
	if len(about(wanted, "groups")) > 0 {
		return page{}, refuse(http.StatusBadRequest, invalidFilter, "Users are not searched by their groups. Search the groups by their members.")
	}
	if err := a.resolveManagers(ctx, p, wanted); err != nil {
		return page{}, err
	}
	entries, err := a.candidates(ctx, p, wanted)
	if err != nil {
		return page{}, err
	}
	var trees []object
	for _, e := range entries {
		tree := a.userTree(e)
		if wanted != nil {
			if ok, err := matches(wanted, inResource(users, tree)); err != nil || !ok {
				continue
			}
		}
		trees = append(trees, tree)
	}
	if err := q.sort(users, trees); err != nil {
		return page{}, err
	}
	return q.cut(trees)
}

func (a *api) pageUsers(ctx context.Context, p convoke.Principal, q query) (page, error) {
	l := provision.EntryList{Start: q.start, Count: q.count}
	if q.byCursor {
		l.Start, l.Cursor = 0, q.cursor
	}
	entries, err := a.Directory.Entries(ctx, p, l)
	found := page{total: entries.Total, next: entries.Next}
	for _, e := range entries.Entries {
		found.trees = append(found.trees, a.userTree(e))
	}
	return found, err
}

// candidates are those among whom all matches are.
func (a *api) candidates(ctx context.Context, p convoke.Principal, wanted expression) ([]convoke.Entry, error) {
	k, ok := users.indexed(wanted)
	switch {
	case !ok:
		return a.Directory.ScanEntries(ctx, p)
	case k.attr == "userName":
		return a.Directory.EntryByEmail(ctx, p, k.value)
	case k.attr == "externalId":
		return a.Directory.EntryByExternalID(ctx, p, k.value)
	}
	return a.Directory.EntryByID(ctx, p, convoke.UserID(k.value))
}

// sort orders resources as the query asks. Those without a value come last, and
// first when the order descends (RFC 7644 section 3.4.2.3).
func (q query) sort(t *resourceType, trees []object) error {
	if q.sortBy == "" {
		return nil
	}
	by, err := parsePath(q.sortBy)
	if err != nil || by.filter != nil {
		return refuse(http.StatusBadRequest, invalidPath, "sortBy must name an attribute.")
	}
	at, ok := t.find(by.attr.urn, by.attr.name, by.attr.sub)
	if !ok {
		return refuse(http.StatusBadRequest, invalidPath, "The resource has no attribute %s to sort by.", q.sortBy)
	}
	look := func(tree object) string {
		_, list, _ := inResource(t, tree)(by.attr)
		return sortKey(at.leaf(), list)
	}
	slices.SortStableFunc(trees, func(x, y object) int {
		a, b := look(x), look(y)
		order := cmp.Compare(a, b)
		if a == "" || b == "" {
			order = -order
		}
		if q.descending {
			return -order
		}
		return order
	})
	return nil
}

// sortKey is what a resource is sorted by: the first value, in lower case unless
// case matters.
func sortKey(attr *attribute, list []any) string {
	if attr.kind == kindComplex {
		list = each(list, "value")
	}
	if len(list) == 0 {
		return ""
	}
	switch v := list[0].(type) {
	case bool:
		return strconv.FormatBool(v)
	case string:
		if !attr.caseExact {
			return strings.ToLower(v)
		}
		return v
	}
	return ""
}

// cut takes the page out of all that was found.
func (q query) cut(trees []object) (page, error) {
	from := q.start - 1
	if q.byCursor && q.cursor != "" {
		n, err := strconv.ParseInt(q.cursor, 10, 64)
		if err != nil || n < 0 {
			return page{}, refuse(http.StatusBadRequest, invalidCursor, "The cursor is invalid. Start the list again without it.")
		}
		from = n
	} else if q.byCursor {
		from = 0
	}
	total := int64(len(trees))
	from = min(from, total)
	to := min(from+int64(q.count), total)
	found := page{total: total, trees: trees[from:to]}
	if to < total && q.count > 0 {
		found.next = strconv.FormatInt(to, 10)
	}
	return found, nil
}
