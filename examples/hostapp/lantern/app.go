// SPDX-License-Identifier: Apache-2.0

package lantern

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/url"

	"github.com/convoke/convoke/client"
)

//go:embed pages/*.html static/*
var files embed.FS

// Config is what an App needs.
type Config struct {
	Provider client.Provider // who holds the conferences
	LinkURL  string          // where the provider's links lead: scheme and host
	Path     string          // the SQLite file of the app's own data
	Secure   bool            // the app is served by HTTPS, so cookies may demand it
	Notice   string          // a line for the sign-in page; may be empty
	Logger   *slog.Logger
}

// App is the whole host app, an http.Handler. Make it with New, and Close it.
type App struct {
	http.Handler

	config   Config
	provider client.Provider
	store    *store
	pages    *template.Template
	logger   *slog.Logger
}

// New opens the app's database, and makes it if need be.
func New(c Config) (*App, error) {
	links, err := url.Parse(c.LinkURL)
	if err != nil || links.Host == "" {
		return nil, fmt.Errorf("lantern: LinkURL %q is not an address like https://meet.example.com", c.LinkURL)
	}
	pages, err := template.ParseFS(files, "pages/*.html")
	if err != nil {
		return nil, err
	}
	store, err := openStore(c.Path)
	if err != nil {
		return nil, fmt.Errorf("lantern: open %s: %w", c.Path, err)
	}
	a := &App{config: c, provider: c.Provider, store: store, pages: pages, logger: c.Logger}
	a.Handler = protect(a.routes(), links.Scheme+"://"+links.Host)
	return a, nil
}

// Close closes the database.
func (a *App) Close() error { return a.store.db.Close() }

func (a *App) routes() http.Handler {
	static, _ := fs.Sub(files, "static") // cannot fail: the name is a constant and valid
	mux := http.NewServeMux()
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(static)))
	mux.HandleFunc("GET /login", a.handle(a.showLogin))
	mux.HandleFunc("POST /login", a.handle(a.login))
	mux.HandleFunc("POST /logout", a.handle(a.logout))
	mux.HandleFunc("GET /{$}", a.signedIn(a.home))
	mux.HandleFunc("POST /meetings", a.signedIn(a.schedule))
	mux.HandleFunc("POST /meetings/{id}/start", a.signedIn(a.start))
	mux.HandleFunc("/", a.handle(func(http.ResponseWriter, *http.Request) error {
		return problem{http.StatusNotFound, "There is no such page."}
	}))
	return mux
}

// protect sets the headers that every page needs, and refuses what other sites
// make a browser send (http.CrossOriginProtection). The start button's answer
// is a redirect to the conference, so form-action must name its origin.
func protect(next http.Handler, conference string) http.Handler {
	policy := "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; " +
		"form-action 'self' " + conference + "; base-uri 'none'; frame-ancestors 'none'"
	guarded := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		guarded.ServeHTTP(w, r)
	})
}

// problem is an error to be told to the person in its own words.
type problem struct {
	status int
	text   string
}

func (p problem) Error() string { return p.text }

// handle makes a handler of a function that may fail. What is not a problem is
// logged and told without details.
func (a *App) handle(serve func(http.ResponseWriter, *http.Request) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		err := serve(w, r)
		if err == nil {
			return
		}
		p, ok := errors.AsType[problem](err)
		if !ok {
			a.logger.ErrorContext(r.Context(), "request failed", "call", r.Pattern, "error", err)
			p = problem{http.StatusInternalServerError, "Something went wrong on our side. Please try again."}
		}
		if err := a.render(w, p.status, "problem.html", p.text); err != nil {
			a.logger.ErrorContext(r.Context(), "page failed", "error", err)
		}
	}
}

// render writes a page, or nothing at all when it cannot be made.
func (a *App) render(w http.ResponseWriter, status int, page string, data any) error {
	var body bytes.Buffer
	if err := a.pages.ExecuteTemplate(&body, page, data); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err := body.WriteTo(w)
	return err
}
