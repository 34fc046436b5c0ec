// SPDX-License-Identifier: Apache-2.0

// Package web carries the built pages, the meeting room and the portal, inside
// the binary.
//
// It owns the embedded tree that Vite writes to dist: room/index.html,
// portal/index.html and the hashed files under assets. It does not serve them,
// set headers or check links; the portal door does. Without a build the tree
// is empty, so the Go code compiles in a checkout that has never run npm.
package web

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// FS returns the built pages, rooted at dist, and whether they are there: false
// means that `npm run build` has not been run in web, and the tree holds no page.
func FS() (fs.FS, bool) {
	pages, err := fs.Sub(dist, "dist")
	if err != nil {
		return dist, false
	}
	return pages, built(pages)
}

// built reports whether both pages are in the tree. A half-finished build counts
// as none, so that the server says so instead of answering with a blank page.
func built(pages fs.FS) bool {
	for _, page := range []string{"room/index.html", "portal/index.html"} {
		if _, err := fs.Stat(pages, page); err != nil {
			return false
		}
	}
	return true
}
