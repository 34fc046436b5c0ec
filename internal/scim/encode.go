// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// mediaType is SCIM's own (RFC 7644 section 8.1).
const mediaType = "application/scim+json"

var errPanic = errors.New("a panic in a SCIM call")

// object is a JSON object: a resource's tree, or any part of a message.
type object = map[string]any

// reply writes body as JSON. It writes nothing when the body does not marshal.
func reply(w http.ResponseWriter, status int, body any) error {
	text, err := encode(body)
	if err != nil {
		return fmt.Errorf("encode an answer: %w", err)
	}
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_, _ = w.Write(text) //nolint:gosec // JSON with its own media type; it fails only when the client has gone
	return nil
}

func encode(body any) ([]byte, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(body)
	return bytes.TrimSuffix(buffer.Bytes(), []byte("\n")), err
}

// stamp is a time as SCIM writes it, with the precision that is stored.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

// seal gives a resource its version: a digest of all that it says.
func seal(tree object) {
	text, _ := encode(tree) // plain values always marshal
	sum := sha256.Sum256(text)
	tree["meta"].(object)["version"] = `W/"` + hex.EncodeToString(sum[:8]) + `"` //nolint:forcetypeassert // every resource has a meta
}

func versionOf(tree object) string {
	meta, _ := tree["meta"].(object)
	version, _ := meta["version"].(string)
	return version
}

// checkVersion holds a change to the version that the client wants to change (If-Match).
func checkVersion(wanted string, tree object) error {
	if wanted == "" || matchesVersion(wanted, versionOf(tree)) {
		return nil
	}
	return refuse(http.StatusPreconditionFailed, "", "The resource has changed: its version is %s now. Read it again.", versionOf(tree))
}

// matchesVersion compares weakly (RFC 9110 section 8.8.3.2): the list of an
// If-Match or If-None-Match, or *.
func matchesVersion(list, version string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == "*" || one == strings.TrimPrefix(version, "W/") {
			return true
		}
	}
	return false
}

// replyResource writes a resource with its ETag, as far as it is to be seen.
func replyResource(w http.ResponseWriter, r *http.Request, status int, show projection, tree object) error {
	w.Header().Set("ETag", versionOf(tree))
	if meta, ok := tree["meta"].(object); ok {
		location, _ := meta["location"].(string)
		w.Header().Set("Location", location)
	}
	if none := r.Header.Get("If-None-Match"); status == http.StatusOK && none != "" && reads(r) && matchesVersion(none, versionOf(tree)) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	return reply(w, status, show.of(tree))
}

func reads(r *http.Request) bool { return r.Method == http.MethodGet || r.Method == http.MethodHead }
