// SPDX-License-Identifier: Apache-2.0

package api

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
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/convoke/convoke/internal/convoke"
)

var update = flag.Bool("update", false, "write the answers into testdata instead of comparing them")

// TestGolden plays the conversations in testdata: sections named "...: request"
// are sent, in order, and the sections "...: answer" after them hold what comes
// back. What differs from run to run is written as <id1>, <pmi1> and so on, and
// may be used in later requests. A request that begins with OPERATOR does
// something behind the host app's back. Every answer is held against the
// description too.
func TestGolden(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	check(t, err)
	if len(files) == 0 {
		t.Fatal("no conversations in testdata")
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			play(t, file)
		})
	}
}

func play(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	check(t, err)
	g := &golden{world: newWorld(t, partner), names: map[string]string{}, counts: map[string]int{}}
	played := &txtar.Archive{Comment: archive.Comment}
	for _, section := range archive.Files {
		name, ok := strings.CutSuffix(section.Name, ": request")
		if !ok {
			continue
		}
		answer := g.exchange(t, name, string(section.Data))
		if !*update {
			if want := find(archive, name+": answer"); answer != want {
				t.Errorf("%s\n--- got\n%s--- want\n%s", name, answer, want)
			}
		}
		played.Files = append(played.Files, section)
		if answer != "" {
			played.Files = append(played.Files, txtar.File{Name: name + ": answer", Data: []byte(answer)})
		}
	}
	if *update {
		check(t, os.WriteFile(file, txtar.Format(played), 0o644))
	}
}

func find(archive *txtar.Archive, name string) string {
	for _, section := range archive.Files {
		if section.Name == name {
			return string(section.Data)
		}
	}
	return ""
}

// golden is one conversation.
type golden struct {
	*world
	names  map[string]string // what came back, and what it is called in the file
	counts map[string]int
}

func (g *golden) exchange(t *testing.T, name, request string) string {
	t.Helper()
	head, body, _ := strings.Cut(g.expand(request), "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	if command, ok := strings.CutPrefix(lines[0], "OPERATOR "); ok {
		g.operate(t, strings.Fields(command))
		return ""
	}
	method, target, _ := strings.Cut(lines[0], " ")
	header := http.Header{}
	for _, line := range lines[1:] {
		key, value, _ := strings.Cut(line, ":")
		header.Set(key, strings.TrimSpace(value))
	}
	answer := g.call(t, method, target, header, strings.TrimSpace(body))
	g.checkAnswer(t, name, method, target, answer)
	if method == http.MethodHead {
		answer.Body.Reset() // as net/http does
	}
	return g.write(t, answer)
}

// expand puts real values back, and writes long texts out: ${x*129}.
func (g *golden) expand(request string) string {
	for value, name := range g.names {
		request = strings.ReplaceAll(request, name, value)
	}
	return regexp.MustCompile(`\$\{(.+?)\*(\d+)\}`).ReplaceAllStringFunc(request, func(s string) string {
		text, count, _ := strings.Cut(s[2:len(s)-1], "*")
		n, _ := strconv.Atoi(count)
		return strings.Repeat(text, n)
	})
}

// operate does what the operator does: account grants, domain NAME, scopes LIST,
// delete, deactivate or activate a user, wait DURATION.
func (g *golden) operate(t *testing.T, words []string) {
	t.Helper()
	var err error
	switch words[0] {
	case "account":
		_, err = g.provision.SetAccount(t.Context(), convoke.Operator(""), g.account.ID, accountChange(t, words[1:]))
	case "domain":
		_, err = g.provision.AddDomain(t.Context(), g.operator, words[1], true)
	case "scopes":
		g.token = g.newToken(t, strings.Join(words[1:], " "))
	case "delete":
		err = g.provision.Remove(t.Context(), g.operator, words[1], convoke.Delete)
	case "activate", "deactivate":
		err = g.provision.SetStatus(t.Context(), g.operator, words[1], words[0] == "activate")
	case "shelve":
		id := convoke.SubscriptionID(words[1])
		at := g.now()
		g.shelve(convoke.Progress{Subscription: id, Kept: []convoke.Delivery{
			{EventID: 7, Event: "user.created", Subject: "jane", State: convoke.DeliveryDead, Attempts: 12, Since: at, Status: 500, Error: "No."},
			{EventID: 8, Event: "user.updated", Subject: "jane", State: convoke.DeliveryRetrying, Attempts: 1, Since: at, NextAt: at.Add(time.Minute), Error: "No."},
			{EventID: 9, Event: "domain.added", State: convoke.DeliveryDead, Attempts: 12, Since: at, Error: "No."},
		}, Attempts: []convoke.Attempt{
			{Number: 1, EventID: 6, Event: "user.created", At: at, Duration: 12 * time.Millisecond, Status: 204},
			{Number: 1, EventID: 7, Event: "user.created", At: at.Add(time.Second), Duration: 3 * time.Second, Status: 500, Answer: "oops", Error: "No."},
		}})
	case "wait":
		var d time.Duration
		d, err = time.ParseDuration(words[1])
		g.clock.Add(int64(d.Seconds()))
	default:
		t.Fatalf("the operator does not know how to %q", words)
	}
	check(t, err)
}

func accountChange(t *testing.T, words []string) convoke.AccountChange {
	t.Helper()
	var change convoke.AccountChange
	for _, word := range words {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "api-partner":
			change.APIPartner = new(value == "true")
		case "auto-create":
			change.AutoCreate = new(value == "true")
		case "sso":
			change.SSO = new(value == "true")
		case "provisioning":
			change.Provisioning = new(convoke.Provisioning(value))
		case "licensed-seats":
			n, err := strconv.ParseInt(value, 10, 64)
			check(t, err)
			change.LicensedSeats = &n
		case "seat-mode":
			change.SeatMode = new(convoke.SeatMode(value))
		case "basic-users":
			n, err := strconv.ParseInt(value, 10, 64)
			check(t, err)
			change.BasicUsers = &n
		default:
			t.Fatalf("an account has no %q", name)
		}
	}
	return change
}

// write gives an answer the form that it has in the file.
func (g *golden) write(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	var text strings.Builder
	fmt.Fprintln(&text, answer.Code, answer.Header().Get("Content-Type"))
	for _, name := range []string{"Allow", "Location", "Retry-After", "Www-Authenticate"} {
		if value := answer.Header().Get(name); value != "" {
			fmt.Fprintf(&text, "%s: %s\n", name, value)
		}
	}
	if answer.Body.Len() > 0 {
		var body bytes.Buffer
		check(t, json.Indent(&body, answer.Body.Bytes(), "", "  "))
		text.WriteString("\n" + g.normalise(body.String()))
	}
	return text.String()
}

// volatile finds what differs from run to run; its group is what gets a name.
var volatile = []struct {
	name string
	find *regexp.Regexp
}{
	{"id", regexp.MustCompile(`"(?:\w+_)?id": "([A-Za-z0-9_-]{22})"`)},
	{"pmi", regexp.MustCompile(`"pmi": (\d{10})`)},
	{"meeting", regexp.MustCompile(`"meeting_id": (\d{11})`)},
	{"uuid", regexp.MustCompile(`"uuid": "([^"]+)"`)},
	{"passcode", regexp.MustCompile(`"password": "([a-z0-9]{10})"`)},
	{"zak", regexp.MustCompile(`zak=([^"&]+)`)},
	{"pwd", regexp.MustCompile(`pwd=([^"&]+)`)},
	{"ticket", regexp.MustCompile(`/t/([^"]+)`)},
	{"page", regexp.MustCompile(`"next_page_token": "([^"]+)"`)},
	{"made-up", regexp.MustCompile(`"([a-z0-9_-]{22})@users.convoke.invalid"`)},
	{"token", regexp.MustCompile(`convoke-verify=([0-9a-f]{32})`)},
	{"link", regexp.MustCompile(`/my/([a-z0-9]{12})"`)},
}

func (g *golden) normalise(text string) string {
	for _, v := range volatile {
		for _, match := range v.find.FindAllStringSubmatch(text, -1) {
			if g.names[match[1]] == "" {
				g.counts[v.name]++
				g.names[match[1]] = fmt.Sprintf("<%s%d>", v.name, g.counts[v.name])
			}
		}
	}
	for value, name := range g.names {
		text = strings.ReplaceAll(text, value, name)
	}
	return text
}

// checkAnswer sees that the answer has the headers of every answer, and is one
// that the description promises.
func (g *golden) checkAnswer(t *testing.T, name, method, target string, answer *httptest.ResponseRecorder) {
	t.Helper()
	if answer.Header().Get("X-Request-Id") == "" || answer.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("%s: the headers of every answer are missing: %v", name, answer.Header())
	}
	if answer.Code >= 300 && answer.Code < 400 || answer.Code >= 500 {
		t.Errorf("%s: status %d, %s", name, answer.Code, answer.Body)
	}
	described := operationOf(t, method, target)
	if described == nil {
		checkJSON(t, name, schemaNamed(t, "Problem"), answer.Body.Bytes())
		return
	}
	i := slices.IndexFunc(described.Responses, func(e entry[content]) bool { return e.Key == strconv.Itoa(answer.Code) })
	if i < 0 {
		t.Errorf("%s: the description of %s promises no %d", name, described.OperationID, answer.Code)
		return
	}
	promised := described.Responses[i].Value
	if s := promised.Schema(); s != nil {
		checkJSON(t, name, *s, answer.Body.Bytes())
	}
	var p struct{ Code convoke.Code }
	if len(promised.Codes) > 0 && json.Unmarshal(answer.Body.Bytes(), &p) == nil && !slices.Contains(promised.Codes, p.Code) {
		t.Errorf("%s: the description of %s promises no code %s", name, described.OperationID, p.Code)
	}
}

// operationOf finds the description of the call, or nil where there is no call.
func operationOf(t *testing.T, method, target string) *operation {
	t.Helper()
	path, _, _ := strings.Cut(target, "?")
	segments, ok := split(path)
	if !ok {
		return nil
	}
	for _, rt := range (&api{}).routes() {
		if rt.matches(segments) && rt.serves(method) {
			op := described().Paths[rt.pattern][strings.ToLower(rt.method)]
			return &op
		}
	}
	return nil
}
