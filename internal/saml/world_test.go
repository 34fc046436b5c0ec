// SPDX-License-Identifier: Apache-2.0

package saml_test

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/provision"
	"github.com/convoke/convoke/internal/saml"
	"github.com/convoke/convoke/internal/signon"
	"github.com/convoke/convoke/internal/store"
	"github.com/convoke/convoke/internal/store/storetest"
)

// idp is SimpleSAMLphp, run once for the package's tests.
type idp struct {
	dir, url string
	command  *exec.Cmd
	metadata []byte
}

var theIDP = sync.OnceValues(startIDP)

func TestMain(m *testing.M) {
	status := m.Run()
	if stopIDP != nil {
		stopIDP()
	}
	os.Exit(status)
}

var stopIDP func()

func startIDP() (*idp, error) {
	dir, err := os.MkdirTemp("", "convoke-idp-")
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	listener.Close()
	p := &idp{dir: dir, url: "http://127.0.0.1:" + port, command: exec.Command("../../scripts/test-idp", dir, port)}
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // PHP's workers go with it
	if err := p.command.Start(); err != nil {
		return nil, err
	}
	stopIDP = func() {
		_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
		_ = p.command.Wait()
		os.RemoveAll(dir)
	}
	if err := p.awaitMetadata(); err != nil {
		return nil, err
	}
	return p, p.makeTables()
}

// makeTables has the provider make its tables, by the first session that it
// begins. Two at the same time would both make them, and one would fail.
func (p *idp) makeTables() error {
	answer, err := http.Get(p.url + "/saml2/idp/SSOService.php")
	if err != nil {
		return err
	}
	return answer.Body.Close()
}

// awaitMetadata asks until the provider answers; there is no event to wait for.
func (p *idp) awaitMetadata() error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		answer, err := http.Get(p.url + "/saml2/idp/metadata.php")
		if err != nil {
			continue
		}
		defer answer.Body.Close()
		p.metadata, err = io.ReadAll(answer.Body)
		if answer.StatusCode != http.StatusOK {
			return fmt.Errorf("the identity provider answers %d: run scripts/prepare-tests\n%s", answer.StatusCode, p.metadata)
		}
		return err
	}
	return fmt.Errorf("the identity provider does not start: run scripts/prepare-tests")
}

// world is the door of one account on the real use cases, a real database and a
// real identity provider.
type world struct {
	*provision.Service

	access   *access.Service
	db       *store.DB
	clock    *clock
	log      *logBuffer
	server   *httptest.Server
	idp      *idp
	operator convoke.Principal
	vanity   string
	base     string // the account's address
}

// clock is the real one, moved, or one that stands.
type clock struct {
	by time.Duration
	at time.Time // zero: it goes
}

func (c *clock) Now() time.Time {
	if !c.at.IsZero() {
		return c.at.Add(c.by)
	}
	return time.Now().Add(c.by)
}

type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

// take returns what was logged since the last take.
func (b *logBuffer) take() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	defer b.text.Reset()
	return b.text.String()
}

// key is that of every world; a second process would have the same.
var key = bytes.Repeat([]byte("k"), 32)

// newWorld connects an account to the identity provider. more is what the
// provider does otherwise for it, in SimpleSAMLphp's words.
func newWorld(t testing.TB, more string, forms ...convoke.SSOForm) *world {
	t.Helper()
	provider, err := theIDP()
	if err != nil {
		t.Fatal(err)
	}
	w := newAccount(t, &clock{})
	w.idp, w.vanity = provider, "acme-"+strings.ToLower(regexp.MustCompile(`[^a-zA-Z0-9]`).ReplaceAllString(string(w.operator.AccountID), ""))
	w.serve(t)
	w.set(t, convoke.SSOForm{Metadata: new(string(provider.metadata)), Vanity: &w.vanity})
	for _, form := range forms {
		w.set(t, form)
	}
	w.register(t, more)
	return w
}

// newAccount has people.example for its domain, and no provider yet.
func newAccount(t testing.TB, at *clock) *world {
	t.Helper()
	w := &world{db: storetest.SQLite(t), clock: at, log: &logBuffer{}}
	w.Service, w.access = w.services()
	account, err := w.CreateAccount(t.Context(), convoke.Operator(""), "Acme", convoke.AccountChange{})
	if err != nil {
		t.Fatal(err)
	}
	w.operator = convoke.Operator(account.ID)
	if _, err := w.AddDomain(t.Context(), w.operator, "people.example", true); err != nil {
		t.Fatal(err)
	}
	return w
}

// serve opens the door, and a portal behind it, under the account's name.
func (w *world) serve(t testing.TB) {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/portal/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the portal") })
	mux.HandleFunc("/portal", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "the portal") })
	w.server = httptest.NewServer(mux)
	t.Cleanup(w.server.Close)
	mux.Handle("/sso/", w.door(w.server.URL))
	w.base = w.server.URL + "/sso/" + w.vanity
}

// services are one process's.
func (w *world) services() (*provision.Service, *access.Service) {
	quiet := slog.New(slog.DiscardHandler)
	return provision.New(provision.Config{
			Store: w.db, Accounts: w.db, Domains: w.db, SSO: w.db, Mappings: w.db, Protocol: saml.Protocol{Key: key, Client: http.DefaultClient},
			PageKey: key, CodeKey: key, Now: w.clock.Now,
		}),
		access.New(access.Config{Apps: w.db, Tokens: w.db, Sessions: w.db, Domains: w.db, SSO: w.db, Now: w.clock.Now, Logger: quiet})
}

// doorOf is the handler of a site whose accounts all speak SAML.
func doorOf(c signon.Config) http.Handler {
	desk := signon.NewDesk(c)
	return desk.Handler(map[convoke.SSOProtocol]signon.Door{convoke.SSOSAML: saml.New(desk)})
}

func (w *world) door(public string) http.Handler {
	return doorOf(signon.Config{
		Connections: w, SignIns: w, Access: w.access, Key: key, PublicURL: public, Now: w.clock.Now,
		Logger: slog.New(slog.NewTextHandler(w.log, nil)),
	})
}

func (w *world) set(t testing.TB, s convoke.SSOForm) convoke.SSOConnection {
	t.Helper()
	connection, err := w.SetSSO(t.Context(), w.operator, s)
	if err != nil {
		t.Fatal(err)
	}
	return connection
}

// register gives the identity provider the account's metadata.
func (w *world) register(t testing.TB, more string) {
	t.Helper()
	_, metadata := w.get(t, http.DefaultClient, w.base+"/metadata")
	name := filepath.Join(w.idp.dir, "sp", w.vanity)
	if more != "" {
		if err := os.WriteFile(name+".json", []byte(more), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(name+".part", []byte(metadata), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(name+".part", name+".xml"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.Remove(name + ".xml"); os.Remove(name + ".json") })
}

// newBrowser is a client with cookies of its own.
func newBrowser(t testing.TB) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar, Timeout: time.Minute}
}

func (w *world) get(t testing.TB, browser *http.Client, address string) (*http.Response, string) {
	t.Helper()
	answer, err := browser.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	return answer, read(t, answer)
}

func read(t testing.TB, answer *http.Response) string {
	t.Helper()
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func post(t testing.TB, browser *http.Client, address string, form url.Values) (*http.Response, string) {
	t.Helper()
	answer, err := browser.PostForm(address, form)
	if err != nil {
		t.Fatal(err)
	}
	return answer, read(t, answer)
}

// live takes a person through the identity provider's own pages, from the
// address to the form that brings its answer back, which is not sent.
func (w *world) live(t testing.TB, browser *http.Client, start, name string) url.Values {
	t.Helper()
	answer, page := w.get(t, browser, start)
	if strings.Contains(page, `data-testid="sso-post"`) {
		answer, page = post(t, browser, action(t, page), fields(page))
	}
	if strings.Contains(page, `name="password"`) {
		form := fields(page)
		form.Set("username", name)
		form.Set("password", name+"-secret")
		to := *answer.Request.URL
		to.RawQuery = ""
		_, page = post(t, browser, to.String(), form)
	}
	form := fields(page)
	if form.Get("SAMLResponse") == "" || action(t, page) != w.base+"/acs" {
		t.Fatalf("the identity provider did not answer to the account, but\n%s\nlog of the door: %s", page, w.log.take())
	}
	return form
}

var (
	inputs  = regexp.MustCompile(`<input[^>]*>`)
	named   = regexp.MustCompile(`name="([^"]*)"`)
	valued  = regexp.MustCompile(`value="([^"]*)"`)
	actions = regexp.MustCompile(`action="([^"]*)"`)
)

func fields(page string) url.Values {
	form := url.Values{}
	for _, input := range inputs.FindAllString(page, -1) {
		name, value := named.FindStringSubmatch(input), valued.FindStringSubmatch(input)
		if name != nil && value != nil {
			form.Set(html.UnescapeString(name[1]), html.UnescapeString(value[1]))
		}
	}
	return form
}

func action(t testing.TB, page string) string {
	t.Helper()
	found := actions.FindStringSubmatch(page)
	if found == nil {
		t.Fatalf("no form in\n%s", page)
	}
	return html.UnescapeString(found[1])
}

// signIn signs a person in from the address and returns where they came out.
func (w *world) signIn(t testing.TB, browser *http.Client, start, name string) (*http.Response, string) {
	t.Helper()
	return post(t, browser, w.base+"/acs", w.live(t, browser, start, name))
}

// session returns who the browser's portal session belongs to, or the refusal.
func (w *world) session(t testing.TB, browser *http.Client) (convoke.Principal, error) {
	t.Helper()
	at, err := url.Parse(w.server.URL + "/portal/api")
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range browser.Jar.Cookies(at) {
		if cookie.Name == "convoke_session" {
			return w.access.Session(t.Context(), cookie.Value)
		}
	}
	return w.access.Session(t.Context(), "")
}

// wantPage holds an answer to a refusal page of the code, and returns the log's code.
func (w *world) wantPage(t testing.TB, answer *http.Response, page, code string) string {
	t.Helper()
	logged := w.log.take()
	if !strings.Contains(page, `data-testid="error-page" data-code="`+code+`"`) || answer.StatusCode < 400 || answer.StatusCode >= 500 {
		t.Fatalf("the answer is %d\n%s\nwant the page %s; the log: %s", answer.StatusCode, page, code, logged)
	}
	found := regexp.MustCompile(`code=(\w+)`).FindStringSubmatch(logged)
	if found == nil {
		t.Fatalf("no code in the log: %s", logged)
	}
	return found[1]
}

func (w *world) wantEncrypted(t testing.TB, want bool) {
	t.Helper()
	w.set(t, convoke.SSOForm{WantEncrypted: &want})
}
