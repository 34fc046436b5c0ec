-- SPDX-License-Identifier: Apache-2.0

-- +goose Up
-- Proofs of a domain, and when to look at them again. A domain that was verified
-- before there were proofs was so on the operator's word.
ALTER TABLE domains ADD COLUMN token TEXT NOT NULL DEFAULT '';
ALTER TABLE domains ADD COLUMN trusted INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domains ADD COLUMN exclusive INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domains ADD COLUMN checked_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domains ADD COLUMN next_check_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domains ADD COLUMN failing_since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE domains ADD COLUMN lapsed_at INTEGER NOT NULL DEFAULT 0;
UPDATE domains SET token = lower(hex(randomblob(16))), trusted = verified_at > 0;
CREATE INDEX domains_due ON domains (next_check_at) WHERE next_check_at > 0;

-- +goose Down
DROP INDEX domains_due;
ALTER TABLE domains DROP COLUMN lapsed_at;
ALTER TABLE domains DROP COLUMN failing_since;
ALTER TABLE domains DROP COLUMN next_check_at;
ALTER TABLE domains DROP COLUMN checked_at;
ALTER TABLE domains DROP COLUMN exclusive;
ALTER TABLE domains DROP COLUMN trusted;
ALTER TABLE domains DROP COLUMN token;
