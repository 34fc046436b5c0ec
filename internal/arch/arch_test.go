// SPDX-License-Identifier: Apache-2.0

package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
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
	"log": "the domain does not log", "net": "the domain does no I/O", "os/exec": "the domain does no I/O",
}

// clocks are the calls of package time that read it.
var clocks = []string{"time.Now(", "time.Since(", "time.Until(", "time.After(", "time.Tick(", "time.New"}

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
	list, err := listed()
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// listed asks the go command once for all tests.
var listed = sync.OnceValues(func() (list []goPackage, err error) {
	command := exec.Command("go", "list", "-json=ImportPath,Dir,Doc,GoFiles,Imports", module+"...")
	var faults bytes.Buffer
	command.Stderr = &faults
	out, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, faults.String())
	}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return list, nil
		} else if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
})

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
			source := read(t, filepath.Join(p.Dir, file))
			if slices.ContainsFunc(clocks, func(call string) bool { return strings.Contains(source, call) }) {
				t.Errorf("%s reads the clock; time comes in as an argument", file)
			}
		}
	}
}

// captives are outside modules that one room of ours alone may import, and why.
var captives = []struct{ module, room, reason string }{
	{"github.com/livekit/livekit-server", "internal/media/embedded", reasons["internal/media/embedded"]},
	{"github.com/russellhaering/", "internal/saml", "what an assertion must be is decided in internal/saml alone"},
	{"github.com/mattermost/xml", "internal/saml", "what an assertion must be is decided in internal/saml alone"},
	{"github.com/coreos/go-oidc/", "internal/oidc", "what an ID token must be is decided in internal/oidc alone"},
	{"github.com/zitadel/oidc/", "internal/oauth", "what apps are told of people who sign in is written in internal/oauth alone"},
	{"github.com/riverqueue/", "internal/events", "jobs are made of committed events, in internal/events alone"},
	{"github.com/pressly/goose", "internal/store", "the schema is the store's"},
	{"github.com/wneessen/go-mail", "internal/mail", "nobody else sends mail"},
}

func TestSomeModulesAreKnownToOneRoomAlone(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			for _, c := range captives {
				if strings.HasPrefix(path, c.module) && p.room() != c.room {
					t.Errorf("%s must not import %s: %s", p.room(), path, c.reason)
				}
			}
		}
	}
}

// databases are the rooms that speak SQL: the store, and the job queue's own
// files. The example and the benchmarks are no part of the product.
var databases = []string{"internal/store", "internal/store/storetest", "internal/events", "examples/hostapp/lantern", "internal/bench"}

func TestSQLIsInTheStoreAlone(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		for _, path := range p.Imports {
			driver := path == "database/sql" || strings.HasPrefix(path, "github.com/jackc/pgx/") || strings.HasPrefix(path, "modernc.org/sqlite")
			if driver && !slices.Contains(databases, p.room()) {
				t.Errorf("%s must not import %s: %s", p.room(), path, reasons["internal/store"])
			}
		}
	}
}

// maxMethods keeps an interface to what its consumer needs.
const maxMethods = 8

func TestInterfacesStaySmall(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		found := interfaces(t, p)
		for name, i := range found {
			if n := methods(found, i); n > maxMethods {
				t.Errorf("%s.%s has %d methods: split it by what is asked of it, so that each has %d at most", p.room(), name, n, maxMethods)
			}
		}
	}
}

// interfaces finds those that a package declares.
func interfaces(t *testing.T, p goPackage) map[string]*ast.InterfaceType {
	t.Helper()
	found := map[string]*ast.InterfaceType{}
	for _, file := range p.GoFiles {
		parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if spec, ok := n.(*ast.TypeSpec); ok {
				if i, ok := spec.Type.(*ast.InterfaceType); ok {
					found[spec.Name.Name] = i
				}
			}
			return true
		})
	}
	return found
}

// methods counts an interface's own and those of the package's interfaces that
// it embeds.
func methods(known map[string]*ast.InterfaceType, i *ast.InterfaceType) int {
	n := 0
	for _, field := range i.Methods.List {
		n += len(field.Names)
		if name, ok := field.Type.(*ast.Ident); ok && known[name.Name] != nil {
			n += methods(known, known[name.Name])
		}
	}
	return n
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		if len(p.GoFiles) > 0 && p.Doc == "" {
			t.Errorf("%s has no package comment", p.room())
		}
	}
}

// maxLines is how long a file may be before it is split by noun.
const maxLines = 700

func TestEverySourceFileNamesItsLicenceAndIsShort(t *testing.T) {
	t.Parallel()
	for _, p := range packages(t) {
		files, err := filepath.Glob(filepath.Join(p.Dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			source := read(t, file)
			if !strings.HasPrefix(source, "// SPDX-License-Identifier: Apache-2.0\n") {
				t.Errorf("%s/%s does not begin with the SPDX line", p.room(), filepath.Base(file))
			}
			if n := strings.Count(source, "\n"); n > maxLines {
				t.Errorf("%s/%s has %d lines: split it by noun, so that none has more than %d", p.room(), filepath.Base(file), n, maxLines)
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
