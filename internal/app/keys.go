// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/store"
)

// keys are derived from one master secret, so that every process which serves
// the same database makes the same.
type keys struct {
	page    []byte            // seals page tokens
	code    []byte            // makes activation codes
	room    []byte            // signs host tokens, passcode links and room sessions
	audit   []byte            // seals the audit log
	files   []byte            // seals the passwords of an import that waits
	sso     []byte            // seals the private keys of service providers and the ids of sign-in requests
	idToken *ecdsa.PrivateKey // signs who signed in to an app
	media   string            // the embedded media server's API secret
	install string            // begins the names of rooms on a LiveKit cluster that others may use too

	defaultAccount convoke.AccountID // the same in every process, so that only one can make it
}

// newKeys takes the operator's secret key, or the one that the database keeps
// since its first start.
func newKeys(ctx context.Context, db *store.DB, secretKey string) (keys, error) {
	master := []byte(secretKey)
	if secretKey == "" {
		fresh := make([]byte, 32)
		rand.Read(fresh) // never fails
		var err error
		if master, err = db.Secret(ctx, "master", fresh); err != nil {
			return keys{}, fmt.Errorf("reading the master secret: %w", err)
		}
	}
	install := make([]byte, 9)
	rand.Read(install)
	install, err := db.Secret(ctx, "install", install)
	if err != nil {
		return keys{}, fmt.Errorf("reading the install's name: %w", err)
	}
	return deriveKeys(master, install), nil
}

// deriveKeys makes a key for each purpose, the same in every process that
// shares the master secret.
func deriveKeys(master, install []byte) keys {
	derive := func(purpose string, size int) []byte {
		key, err := hkdf.Key(sha256.New, master, nil, "convoke "+purpose, size)
		if err != nil {
			panic("app: HKDF refused a length of ours: " + err.Error())
		}
		return key
	}
	return keys{
		page:           derive("page tokens", 32),
		code:           derive("activation codes", 32),
		room:           derive("rooms", 32),
		audit:          derive("audit log", 32),
		files:          derive("imported files", 32),
		sso:            derive("single sign-on", 32),
		idToken:        deriveSigningKey(derive),
		media:          hex.EncodeToString(derive("media server", 32)),
		install:        base64.RawURLEncoding.EncodeToString(install),
		defaultAccount: deriveAccountID(derive),
	}
}

// deriveSigningKey derives until the bytes make a key of P-256; all but one in
// four billion do.
func deriveSigningKey(derive func(purpose string, size int) []byte) *ecdsa.PrivateKey {
	for purpose := "ID tokens"; ; purpose += "+" {
		if key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), derive(purpose, 32)); err == nil {
			return key
		}
	}
}

// deriveAccountID derives until the bytes make an id.
func deriveAccountID(derive func(purpose string, size int) []byte) convoke.AccountID {
	for purpose := "default account"; ; purpose += "+" {
		if id, ok := convoke.NewID([convoke.IDBytes]byte(derive(purpose, convoke.IDBytes))); ok {
			return convoke.AccountID(id)
		}
	}
}
