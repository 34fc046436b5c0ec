// SPDX-License-Identifier: Apache-2.0

package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/convoke/convoke/"

// law is what each room may import of ours. A room that is not listed may
// import nothing of ours. One use case may stand on another: imports, which is no
// door, does the rows of its files by way of provision.
var law = map[string][]string{
	"cmd/convoke":              {"internal/app", "internal/config"},
	"internal/app":             {"*"},
	"internal/zoomapi":         {"internal/provision", "internal/conference", "internal/access", "internal/convoke", "zoom"},
	"internal/api":             {"internal/provision", "internal/conference", "internal/access", "internal/events", "internal/convoke"},
	"internal/portal":          {"internal/provision", "internal/conference", "internal/access", "internal/events", "internal/convoke"},
	"internal/scim":            {"internal/provision", "internal/access", "internal/convoke"},
	"internal/saml":            {"internal/signon", "internal/provision", "internal/access", "internal/convoke"},
	"internal/oidc":            {"internal/signon", "internal/provision", "internal/access", "internal/convoke"},
	"internal/signon":          {"internal/provision", "internal/access", "internal/convoke"},
	"internal/oauth":           {"internal/provision", "internal/access", "internal/convoke"},
	"internal/imports":         {"internal/provision", "internal/access", "internal/convoke"},
	"internal/provision":       {"internal/convoke"},
	"internal/conference":      {"internal/convoke"},
	"internal/access":          {"internal/convoke"},
	"internal/events":          {"internal/convoke"},
	"internal/store":           {"internal/convoke"},
	"internal/mail":            {"internal/convoke"},
	"internal/media":           {"internal/convoke"},
	"internal/webhook":         {"internal/convoke", "zoom"},
	"internal/store/storetest": {"internal/store", "internal/convoke"},
	"internal/media/embedded":  {"internal/media", "internal/convoke"},
	"internal/outbound":        {},
	"internal/domaincheck":     {"internal/convoke"},
	"internal/pictures":        {"internal/convoke"},
	"client":                   {"zoom"},
	"client/clienttest":        {"client", "zoom"},
	"examples/hostapp":         {"client", "examples/hostapp/lantern"},
	"examples/hostapp/lantern": {"client"},
	"internal/bench":           {"internal/app", "internal/config"},
}

// reasons say why the commonest breaches are breaches.
var reasons = map[string]string{
	"internal/store":          "SQL stays in the store; a use case declares the small interface that it needs, and app joins them",
	"internal/provision":      "use cases never call one another; a door or app calls both",
	"internal/conference":     "use cases never call one another; a door or app calls both",
	"internal/app":            "only cmd and the benchmarks start the whole",
	"internal/config":         "only cmd and app see the configuration; rooms get plain values",
	"internal/media/embedded": "livekit-server stays behind one package, which only app starts",
	"internal/domaincheck":    "only app joins the look-ups with the use case, as it does the store",
	"internal/signon":         "it is for the two doors of single sign-on alone",
	"internal/outbound":       "only app makes outbound clients, so that one place says what they may reach; rooms get an *http.Client",
}

// pure packages may use the standard library only.
var pure = []string{"internal/convoke", "internal/httpd", "internal/config", "internal/outbound", "zoom"}

// pureExceptions are the few outside modules that a pure package may use.
var pureExceptions = map[string][]string{"internal/config": {"github.com/BurntSushi/toml"}}

// impure are the standard packages that the domain must do without.
var impure = map[string]string{
	"database/sql": "the domain knows no SQL", "net/http": "the domain knows no HTTP", "os": "the domain does no I/O",
	"crypto/rand": "random values come in as arguments", "math/rand": "random values come in as arguments",
	"math/rand/v2": "random values come in as arguments", "log/slog": "the domain does not log",
}

type goPackage struct {
	ImportPath string
	Dir        string
	Doc        string
	GoFiles    []string
	Imports    []string
}

func (p goPackage) room() string { return strings.TrimPrefix(p.ImportPath, module) }

func packages(t *testing.T) []goPackage {
	t.Helper()
	command := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports", module+"...")
	var faults bytes.Buffer
	command.Stderr = &faults
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, faults.String())
	}
	var list []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

func TestARoomImportsOnlyWhatTheLawAllows(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		allowed := law[p.room()]
		for _, path := range p.Imports {
			room, ours := strings.CutPrefix(path, module)
			if !ours || slices.Contains(allowed, "*") || slices.Contains(allowed, room) {
				continue
			}
			t.Errorf("%s must not import %s. %s", p.room(), room, reasons[room])
		}
	}
}

func TestPurePackagesUseTheStandardLibraryOnly(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if !slices.Contains(pure, p.room()) {
			continue
		}
		for _, path := range p.Imports {
			outside := strings.Contains(strings.SplitN(path, "/", 2)[0], ".")
			if outside && !slices.Contains(pureExceptions[p.room()], path) {
				t.Errorf("%s must not import %s: it uses the standard library only", p.room(), path)
			}
		}
	}
}

func TestTheDomainIsPure(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if p.room() != "internal/convoke" {
			continue
		}
		for _, path := range p.Imports {
			if reason, bad := impure[path]; bad {
				t.Errorf("internal/convoke must not import %s: %s", path, reason)
			}
		}
		for _, file := range p.GoFiles {
			if source := read(t, filepath.Join(p.Dir, file)); strings.Contains(source, "time.Now(") {
				t.Errorf("%s reads the clock; time comes in as an argument", file)
			}
		}
	}
}

func TestOnlyEmbeddedImportsTheMediaServer(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			if strings.HasPrefix(path, "github.com/livekit/livekit-server") && p.room() != "internal/media/embedded" {
				t.Errorf("%s imports %s: %s", p.room(), path, reasons["internal/media/embedded"])
			}
		}
	}
}

func TestOnlySAMLKnowsItsLibraries(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			if p.room() != "internal/saml" && (strings.HasPrefix(path, "github.com/russellhaering/") || strings.HasPrefix(path, "github.com/mattermost/xml")) {
				t.Errorf("%s must not import %s: what an assertion must be is decided in internal/saml alone", p.room(), path)
			}
		}
	}
}

func TestOnlyOAuthKnowsItsLibrary(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			if p.room() != "internal/oauth" && strings.HasPrefix(path, "github.com/zitadel/oidc/") {
				t.Errorf("%s must not import %s: what apps are told of people who sign in is written in internal/oauth alone", p.room(), path)
			}
		}
	}
}

func TestOnlyOIDCKnowsItsLibraries(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			if p.room() != "internal/oidc" && strings.HasPrefix(path, "github.com/coreos/go-oidc/") {
				t.Errorf("%s must not import %s: what an ID token must be is decided in internal/oidc alone", p.room(), path)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.room())
		}
	}
}

func TestEverySourceFileNamesItsLicence(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if !strings.HasPrefix(read(t, file), "// SPDX-License-Identifier: Apache-2.0\n") {
				t.Errorf("%s/%s does not begin with the SPDX line", p.room(), filepath.Base(file))
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
