// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"context"
	"net/http"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
)

// keysLife is for how long a provider's keys are trusted without asking again; a
// key that is not known is asked for at once.
const keysLife = time.Hour

// maxKeyrings bounds the memory: more than that are fetched again.
const maxKeyrings = 4096

// keyrings keeps the keys of the accounts' providers by their address.
type keyrings struct {
	client *http.Client

	mu    sync.Mutex
	known map[string]keyring
}

type keyring struct {
	set   gooidc.KeySet
	until time.Time
}

func (k *keyrings) at(url string, now time.Time) gooidc.KeySet {
	k.mu.Lock()
	defer k.mu.Unlock()
	if found, ok := k.known[url]; ok && now.Before(found.until) {
		return found.set
	}
	if k.known == nil || len(k.known) >= maxKeyrings {
		k.known = map[string]keyring{}
	}
	set := gooidc.NewRemoteKeySet(gooidc.ClientContext(context.Background(), k.client), url)
	k.known[url] = keyring{set, now.Add(keysLife)}
	return set
}
