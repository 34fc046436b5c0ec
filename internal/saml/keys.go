// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"net/http"
	"time"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/signon"
)

const (
	keyBits = 2048
	keyLife = 10 * 365 * 24 * time.Hour // an identity provider is given the certificate by hand
)

// Protocol is what provision needs of this door to set single sign-on up: keys,
// and identity providers' metadata.
type Protocol struct {
	Key    []byte       // seals private keys; 32 bytes, the same in every process that serves one database
	Client *http.Client // fetches metadata; it must not reach the network behind the server
}

// NewKeyPair makes the keys of an account's service provider. The certificate
// is signed by its own key, as is usual in SAML: who trusts it was given it.
func (p Protocol) NewKeyPair(account convoke.AccountID, now time.Time) (convoke.SSOKeyPair, error) {
	key, err := rsa.GenerateKey(rand.Reader, keyBits)
	if err != nil {
		return convoke.SSOKeyPair{}, err
	}
	serial := make([]byte, 16)
	rand.Read(serial) // never fails
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial), Subject: pkix.Name{CommonName: "Convoke service provider"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(keyLife),
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return convoke.SSOKeyPair{}, err
	}
	plain, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return convoke.SSOKeyPair{}, err
	}
	sealed, err := safe(p.Key).Seal(account, plain)
	return convoke.SSOKeyPair{Certificate: certificate, PrivateKey: sealed}, err
}

// safe keeps private keys.
func safe(key []byte) signon.Safe { return signon.Safe{Key: key, Purpose: "service provider keys"} }

// openKeys returns the key pair of a connection, ready to sign and decrypt.
func openKeys(key []byte, c convoke.SSOConnection) (*tls.Certificate, error) {
	plain, err := safe(key).Open(c.AccountID, c.PrivateKey)
	if err != nil {
		return nil, err
	}
	private, err := x509.ParsePKCS8PrivateKey(plain)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{c.Certificate}, PrivateKey: private}, nil
}

// signer is the key as what signs. Every key of ours is one.
func signer(pair *tls.Certificate) crypto.Signer {
	key, _ := pair.PrivateKey.(crypto.Signer)
	return key
}
