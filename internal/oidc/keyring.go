// SPDX-License-Identifier: Apache-2.0

package oidc

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	gooidc "github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/time/rate"
)

// keysLife is for how long a provider's keys are trusted without asking again; a
// key that is not known is asked for at once, as long as keyAsks lasts.
const keysLife = time.Hour

// Keys that are not known are asked for again so often: a token that anybody may
// send names any key, and the provider is not to be flooded through this server.
const (
	keyAsks   = 5
	keyRefill = 10 * time.Second
)

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
	client := *k.client
	if client.Transport == nil {
		client.Transport = http.DefaultTransport
	}
	client.Transport = sparing{client.Transport, rate.NewLimiter(rate.Every(keyRefill), keyAsks)}
	set := gooidc.NewRemoteKeySet(gooidc.ClientContext(context.Background(), &client), url)
	k.known[url] = keyring{set, now.Add(keysLife)}
	return set
}

// sparing asks a provider no more often than its limiter allows.
type sparing struct {
	http.RoundTripper

	limiter *rate.Limiter
}

// RoundTrip fails for what is too often.
func (s sparing) RoundTrip(r *http.Request) (*http.Response, error) {
	if !s.limiter.Allow() {
		return nil, errAskedOften
	}
	return s.RoundTripper.RoundTrip(r)
}

var errAskedOften = errors.New("oidc: the provider was asked for its keys too often")
