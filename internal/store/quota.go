// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

// TakeQuota adds up to want to a daily count, so that it never exceeds limit. It
// returns how much was added, and the count after that.
func (db *DB) TakeQuota(ctx context.Context, k convoke.QuotaKey, want, limit int64) (granted, used int64, err error) {
	err = db.engine.write(ctx, func(t tx) error {
		key := []any{string(k.AccountID), k.Count, k.Day}
		if _, err := t.exec(ctx, `INSERT INTO quotas (account_id, name, day, used) VALUES ($1, $2, $3, 0)
			ON CONFLICT (account_id, name, day) DO NOTHING`, key...); err != nil {
			return err
		}
		if used, _, err = first(ctx, t, (*row).number, quotaQuery+db.dialect.forUpdate, key...); err != nil {
			return err
		}
		granted = max(0, min(want, limit-used))
		if used += granted; granted == 0 {
			return nil
		}
		_, err := t.exec(ctx, "UPDATE quotas SET used = $4 WHERE account_id = $1 AND name = $2 AND day = $3", append(key, used)...)
		return err
	})
	return granted, used, err
}

const quotaQuery = "SELECT used FROM quotas WHERE account_id = $1 AND name = $2 AND day = $3"

// Quota returns a daily count.
func (db *DB) Quota(ctx context.Context, k convoke.QuotaKey) (int64, error) {
	used, _, err := first(ctx, db.engine, (*row).number, quotaQuery, string(k.AccountID), k.Count, k.Day)
	return used, err
}
