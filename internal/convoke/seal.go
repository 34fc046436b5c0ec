// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"time"
)

// Seal is one link of the audit log's chain. It vouches for the entries after
// those of the link before it, up to LastID, and for that link.
type Seal struct {
	Number  int64     // 1 for the first; no number is left out
	LastID  int64     // of the last entry that it vouches for
	Entries []byte    // id and digest of each, in the order of the ids
	Hash    []byte    // over all of the above and the Hash of the link before
	At      time.Time // when it was made; for people, the chain does not rest on it
}

// SealedAtOnce is the most entries that one Seal vouches for.
const SealedAtOnce = 1000

const (
	digestSize = 16
	entrySize  = 8 + digestSize
)

// Count is the number of entries that the seal vouches for.
func (s Seal) Count() int { return len(s.Entries) / entrySize }

// AuditKey makes and checks seals. Who has the database and not the key can
// take seals off the end, and cannot make any.
type AuditKey []byte

// Seal makes the link that follows previous, for the entries in their order.
// The zero Seal comes before the first.
func (k AuditKey) Seal(previous Seal, entries []Event, at time.Time) Seal {
	s := Seal{Number: previous.Number + 1, LastID: previous.LastID, At: at}
	for _, e := range entries {
		s.LastID = e.ID
		s.Entries = binary.BigEndian.AppendUint64(s.Entries, uint64(e.ID))
		s.Entries = append(s.Entries, k.digest(e)...)
	}
	s.Hash = k.link(previous, s)
	return s
}

// digest is over everything that an entry says.
func (k AuditKey) digest(e Event) []byte {
	h := hmac.New(sha256.New, k)
	writeNumbers(h, e.ID, e.At.UnixMilli())
	writeTexts(h, "entry", string(e.AccountID), string(e.Name), string(e.Payload), e.Actor.Kind, e.Actor.ID, e.Actor.Name, e.Actor.Address)
	return h.Sum(nil)[:digestSize]
}

func (k AuditKey) link(previous, s Seal) []byte {
	h := hmac.New(sha256.New, k)
	writeNumbers(h, s.Number, s.LastID)
	writeTexts(h, "seal", string(previous.Hash), string(s.Entries))
	return h.Sum(nil)
}

func writeNumbers(h hash.Hash, list ...int64) {
	for _, n := range list {
		h.Write(binary.BigEndian.AppendUint64(nil, uint64(n)))
	}
}

// writeTexts writes each text after its length, so that no two lists write the same.
func writeTexts(h hash.Hash, list ...string) {
	for _, text := range list {
		writeNumbers(h, int64(len(text)))
		h.Write([]byte(text))
	}
}

// Fault is one thing that is wrong with the audit log.
type Fault struct {
	Kind  FaultKind `json:"fault"`
	Entry int64     `json:"entry,omitempty"` // the entry's id
	Seal  int64     `json:"seal,omitempty"`  // the number of the seal that shows it
}

// FaultKind says what is wrong.
type FaultKind string

// The faults.
const (
	EntryChanged  FaultKind = "entry_changed"  // it does not say any more what it said
	EntryMissing  FaultKind = "entry_missing"  // it was removed
	EntryAdded    FaultKind = "entry_added"    // it was put between others later
	SealBroken    FaultKind = "seal_broken"    // the link was changed, or made with another key
	SealMissing   FaultKind = "seal_missing"   // a link was taken out of the chain
	HeadUnmatched FaultKind = "head_unmatched" // the chain does not hold the link that it is known to have had
)

// CheckLink returns what is wrong between a seal and the one before it.
func (k AuditKey) CheckLink(previous, s Seal) []Fault {
	if s.Number != previous.Number+1 {
		return []Fault{{Kind: SealMissing, Seal: s.Number - 1}}
	}
	if len(s.Entries)%entrySize != 0 || !hmac.Equal(s.Hash, k.link(previous, s)) {
		return []Fault{{Kind: SealBroken, Seal: s.Number}}
	}
	return nil
}

// CheckEntries compares the log's entries that stand where the seal vouches,
// in the order of their ids, with what it vouches for. The seal's own link must
// have been checked.
func (k AuditKey) CheckEntries(s Seal, entries []Event) (faults []Fault) {
	add := func(kind FaultKind, id int64) { faults = append(faults, Fault{kind, id, s.Number}) }
	for sealed := s.Entries; len(sealed) >= entrySize; sealed = sealed[entrySize:] {
		id, digest := int64(binary.BigEndian.Uint64(sealed)), sealed[8:entrySize]
		for len(entries) > 0 && entries[0].ID < id {
			add(EntryAdded, entries[0].ID)
			entries = entries[1:]
		}
		switch {
		case len(entries) == 0 || entries[0].ID != id:
			add(EntryMissing, id)
			continue
		case !bytes.Equal(digest, k.digest(entries[0])):
			add(EntryChanged, id)
		}
		entries = entries[1:]
	}
	for _, e := range entries {
		add(EntryAdded, e.ID)
	}
	return faults
}
