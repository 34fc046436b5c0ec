-- SPDX-License-Identifier: Apache-2.0

-- +goose Up
-- Proofs of a domain, and when to look at them again. A domain that was verified
-- before there were proofs was so on the operator's word.
ALTER TABLE domains
    ADD COLUMN token         TEXT COLLATE "C" NOT NULL DEFAULT '',
    ADD COLUMN trusted       BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN exclusive     BOOLEAN NOT NULL DEFAULT false,
    ADD COLUMN checked_at    BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN next_check_at BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN failing_since BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN lapsed_at     BIGINT NOT NULL DEFAULT 0;
-- Two UUIDs, because one has only 122 random bits.
UPDATE domains SET token = md5(gen_random_uuid()::text || gen_random_uuid()::text), trusted = verified_at > 0;
CREATE INDEX domains_due ON domains (next_check_at) WHERE next_check_at > 0;

-- +goose Down
DROP INDEX domains_due;
ALTER TABLE domains
    DROP COLUMN lapsed_at,
    DROP COLUMN failing_since,
    DROP COLUMN next_check_at,
    DROP COLUMN checked_at,
    DROP COLUMN exclusive,
    DROP COLUMN trusted,
    DROP COLUMN token;
