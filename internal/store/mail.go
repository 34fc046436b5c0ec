// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"math"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

const mailColumns = "id, account_id, recipient, subject, body, created_at"

func scanMail(r *row) convoke.Mail {
	return convoke.Mail{
		ID: r.number(), AccountID: convoke.AccountID(r.text()), To: r.text(), Subject: r.text(), Text: r.text(), CreatedAt: r.time(),
	}
}

// SaveMail puts the message into the outbox. Its ID is given out here.
func (db *DB) SaveMail(ctx context.Context, m convoke.Mail) error {
	_, err := db.exec(ctx, "INSERT INTO mails (account_id, recipient, subject, body, created_at) VALUES ($1, $2, $3, $4, $5)",
		string(m.AccountID), m.To, m.Subject, m.Text, millis(m.CreatedAt))
	return err
}

// Mails returns the account's messages with an ID below before, newest first;
// 0 begins.
func (db *DB) Mails(ctx context.Context, account convoke.AccountID, before int64, limit int) ([]convoke.Mail, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return list(ctx, db.engine, scanMail, "SELECT "+mailColumns+" FROM mails WHERE account_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
		string(account), before, limit)
}

// Mail returns one message of the account, or CodeMailNotFound.
func (db *DB) Mail(ctx context.Context, account convoke.AccountID, id int64) (convoke.Mail, error) {
	missing := convoke.NotFound(convoke.CodeMailNotFound, "There is no message with the number %d.", id)
	return must(ctx, db.engine, missing, scanMail, "SELECT "+mailColumns+" FROM mails WHERE id = $1 AND account_id = $2", id, string(account))
}

// DeleteLetters deletes the messages from before the time, and the activation
// links that ended before it, whatever became of them, a few at a time. What a
// user's status says of a link is in the user itself and stays.
func (db *DB) DeleteLetters(ctx context.Context, before time.Time) error {
	if err := db.deleteUntil(ctx, before, "mails", "id", "created_at"); err != nil {
		return err
	}
	return db.deleteUntil(ctx, before, "invitations", "id", "expires_at")
}
