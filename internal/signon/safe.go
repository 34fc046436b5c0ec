// SPDX-License-Identifier: Apache-2.0

package signon

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/convoke/convoke/internal/convoke"
)

// Safe keeps secrets of accounts so that they can be stored: with a key of 32
// bytes, for one purpose. What was sealed for another purpose does not open.
type Safe struct {
	Key     []byte
	Purpose string
}

func (s Safe) aead() (cipher.AEAD, error) {
	sum := sha256.Sum256(append([]byte(s.Purpose+"\x00"), s.Key...))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// Seal binds the secret to its account, so that a row which was copied to
// another does not open there.
func (s Safe) Seal(account convoke.AccountID, plain []byte) ([]byte, error) {
	aead, err := s.aead()
	if err != nil {
		return nil, err
	}
	nonce := make([]byte, aead.NonceSize())
	rand.Read(nonce) // never fails
	return aead.Seal(nonce, nonce, plain, []byte(account)), nil
}

// Open returns what was sealed for the account.
func (s Safe) Open(account convoke.AccountID, sealed []byte) ([]byte, error) {
	aead, err := s.aead()
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, errors.New("what is stored of the " + s.Purpose + " is damaged")
	}
	plain, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], []byte(account))
	if err != nil {
		return nil, fmt.Errorf("what is stored of the %s does not open; was the secret key changed? %w", s.Purpose, err)
	}
	return plain, nil
}
