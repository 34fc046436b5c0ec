-- Single sign-on by OpenID Connect: the account as the client of its provider.

-- +goose Up
ALTER TABLE sso_connections ADD COLUMN oidc TEXT COLLATE "C" NOT NULL DEFAULT ''; -- JSON, its secret sealed; empty: SAML

-- +goose Down
ALTER TABLE sso_connections DROP COLUMN oidc;
