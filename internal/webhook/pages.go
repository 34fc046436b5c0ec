// SPDX-License-Identifier: Apache-2.0

package webhook

import (
	"context"
	"sync"

	"github.com/convoke/convoke/internal/convoke"
)

// maxPages bounds what is remembered of the log's end.
const maxPages = 64

// pages remembers what was read at the end of the log, since lanes of one
// account that have caught up all ask for the same events. What it remembers is
// good until the log has grown.
type pages struct {
	mu    sync.Mutex
	round int // of the log's growth
	known map[pageKey][]logged
}

type pageKey struct {
	account convoke.AccountID
	after   int64
}

// logged is an event with its subject, which is found once for all lanes.
type logged struct {
	convoke.Event

	subject string
}

// grown forgets all, before anybody is told that the log has grown.
func (p *pages) grown() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.round++
	p.known = make(map[pageKey][]logged)
}

func (p *pages) find(key pageKey) (list []logged, known bool, round int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, known = p.known[key]
	return list, known, p.round
}

// remember keeps a page, unless the log has grown while it was read.
func (p *pages) remember(key pageKey, list []logged, round int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if round == p.round && len(p.known) < maxPages {
		p.known[key] = list
	}
}

// page returns the account's next events after an id.
func (d *Deliverer) page(ctx context.Context, account convoke.AccountID, after int64) ([]logged, error) {
	key := pageKey{account, after}
	list, known, round := d.pages.find(key)
	if known {
		return list, nil
	}
	raw, err := d.store.Events(ctx, account, after, pageSize)
	if err != nil {
		return nil, err
	}
	list = make([]logged, len(raw))
	for i, e := range raw {
		list[i] = logged{e, e.Subject()}
	}
	if len(list) < pageSize { // the end of the log
		d.pages.remember(key, list, round)
	}
	return list, nil
}
