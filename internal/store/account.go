// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"

	"github.com/convoke/convoke/internal/convoke"
)

const (
	accountColumns = "a.id, a.name, a.api_partner, a.auto_create, a.sso, a.provisioning, a.licensed_seats, a.seat_mode, a.basic_users, a.created_at, a.revision"
	accountQuery   = "SELECT " + accountColumns + " FROM accounts a WHERE a.id = $1"
)

func scanAccount(r *row) convoke.Account {
	return convoke.Account{
		ID: convoke.AccountID(r.text()), Name: r.text(), APIPartner: r.flag(), AutoCreate: r.flag(), SSO: r.flag(),
		Provisioning: convoke.Provisioning(r.text()), LicensedSeats: r.number(), SeatMode: convoke.SeatMode(r.text()),
		BasicUsers: r.number(), CreatedAt: r.time(), Revision: r.number(),
	}
}

func accountNotFound(id convoke.AccountID) error {
	return convoke.NotFound(convoke.CodeAccountNotFound, "Account does not exist: %s.", id)
}

// CreateAccount stores a new account and the events about that, or returns
// CodeAccountTaken.
func (db *DB) CreateAccount(ctx context.Context, a convoke.Account, events ...convoke.Event) error {
	err := db.engine.write(ctx, func(t tx) error {
		steps := []step{{sql: `INSERT INTO accounts
			(id, name, api_partner, auto_create, sso, provisioning, licensed_seats, seat_mode, basic_users, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			args: []any{
				string(a.ID), a.Name, a.APIPartner, a.AutoCreate, a.SSO, string(a.Provisioning), a.LicensedSeats, string(a.SeatMode),
				a.BasicUsers, millis(a.CreatedAt),
			},
		}}
		for i := range db.dialect.shards {
			steps = append(steps, step{sql: "INSERT INTO counters (account_id, shard) VALUES ($1, $2)", args: []any{string(a.ID), i}})
		}
		none, limits := make([]int64, db.dialect.shards), a.SeatLimits()
		steps = append(steps, grantSteps(a.ID, grants(none, limits.Licensed), grants(none, limits.Leased), grants(none, limits.Basic))...)
		return t.run(ctx, plan{steps: steps, events: events})
	})
	if breaks(err, accountKey) {
		return convoke.Errorf(convoke.KindConflict, convoke.CodeAccountTaken, "An account with the id %s exists already.", a.ID)
	}
	return err
}

// Account returns the account, or CodeAccountNotFound.
func (db *DB) Account(ctx context.Context, id convoke.AccountID) (convoke.Account, error) {
	return must(ctx, db.engine, accountNotFound(id), scanAccount, accountQuery, string(id))
}

// Accounts returns all accounts, by id. It is for the operator's eyes.
func (db *DB) Accounts(ctx context.Context) ([]convoke.Account, error) {
	return list(ctx, db.engine, scanAccount, "SELECT "+accountColumns+" FROM accounts a ORDER BY a.id")
}

// ChangeAccount stores what change makes of the account, with the events about
// that, or returns CodeAccountNotFound or change's error. change may run more
// than once.
func (db *DB) ChangeAccount(
	ctx context.Context, id convoke.AccountID, change func(convoke.Account) (convoke.Account, []convoke.Event, error),
) error {
	return db.engine.write(ctx, func(t tx) error {
		before, err := must(ctx, t, accountNotFound(id), scanAccount, accountQuery+db.dialect.forUpdate, string(id))
		if err != nil {
			return err
		}
		after, events, err := change(before)
		if err != nil {
			return err
		}
		steps := []step{{
			sql: `UPDATE accounts SET name = $2, api_partner = $3, auto_create = $4, sso = $5,
				provisioning = $6, licensed_seats = $7, seat_mode = $8, basic_users = $9, revision = revision + 1 WHERE id = $1`,
			args: []any{
				string(id), after.Name, after.APIPartner, after.AutoCreate, after.SSO, string(after.Provisioning), after.LicensedSeats,
				string(after.SeatMode), after.BasicUsers,
			},
		}}
		if limits := after.SeatLimits(); limits != before.SeatLimits() {
			deal, err := db.dealSeats(ctx, t, id, limits)
			if err != nil {
				return err
			}
			steps = append(steps, deal...)
		}
		return t.run(ctx, plan{steps: steps, events: events})
	})
}
