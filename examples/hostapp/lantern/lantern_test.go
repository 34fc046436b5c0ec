// SPDX-License-Identifier: Apache-2.0

package lantern_test

import (
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/client"
	"github.com/convoke/convoke/client/clienttest"
	"github.com/convoke/convoke/examples/hostapp/lantern"
)

const password = "a lantern in the window"

// house is a running app with a conferencing service that the test controls.
type house struct {
	t        *testing.T
	meetings *clienttest.Provider
	path     string
	url      string
	log      *strings.Builder
}

func newHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, meetings: clienttest.New(), path: filepath.Join(t.TempDir(), "lan tern?.db"), log: &strings.Builder{}}
	h.open()
	return h
}

// open starts the app on the house's data, as after a restart.
func (h *house) open() {
	h.t.Helper()
	app, err := lantern.New(lantern.Config{
		Provider: h.meetings, LinkURL: clienttest.BaseURL + "/any/path", Path: h.path, Notice: "Three people live here.",
		Logger: slog.New(slog.NewTextHandler(h.log, nil)),
	})
	if err != nil {
		h.t.Fatal(err)
	}
	if err := app.SeedUsers(h.t.Context(), lantern.DemoPeople(password)); err != nil {
		h.t.Fatal(err)
	}
	server := httptest.NewServer(app)
	h.t.Cleanup(func() { server.Close(); app.Close() })
	h.url = server.URL
}

// browser keeps cookies and follows no redirect.
type browser struct {
	*house
	http *http.Client
}

func (h *house) browser() *browser {
	jar, _ := cookiejar.New(nil)
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{h, &http.Client{Jar: jar, CheckRedirect: stay}}
}

// page is an answer.
type page struct {
	status         int
	header         http.Header
	location, body string
}

func (b *browser) send(r *http.Request) page {
	b.t.Helper()
	response, err := b.http.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	return page{response.StatusCode, response.Header, response.Header.Get("Location"), html.UnescapeString(string(body))}
}

func (b *browser) get(path string) page {
	b.t.Helper()
	r, err := http.NewRequest(http.MethodGet, b.url+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.send(r)
}

func (b *browser) postRequest(path string, form ...string) *http.Request {
	b.t.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r, err := http.NewRequest(http.MethodPost, b.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return r
}

func (b *browser) post(path string, form ...string) page {
	b.t.Helper()
	return b.send(b.postRequest(path, form...))
}

// login signs in and returns the page that the person then sees.
func (b *browser) login(email string) page {
	b.t.Helper()
	p := b.post("/login", "email", email, "password", password)
	if p.status != http.StatusSeeOther {
		b.t.Fatalf("login of %s: status %d: %s", email, p.status, p.body)
	}
	return b.get(p.location)
}

// startNew presses the button that starts a meeting of this moment.
func (b *browser) startNew() page {
	b.t.Helper()
	return b.post(b.find(b.get("/"), `action="(/meetings/[^"]*/start)"><button class="primary`))
}

// schedule fills in the form. The key is the one in the page.
func (b *browser) schedule(topic, start, duration, timezone string) page {
	b.t.Helper()
	key := b.find(b.get("/"), `name="key" value="([^"]*)"`)
	return b.post("/meetings", "key", key, "topic", topic, "start", start, "duration", duration, "timezone", timezone)
}

const amara, jonas = "amara@lantern.example", "Jonas@Lantern.example"

// find returns the first group of the expression in the page.
func (b *browser) find(p page, expression string) string {
	b.t.Helper()
	match := regexp.MustCompile(expression).FindStringSubmatch(p.body)
	if match == nil {
		b.t.Fatalf("no %s in the page of status %d:\n%s", expression, p.status, p.body)
	}
	return match[1]
}

func (b *browser) userID(p page) string {
	b.t.Helper()
	return b.find(p, `data-testid="host-user-id">([^<]*)<`)
}

func (b *browser) want(p page, status int, texts ...string) {
	b.t.Helper()
	if p.status != status {
		b.t.Errorf("status %d, want %d", p.status, status)
	}
	for _, text := range texts {
		if !strings.Contains(p.body, text) {
			b.t.Errorf("no %q in the page:\n%s", text, p.body)
		}
	}
}

func tomorrow() string { return time.Now().UTC().Add(24 * time.Hour).Format("2006-01-02T15:04") }

func TestLoginBindsTheSameUserEveryTime(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	first := b.userID(b.login(amara))
	b.post("/logout")
	second := b.userID(b.login(amara))
	h.open()
	third := h.browser().userID(h.browser().login(amara))
	if first == "" || first != second || first != third {
		t.Errorf("user ids %q, %q, and %q after a restart; want one", first, second, third)
	}
	user, ok := h.meetings.User("1")
	if !ok || user.ID != first || user.Email != amara || user.DisplayName != "Amara Diallo" || user.Generation != 1 {
		t.Errorf("bound user %+v, want %q of Amara", user, first)
	}
	if other := h.browser().userID(h.browser().login(jonas)); other == first {
		t.Errorf("two people share user %q", other)
	}
}

func TestWrongPassword(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, email := range []string{amara, "nobody@lantern.example"} {
		b := h.browser()
		p := b.post("/login", "email", email, "password", "wrong")
		b.want(p, http.StatusUnauthorized, "The e-mail or the password is not right.", email, "Three people live here.")
		if p := b.get("/"); p.location != "/login" {
			t.Errorf("after a wrong password: status %d, location %q", p.status, p.location)
		}
	}
	if calls := h.meetings.Calls(); len(calls) != 0 {
		t.Errorf("calls %+v for people who did not sign in", calls)
	}
}

func TestLogout(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.login(amara)
	old := b.http.Jar.Cookies(must(url.Parse(h.url)))
	if len(old) != 1 {
		t.Fatalf("cookies %v, want one", old)
	}
	if p := b.post("/logout"); p.location != "/login" {
		t.Errorf("location %q, want /login", p.location)
	}
	r := b.postRequest("/meetings/x/start")
	r.AddCookie(old[0]) // somebody kept it
	if p := b.send(r); p.location != "/login" {
		t.Errorf("the old session still works: status %d, location %q", p.status, p.location)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestSessionCookie(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := h.browser().post("/login", "email", amara, "password", password)
	cookie := p.header.Get("Set-Cookie")
	for _, attribute := range []string{"HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=43200"} {
		if !strings.Contains(cookie, attribute) {
			t.Errorf("cookie %q lacks %s", cookie, attribute)
		}
	}
}

func TestStartRedirectsToAFreshStartLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.login(amara)
	first := b.startNew()
	if first.status != http.StatusSeeOther || !strings.HasPrefix(first.location, clienttest.BaseURL+"/s/") {
		t.Fatalf("status %d, location %q; want a start link", first.status, first.location)
	}
	home := b.get("/")
	b.want(home, http.StatusOK, "Meeting with Amara Diallo")
	if strings.Contains(home.body, "zak=") {
		t.Error("the page shows a start link")
	}
	id := b.find(home, `data-meeting-id="([^"]*)"`)
	again := b.post("/meetings/" + id + "/start")
	if !strings.HasPrefix(again.location, clienttest.BaseURL+"/s/") || again.location == first.location {
		t.Errorf("locations %q and %q, want two start links", first.location, again.location)
	}
	if list := h.meetings.Meetings("1"); len(list) != 1 || list[0].Key != id {
		t.Errorf("meetings %+v, want one with the key %q", list, id)
	}
}

func TestScheduleAndList(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.want(b.login(amara), http.StatusOK, "Nothing here yet.")
	at := tomorrow()
	p := b.schedule("Fractions <& Leo>", at, "45", "Asia/Kolkata")
	if p.location != "/?notice=scheduled" {
		t.Fatalf("status %d, location %q: %s", p.status, p.location, p.body)
	}
	list := h.meetings.Meetings("1")
	if len(list) != 1 {
		t.Fatalf("meetings %+v, want one", list)
	}
	zone := must(time.LoadLocation("Asia/Kolkata"))
	want := must(time.ParseInLocation("2006-01-02T15:04", at, zone))
	if m := list[0]; m.Topic != "Fractions <& Leo>" || m.Duration != 45*time.Minute || !m.StartTime.Equal(want) {
		t.Errorf("meeting %+v, want Fractions at %v for 45 minutes", m, want)
	}
	home := b.get("/")
	b.want(home, http.StatusOK, "Fractions <& Leo>", "45 min", want.UTC().Format(time.RFC3339))
	if join := b.find(home, `href="([^"]*)" data-testid="host-meeting-join"`); join != list[0].JoinURL {
		t.Errorf("join link %q, want %q", join, list[0].JoinURL)
	}
}

func TestScheduleRefusesBadInput(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.login(amara)
	for name, c := range map[string]struct{ topic, start, duration, want string }{
		"no topic":        {" ", tomorrow(), "45", "Please give the meeting a topic"},
		"a long topic":    {strings.Repeat("x", 201), tomorrow(), "45", "Please give the meeting a topic"},
		"no date":         {"Fractions", "", "45", "Please choose a date and a time."},
		"a past date":     {"Fractions", "2020-01-01T10:00", "45", "Please choose a time that is not over."},
		"no duration":     {"Fractions", tomorrow(), "", "Please choose how long"},
		"an odd duration": {"Fractions", tomorrow(), "-45", "Please choose how long"},
	} {
		p := b.schedule(c.topic, c.start, c.duration, "Nowhere/Land")
		b.want(p, http.StatusUnprocessableEntity, c.want)
		if kept := strings.TrimSpace(c.topic); !strings.Contains(p.body, `value="`+kept+`"`) {
			t.Errorf("%s: the topic is not kept in the form", name)
		}
	}
	if list := h.meetings.Meetings("1"); len(list) != 0 {
		t.Errorf("meetings %+v were made", list)
	}
}

func TestAFormSentTwiceIsOneMeeting(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	home := b.login(amara)
	start := b.find(home, `action="(/meetings/[^"]*/start)"><button class="primary`)
	key := b.find(home, `name="key" value="([^"]*)"`)
	for range 2 {
		b.post(start)
		b.post("/meetings", "key", key, "topic", "Fractions", "start", tomorrow(), "duration", "45")
	}
	if list := h.meetings.Meetings("1"); len(list) != 2 {
		t.Errorf("meetings %+v, want the one of now and the one of tomorrow", list)
	}
	if home := b.get("/"); strings.Count(home.body, "data-meeting-id") != 2 {
		t.Errorf("the page lists them otherwise:\n%s", home.body)
	}
}

func TestACrashLosesNoMeeting(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.login(amara)
	h.meetings.SetDown(true)
	b.startNew() // its row is there, its conference is not
	h.meetings.SetDown(false)
	id := b.find(b.get("/"), `data-meeting-id="([^"]*)"`)
	b.post("/meetings/" + id + "/start")
	if list := h.meetings.Meetings("1"); len(list) != 1 || list[0].Key != id {
		t.Errorf("meetings %+v, want one with the key %q", list, id)
	}
}

func TestSomebodyElseHasTheEmail(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	if _, err := h.meetings.Ensure(t.Context(), "somebody else's key", client.Person{Email: amara}); err != nil {
		t.Fatal(err)
	}
	b := h.browser()
	home := b.login(amara)
	if user, _ := h.meetings.User("1"); b.userID(home) != user.ID || user.Email == amara {
		t.Errorf("the page shows user %q, and the user is %+v", b.userID(home), user)
	}
	if p := b.startNew(); !strings.HasPrefix(p.location, clienttest.BaseURL+"/s/") {
		t.Errorf("status %d, location %q; want a start link", p.status, p.location)
	}
}

func TestOtherPeoplesMeetingsAreNotFound(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.login(amara)
	b.schedule("Long division", tomorrow(), "45", "")
	id := b.find(b.get("/"), `data-meeting-id="([^"]*)"`)

	other := h.browser()
	if home := other.login(jonas); strings.Contains(home.body, "Long division") {
		t.Error("Jonas sees Amara's meeting")
	}
	other.want(other.post("/meetings/"+id+"/start"), http.StatusNotFound, "There is no such meeting of yours.")
	long := strings.Repeat("x", 65)
	other.want(other.post("/meetings/"+long+"/start"), http.StatusNotFound, "There is no such meeting of yours.")
	other.want(other.post("/meetings", "key", id, "topic", "Mine", "start", tomorrow(), "duration", "45"), http.StatusNotFound)
	if list := h.meetings.Meetings("2"); len(list) != 0 {
		t.Errorf("meetings %+v were made for Jonas", list)
	}
}

func TestPagesNeedASession(t *testing.T) {
	t.Parallel()
	b := newHouse(t).browser()
	for _, p := range []page{b.get("/"), b.post("/meetings"), b.post("/meetings/x/start")} {
		if p.status != http.StatusSeeOther || p.location != "/login" {
			t.Errorf("status %d, location %q; want a redirect to /login", p.status, p.location)
		}
	}
}

func TestCrossSiteRequestsAreRefused(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.login(amara)
	for _, path := range []string{"/login", "/logout", "/meetings", "/meetings/x/start"} {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
			r := b.postRequest(path, "email", amara, "password", password)
			r.Header.Del("Sec-Fetch-Site")
			r.Header.Set(header, value)
			if p := b.send(r); p.status != http.StatusForbidden {
				t.Errorf("POST %s with %s: status %d, want 403", path, header, p.status)
			}
		}
	}
	if list := h.meetings.Meetings("1"); len(list) != 0 {
		t.Errorf("meetings %+v were made", list)
	}
	b.want(b.get("/"), http.StatusOK, "Hello, Amara") // and nobody was logged out
}

func TestHeadersAndFiles(t *testing.T) {
	t.Parallel()
	b := newHouse(t).browser()
	p := b.get("/login")
	policy := p.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "script-src 'self'", "form-action 'self' " + clienttest.BaseURL + ";", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("policy %q lacks %q", policy, part)
		}
	}
	if strings.Contains(p.body, "style=") || strings.Contains(p.body, "<script>") {
		t.Error("the page has inline styles or scripts, which its policy forbids")
	}
	for _, file := range []string{"lantern.css", "lantern.js", "lantern.svg"} {
		b.want(b.get("/static/"+file), http.StatusOK)
	}
	b.want(b.get("/elsewhere"), http.StatusNotFound, "There is no such page.")
}

func TestConvokeDownAtLogin(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.meetings.SetDown(true)
	b := h.browser()
	home := b.login(amara)
	b.want(home, http.StatusOK, "Hello, Amara", "Meetings are unavailable right now.", "You have no identity for meetings yet.")
	b.want(b.startNew(), http.StatusServiceUnavailable, "Meetings are unavailable right now.")
	p := b.schedule("Fractions", tomorrow(), "90", "")
	b.want(p, http.StatusServiceUnavailable, "Meetings are unavailable right now.", "Fractions", "90 min", "It gets its join link when you start it.")

	h.meetings.SetDown(false)
	if p := b.startNew(); !strings.HasPrefix(p.location, clienttest.BaseURL+"/s/") {
		t.Errorf("after the return: status %d, location %q", p.status, p.location)
	}
	home = b.get("/")
	if user, _ := h.meetings.User("1"); b.userID(home) != user.ID {
		t.Errorf("the page shows user %q, want %q", b.userID(home), user.ID)
	}
	if strings.Contains(home.body, "unavailable") {
		t.Error("the page still says that meetings are unavailable")
	}
}

func TestDeletedUserIsReplaced(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	first := b.userID(b.login(amara))
	b.schedule("Fractions", tomorrow(), "45", "")
	home := b.get("/")
	id, join := b.find(home, `data-meeting-id="([^"]*)"`), b.find(home, `href="([^"]*)" data-testid="host-meeting-join"`)
	if err := h.meetings.DeleteUser(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	if p := b.post("/meetings/" + id + "/start"); p.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", p.status, p.body)
	}
	home = b.get("/")
	if b.userID(home) == first || b.find(home, `href="([^"]*)" data-testid="host-meeting-join"`) == join {
		t.Error("the page still shows the deleted user or its meeting's link")
	}
}

func TestDeactivatedUserIsTold(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	id := b.userID(b.login(amara))
	if err := h.meetings.DeactivateUser(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	b.want(b.startNew(), http.StatusForbidden, "Please ask the office.")
}

func TestUnknownFaultsAreLoggedAndNotShown(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	b := h.browser()
	b.login(amara)
	h.meetings.FailNext(&client.Error{Status: 403, Code: "scope_missing", Message: "The app lacks a scope."})
	p := b.startNew()
	b.want(p, http.StatusServiceUnavailable, "Meetings are unavailable right now.")
	if strings.Contains(p.body, "scope") || !strings.Contains(h.log.String(), "scope_missing") {
		t.Errorf("the page or the log is wrong; log:\n%s", h.log)
	}
}

func TestNewChecksItsConfig(t *testing.T) {
	t.Parallel()
	logger := slog.New(slog.DiscardHandler)
	for name, c := range map[string]lantern.Config{
		"no link URL": {Path: filepath.Join(t.TempDir(), "x.db"), Logger: logger},
		"no folder":   {LinkURL: "https://meet.example.com", Path: filepath.Join(t.TempDir(), "missing", "x.db"), Logger: logger},
	} {
		if app, err := lantern.New(c); err == nil {
			app.Close()
			t.Errorf("%s: no error", name)
		}
	}
}
