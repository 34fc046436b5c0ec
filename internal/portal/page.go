// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"errors"
	"io/fs"
	"net/http"
	"path"

	"github.com/convoke/convoke/internal/convoke"
)

// home is GET /: there is nothing but the portal for a person to go to.
func (d *door) home(w http.ResponseWriter, r *http.Request) error {
	http.Redirect(w, r, "/portal", http.StatusFound)
	return nil
}

// portalPage serves the portal and the activation page; the script routes inside.
func (d *door) portalPage(w http.ResponseWriter, _ *http.Request) error {
	return d.document(w, "portal/index.html")
}

// document serves one of the built HTML files. It is never cached, so that a new
// version's assets are found at once.
func (d *door) document(w http.ResponseWriter, name string) error {
	if !d.Built {
		return convoke.Errorf(convoke.KindUnavailable, "pages_not_built", "This binary was built without its pages.")
	}
	body, err := fs.ReadFile(d.Pages, name)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write(body) // fails only when the client is gone
	return nil
}

// asset serves a script, style or picture. Names carry a hash of the content,
// so a browser may keep them for a year; the favicon's does not.
func (d *door) asset(w http.ResponseWriter, r *http.Request) error {
	if !fs.ValidPath(r.PathValue("path")) { // "..", for one, which can be sent encoded
		return noSuchFile()
	}
	name := path.Join("assets", r.PathValue("path"))
	info, err := fs.Stat(d.Pages, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.IsDir() {
		return noSuchFile()
	}
	if err != nil {
		return err
	}
	lifetime := "public, max-age=31536000, immutable"
	if path.Base(name) == "favicon.svg" {
		lifetime = "public, max-age=3600"
	}
	w.Header().Set("Cache-Control", lifetime)
	http.ServeFileFS(w, r, d.Pages, name) //nolint:gosec // Pages holds nothing but what anybody may see
	return nil
}

func noSuchFile() error {
	return convoke.NotFound(pageNotFound, "There is no such file.")
}

// stylesheet is GET /page.css, the style of the error pages.
func (d *door) stylesheet(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Cache-Control", "public, max-age=3600")
	http.ServeFileFS(w, r, pageFiles, "pages/page.css")
	return nil
}
