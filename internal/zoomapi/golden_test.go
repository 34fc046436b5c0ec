// SPDX-License-Identifier: Apache-2.0

package zoomapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/convoke/convoke/internal/convoke"
)

var update = flag.Bool("update", false, "write what the door answers into testdata")

// TestGolden plays the archives of testdata. Each has pairs of files: NAME.request,
// a request line, headers and a body, and NAME.response, the status and the body
// that answer it. What differs from run to run is masked, and a mask such as
// <id-1> in a request stands for the value that it hid before. The first line
// of the comment says what the account has.
func TestGolden(t *testing.T) {
	t.Parallel()
	archives, err := filepath.Glob("testdata/*.txtar")
	must(t, err)
	if len(archives) == 0 {
		t.Fatal("testdata has no archives")
	}
	for _, path := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			playArchive(t, path)
		})
	}
}

func playArchive(t *testing.T, path string) {
	archive, err := txtar.ParseFile(path)
	must(t, err)
	grants, managed := parseAccount(t, string(archive.Comment))
	f := newFixture(t, grants, managed)
	known := knownFields(t)
	masks := &masks{names: map[string]string{string(f.account): "<account>"}}
	for i := 0; i+1 < len(archive.Files); i += 2 {
		request, response := archive.Files[i], &archive.Files[i+1]
		answer, body, pattern := f.send(f.parseRequest(masks, string(request.Data)))
		known.check(t, request.Name, pattern, answer.StatusCode, body)
		checkHeaders(t, request.Name, answer)
		got := fmt.Sprintf("%d\n%s\n", answer.StatusCode, masks.hide(pretty(body)))
		if *update {
			response.Data = []byte(got)
		} else if got != string(response.Data) {
			t.Errorf("%s answers\n%s\nwant\n%s", request.Name, got, response.Data)
		}
	}
	if *update {
		must(t, os.WriteFile(path, txtar.Format(archive), 0o644))
	}
	if f.log.Len() > 0 {
		t.Errorf("something was logged:\n%s", f.log)
	}
}

// parseAccount reads a line such as "account: partner auto sso prior managed seats=1 basic=2".
func parseAccount(t *testing.T, comment string) (grants convoke.AccountChange, managed bool) {
	line, _, _ := strings.Cut(comment, "\n")
	words, found := strings.CutPrefix(line, "account:")
	if !found {
		t.Fatalf("the archive does not begin with account: but with %q", line)
	}
	for word := range strings.FieldsSeq(words) {
		switch word {
		case "partner":
			grants.APIPartner = new(true)
		case "auto":
			grants.AutoCreate = new(true)
		case "sso":
			grants.SSO = new(true)
		case "prior":
			grants.Provisioning = new(convoke.PriorToSignIn)
		case "managed":
			managed = true
		case "seats=1":
			grants.LicensedSeats = new(int64(1))
		case "basic=2":
			grants.BasicUsers = new(int64(2))
		default:
			t.Fatalf("unknown word %q about the account", word)
		}
	}
	return grants, managed
}

// parseRequest reads "METHOD TARGET", headers, an empty line and a body. The
// header As names the app that calls; without it the app named admin does.
func (f *fixture) parseRequest(m *masks, text string) *http.Request {
	f.t.Helper()
	head, body, _ := strings.Cut(m.show(text), "\n\n")
	line, headers, _ := strings.Cut(strings.TrimSpace(head), "\n")
	method, target, _ := strings.Cut(line, " ")
	r := httptest.NewRequest(method, target, strings.NewReader(strings.TrimSuffix(body, "\n")))
	for header := range strings.Lines(headers) {
		name, value, found := strings.Cut(header, ":")
		if !found {
			f.t.Fatalf("not a header: %q", header)
		}
		r.Header.Add(name, strings.TrimSpace(value))
	}
	f.authorise(r)
	return r
}

func (f *fixture) authorise(r *http.Request) {
	as := r.Header.Get("As")
	r.Header.Del("As")
	switch {
	case as == "client":
		r.SetBasicAuth(string(f.app.ClientID), f.secret)
	case as == "wrong client":
		r.SetBasicAuth(string(f.app.ClientID), "wrong")
	case as == "":
		r.Header.Set("Authorization", "Bearer "+f.tokens["admin"])
	case f.tokens[as] != "":
		r.Header.Set("Authorization", "Bearer "+f.tokens[as])
	}
}

func pretty(body string) string {
	var buffer bytes.Buffer
	if json.Indent(&buffer, []byte(body), "", "  ") != nil {
		return body
	}
	return buffer.String()
}

// masks names the values that differ from run to run, in the order in which
// they first appear.
type masks struct {
	names  map[string]string // value to name
	counts map[string]int
}

// dynamic finds each sort of value; the group is the part to mask.
var dynamic = []struct {
	sort    string
	pattern *regexp.Regexp
}{
	{"uuid", regexp.MustCompile(`"uuid": "([A-Za-z0-9+/]{22}==)"`)},
	{"pwd", regexp.MustCompile(`"encrypted_password": "([^"]+)"`)},
	{"page", regexp.MustCompile(`"next_page_token": "([^"]+)"`)},
	{"token", regexp.MustCompile(`"access_token": "([^"]+)"`)},
	{"id", regexp.MustCompile(`"(?:id|host_id)": "([A-Za-z0-9_-]{22})"`)},
	{"meeting", regexp.MustCompile(`"id": ([0-9]{10,11})\b`)},
	{"pmi", regexp.MustCompile(`"pmi": "?([0-9]{10})\b`)},
}

// once are values that differ at each sight; no request needs them again.
var once = []struct {
	pattern *regexp.Regexp
	mask    string
}{
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+`), "<zak>"},
	{regexp.MustCompile(`"password": "[a-z2-9]{10}"`), `"password": "<passcode>"`},
}

var timePattern = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

func (m *masks) hide(text string) string {
	for _, d := range dynamic {
		for _, match := range d.pattern.FindAllStringSubmatch(text, -1) {
			m.name(d.sort, match[1])
		}
	}
	for _, o := range once {
		text = o.pattern.ReplaceAllString(text, o.mask)
	}
	values := make([]string, 0, len(m.names))
	for value := range m.names {
		values = append(values, value)
	}
	slices.SortFunc(values, func(a, b string) int { return len(b) - len(a) })
	for _, value := range values {
		text = strings.ReplaceAll(text, value, m.names[value])
	}
	return timePattern.ReplaceAllStringFunc(text, hideNow)
}

func (m *masks) name(sort, value string) {
	if _, known := m.names[value]; known {
		return
	}
	if m.counts == nil {
		m.counts = map[string]int{}
	}
	m.counts[sort]++
	m.names[value] = fmt.Sprintf("<%s-%d>", sort, m.counts[sort])
}

// hideNow masks a time of this test's run, and leaves one that a request named.
func hideNow(text string) string {
	at, err := time.Parse(time.RFC3339, text)
	if err != nil || time.Since(at).Abs() > time.Hour {
		return text
	}
	return "<now>"
}

func (m *masks) show(text string) string {
	for value, name := range m.names {
		text = strings.ReplaceAll(text, name, value)
	}
	return text
}

// checkHeaders holds every answer to the headers that every answer has.
func checkHeaders(t *testing.T, name string, answer *http.Response) {
	t.Helper()
	for _, header := range []string{"x-zm-trackingid", "x-ratelimit-category", "x-ratelimit-type", "x-ratelimit-limit", "x-ratelimit-remaining"} {
		if answer.Header.Get(header) == "" {
			t.Errorf("%s: the answer has no %s", name, header)
		}
	}
	if got := answer.Header.Get("Content-Type"); answer.StatusCode != http.StatusNoContent && got != "application/json;charset=UTF-8" {
		t.Errorf("%s: Content-Type is %q", name, got)
	}
}

// fieldTable has, for each call and status, the fields that Zoom's description
// of 2025 names.
type fieldTable map[string][]string

func knownFields(t *testing.T) fieldTable {
	t.Helper()
	raw, err := os.ReadFile("testdata/fields.json")
	must(t, err)
	var table fieldTable
	must(t, json.Unmarshal(raw, &table))
	return table
}

// check refuses an answer of a listed call with a field that the table lacks.
func (table fieldTable) check(t *testing.T, name, pattern string, status int, body string) {
	t.Helper()
	fields, listed := table[fmt.Sprintf("%s %d", pattern, status)]
	if !listed {
		if strings.Contains(pattern, "/v2/") && status < 300 && body != "" {
			t.Errorf("%s: no list of fields for %s %d", name, pattern, status)
		}
		return
	}
	var answer any
	must(t, json.Unmarshal([]byte(body), &answer))
	for _, field := range paths("", answer) {
		if !slices.Contains(fields, field) {
			t.Errorf("%s: the answer has the field %s, which %s does not have", name, field, pattern)
		}
	}
}

// paths lists the fields of a value in the table's spelling: a.b and a[].b.
func paths(prefix string, value any) []string {
	var list []string
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			field := strings.TrimPrefix(prefix+"."+name, ".")
			list = append(append(list, field), paths(field, inner)...)
		}
	case []any:
		for _, inner := range value {
			list = append(list, paths(prefix+"[]", inner)...)
		}
	}
	return list
}
