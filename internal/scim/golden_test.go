// SPDX-License-Identifier: Apache-2.0

package scim

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
// back. What differs from run to run is written as <id1>, <version1> and so on,
// and may be used in later requests. A request that begins with OPERATOR does
// something behind the directory's back.
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
	g := &golden{world: newWorld(t, withSSO), names: map[string]string{}, counts: map[string]int{}}
	g.trust(t, "example.com")
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

// exchange sends one request: its first line, headers, an empty line and a body.
func (g *golden) exchange(t *testing.T, name, request string) string {
	t.Helper()
	for value, called := range g.names {
		request = strings.ReplaceAll(request, called, value)
	}
	head, body, _ := strings.Cut(request, "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	words := strings.Fields(lines[0])
	if words[0] == "OPERATOR" {
		g.operate(t, words[1:])
		return ""
	}
	header := http.Header{}
	for _, line := range lines[1:] {
		key, value, _ := strings.Cut(line, ": ")
		header.Set(key, value)
	}
	answer := g.call(t, words[0], strings.ReplaceAll(strings.Join(words[1:], " "), " ", "%20"), header, strings.TrimSpace(body))
	if answer.Header().Get("Cache-Control") != "no-store" || answer.Code >= 500 {
		t.Errorf("%s: status %d, %v, %s", name, answer.Code, answer.Header(), answer.Body)
	}
	return g.write(t, answer)
}

// operate does what the operator does: sso=true|false, scopes LIST, wait DURATION.
func (g *golden) operate(t *testing.T, words []string) {
	t.Helper()
	switch words[0] {
	case "sso":
		_, err := g.provision.SetAccount(t.Context(), convoke.Operator(""), g.account.ID, convoke.AccountChange{SSO: new(words[1] == "on")})
		check(t, err)
	case "scopes":
		g.token = g.newToken(t, strings.Join(words[1:], " "))
	case "seats":
		n, err := strconv.ParseInt(words[1], 10, 64)
		check(t, err)
		_, err = g.provision.SetAccount(t.Context(), convoke.Operator(""), g.account.ID, convoke.AccountChange{LicensedSeats: &n})
		check(t, err)
	case "wait":
		d, err := time.ParseDuration(words[1])
		check(t, err)
		g.clock.Add(int64(d.Seconds()))
	default:
		t.Fatalf("the operator does not know how to %q", words)
	}
}

// write gives an answer the form that it has in the file.
func (g *golden) write(t *testing.T, answer *httptest.ResponseRecorder) string {
	t.Helper()
	var text strings.Builder
	fmt.Fprintln(&text, answer.Code, answer.Header().Get("Content-Type"))
	for _, name := range []string{"Allow", "Etag", "Location", "Www-Authenticate"} {
		if value := answer.Header().Get(name); value != "" {
			fmt.Fprintf(&text, "%s: %s\n", name, value)
		}
	}
	if answer.Body.Len() > 0 {
		var body bytes.Buffer
		check(t, json.Indent(&body, answer.Body.Bytes(), "", "  "))
		text.WriteString("\n" + body.String() + "\n")
	}
	return g.normalise(text.String())
}

// volatile finds what differs from run to run; its group is what gets a name.
var volatile = []struct {
	name string
	find *regexp.Regexp
}{
	{"id", regexp.MustCompile(`(?:"id": "|/Users/|/Groups/)([A-Za-z0-9_-]{22})"`)},
	{"version", regexp.MustCompile(`W/\\?"([0-9a-f]{16})`)},
	{"cursor", regexp.MustCompile(`"nextCursor": "([^"]{20,})"`)},
	{"link", regexp.MustCompile(`"personalLinkName": "([a-z0-9]{12})"`)},
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
