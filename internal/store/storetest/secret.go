// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bytes"
	"errors"
)

var secretTests = map[string]func(*world){
	"the same for all who ask at once": func(w *world) {
		secrets := make([][]byte, 20)
		w.must(errors.Join(parallel(len(secrets), func(i int) (err error) {
			secrets[i], err = w.db.Secret(w.ctx(), "key", []byte{byte(i), 0, 255})
			return err
		})...))
		for _, s := range secrets {
			if len(s) != 3 || !bytes.Equal(s, secrets[0]) {
				w.Fatalf("two secrets: %v and %v", s, secrets[0])
			}
		}
		other, err := w.db.Secret(w.ctx(), "other", []byte("other"))
		w.must(err)
		if string(other) != "other" {
			w.Errorf("got %q", other)
		}
	},
}
