// SPDX-License-Identifier: Apache-2.0

package access

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The cost of a new hash: OWASP's advice for argon2id (RFC 9106) on a server.
const (
	argonMemory = 19 * 1024 // KiB
	argonPasses = 2
	argonLanes  = 1
	saltBytes   = 16
	keyBytes    = 32
)

// newHashingSlots lets one hash be computed for each processor: more would be no
// faster, and each takes 19 MiB.
func newHashingSlots() chan struct{} { return make(chan struct{}, runtime.NumCPU()) }

// newCallSlots leaves one hashing slot to who signs in, where there is more than one.
func newCallSlots() chan struct{} { return make(chan struct{}, max(1, runtime.NumCPU()-1)) }

// acquire waits for a hashing slot, or until ctx ends. The caller must release it.
func (s *Service) acquire(ctx context.Context) (release func(), err error) {
	return take(ctx, s.hashing)
}

func take(ctx context.Context, slots chan struct{}) (release func(), err error) {
	select {
	case slots <- struct{}{}:
		return func() { <-slots }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// acquireForCall is acquire for a call that sets a password. However many there
// are, of whichever account, who signs in does not queue behind them.
func (s *Service) acquireForCall(ctx context.Context) (release func(), err error) {
	leave, err := take(ctx, s.calls)
	if err != nil {
		return nil, err
	}
	free, err := s.acquire(ctx)
	if err != nil {
		leave()
		return nil, err
	}
	return func() { free(); leave() }, nil
}

// HashPassword returns the argon2id hash of a password as a PHC string, with a
// salt of its own. It checks no rule (convoke.CheckPassword does), and waits for
// its turn, as only one hash per processor is computed at a time; the error is
// that of ctx.
func (s *Service) HashPassword(ctx context.Context, password string) (string, error) {
	release, err := s.acquireForCall(ctx)
	if err != nil {
		return "", err
	}
	defer release()
	h := argonHash{memory: argonMemory, passes: argonPasses, lanes: argonLanes, salt: make([]byte, saltBytes)}
	rand.Read(h.salt) // never fails: crypto/rand ends the program first
	h.key = h.derive(password, keyBytes)
	return h.String(), nil
}

// MatchesPassword reports whether the password is the one of a stored hash. It
// waits for its turn as HashPassword does; the error is that of ctx.
func (s *Service) MatchesPassword(ctx context.Context, phc, password string) (bool, error) {
	h, sound := parseHash(phc)
	if !sound {
		return false, nil
	}
	release, err := s.acquireForCall(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	return h.matches(password), nil
}

// argonHash is a stored password.
type argonHash struct {
	memory uint32 // KiB
	passes uint32
	lanes  uint8
	salt   []byte
	key    []byte
}

// noPassword is what is verified when nobody is there to match: it costs what a
// real one costs, and no password derives a key of zeros.
var noPassword = argonHash{
	memory: argonMemory, passes: argonPasses, lanes: argonLanes,
	salt: make([]byte, saltBytes), key: make([]byte, keyBytes),
}

func (h argonHash) derive(password string, size int) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.lanes, uint32(size))
}

// matches compares in constant time.
func (h argonHash) matches(password string) bool {
	return subtle.ConstantTimeCompare(h.derive(password, len(h.key)), h.key) == 1
}

// String is the PHC string: $argon2id$v=19$m=..,t=..,p=..$salt$key.
func (h argonHash) String() string {
	encode := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s",
		argon2.Version, h.memory, h.passes, h.lanes, encode(h.salt), encode(h.key))
}

// parseHash reads a PHC string. It refuses what is not argon2id, and costs so
// high that a stored value could be used to exhaust the machine.
func parseHash(phc string) (argonHash, bool) {
	var h argonHash
	parts := strings.Split(phc, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return h, false
	}
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil {
		return h, false
	}
	var saltErr, keyErr error
	h.salt, saltErr = base64.RawStdEncoding.DecodeString(parts[4])
	h.key, keyErr = base64.RawStdEncoding.DecodeString(parts[5])
	affordable := h.memory >= 8 && h.memory <= 64*1024 && h.passes >= 1 && h.passes <= 10 && h.lanes >= 1 && h.lanes <= 4
	sound := saltErr == nil && keyErr == nil && len(h.salt) >= 8 && len(h.key) >= 16 && len(h.key) <= 64
	return h, affordable && sound
}
