// SPDX-License-Identifier: Apache-2.0

package saml

import (
	"bytes"
	"compress/flate"
	"crypto"
	"crypto/ecdsa"
	"crypto/rsa"
	_ "crypto/sha256" // the hashes that signatures are over
	_ "crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net/url"
	"strings"
	"time"

	"github.com/beevik/etree"
	saml2 "github.com/russellhaering/gosaml2"
	dsig "github.com/russellhaering/goxmldsig"
)

// redirectURL sends a message by the HTTP-Redirect binding (SAML bindings
// 3.4.4.1): deflated, and signed over the query as it is written.
func redirectURL(sp *saml2.SAMLServiceProvider, to, kind string, message *etree.Document, relay string, sign bool) (string, error) {
	text, err := message.WriteToBytes()
	if err != nil {
		return "", err
	}
	var packed bytes.Buffer
	writer, err := flate.NewWriter(&packed, flate.DefaultCompression)
	if err != nil {
		return "", err
	}
	if _, err = writer.Write(text); err != nil {
		return "", err
	}
	if err = writer.Close(); err != nil {
		return "", err
	}
	query := kind + "=" + url.QueryEscape(base64.StdEncoding.EncodeToString(packed.Bytes()))
	if relay != "" {
		query += "&RelayState=" + url.QueryEscape(relay)
	}
	if sign {
		context := sp.SigningContext()
		query += "&SigAlg=" + url.QueryEscape(context.GetSignatureMethodIdentifier())
		signature, err := context.SignString(query)
		if err != nil {
			return "", err
		}
		query += "&Signature=" + url.QueryEscape(base64.StdEncoding.EncodeToString(signature))
	}
	joint := "?"
	if strings.Contains(to, "?") {
		joint = "&"
	}
	return to + joint + query, nil
}

// inflate opens what was deflated, up to maxLogout: it unpacks to a thousand times
// its size, and nobody has vouched for it yet.
func inflate(packed []byte) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxLogout+1))
	if err != nil {
		return nil, refuse(badRequest, "not deflated: %v", err)
	}
	if len(text) > maxLogout {
		return nil, refuse(tooLarge, "inflated")
	}
	return text, nil
}

// signedQuery is the four parameters of a signed query as they were sent. The
// signature is over that very spelling.
type signedQuery map[string]string

func readQuery(raw string) (signedQuery, error) {
	found := signedQuery{}
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		switch name {
		case "SAMLRequest", "SAMLResponse", "RelayState", "SigAlg", "Signature":
			if _, twice := found[name]; twice {
				return nil, refuse(badRequest, "%s twice in the query", name)
			}
			found[name] = value
		}
	}
	return found, nil
}

func (q signedQuery) value(name string) string {
	text, err := url.QueryUnescape(q[name])
	if err != nil {
		return ""
	}
	return text
}

// kind is the parameter that holds the message.
func (q signedQuery) kind() string {
	if q["SAMLRequest"] == "" {
		return "SAMLResponse"
	}
	return "SAMLRequest"
}

// check verifies the query's signature over its message.
func (q signedQuery) check(certificates [][]byte, now time.Time) error {
	if q["Signature"] == "" || q["SigAlg"] == "" {
		return refuse(unsigned, "a query without a signature")
	}
	signature, err := base64.StdEncoding.DecodeString(q.value("Signature"))
	if err != nil {
		return refuse(badRequest, "the signature is not Base64")
	}
	text := q.kind() + "=" + q[q.kind()]
	if relay, given := q["RelayState"]; given {
		text += "&RelayState=" + relay
	}
	text += "&SigAlg=" + q["SigAlg"]
	for _, der := range certificates {
		certificate, err := x509.ParseCertificate(der)
		if err != nil || now.Before(certificate.NotBefore) || now.After(certificate.NotAfter) {
			continue
		}
		if ok, err := verifyText(certificate, q.value("SigAlg"), text, signature); err != nil || ok {
			return err
		}
	}
	return refuse(badSignature, "of the query")
}

// textHashes are the methods by which a query may be signed.
var textHashes = map[string]crypto.Hash{
	dsig.RSASHA256SignatureMethod: crypto.SHA256, dsig.RSASHA384SignatureMethod: crypto.SHA384, dsig.RSASHA512SignatureMethod: crypto.SHA512,
	dsig.ECDSASHA256SignatureMethod: crypto.SHA256, dsig.ECDSASHA384SignatureMethod: crypto.SHA384, dsig.ECDSASHA512SignatureMethod: crypto.SHA512,
}

func verifyText(certificate *x509.Certificate, method, text string, signature []byte) (bool, error) {
	hash, known := textHashes[method]
	if !known {
		return false, refuse(badAlgorithm, "signature method %q", method)
	}
	h := hash.New()
	h.Write([]byte(text))
	isRSA := strings.Contains(method, "#rsa-")
	switch key := certificate.PublicKey.(type) {
	case *rsa.PublicKey:
		return isRSA && rsa.VerifyPKCS1v15(key, hash, h.Sum(nil), signature) == nil, nil
	case *ecdsa.PublicKey:
		return !isRSA && ecdsa.VerifyASN1(key, h.Sum(nil), signature), nil
	}
	return false, nil
}
