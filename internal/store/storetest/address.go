// SPDX-License-Identifier: Apache-2.0

package storetest

var addressTests = map[string]func(*world){
	"the last server's counts": func(w *world) {
		for _, url := range []string{"", "http://127.0.0.1:8080", "https://meet.example.com"} {
			if url != "" {
				w.must(w.db.SetPublicURL(w.ctx(), url))
			}
			got, err := w.db.PublicURL(w.ctx())
			w.must(err)
			if got != url {
				w.Errorf("got %q, want %q", got, url)
			}
		}
	},
}
