// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
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
	s := Seal{Number: previous.Number + 1, LastID: previous.LastID, At: at, Entries: make([]byte, 0, len(entries)*entrySize)}
	digest := k.digests()
	for _, e := range entries {
		s.LastID = e.ID
		s.Entries = binary.BigEndian.AppendUint64(s.Entries, uint64(e.ID))
		s.Entries = append(s.Entries, digest(e)...)
	}
	s.Hash = k.link(previous, s)
	return s
}

// digests returns what makes an entry's digest: over everything that the entry
// says. It is good for one goroutine, and each digest until the next.
func (k AuditKey) digests() func(Event) []byte {
	h, text := hmac.New(sha256.New, k), []byte(nil)
	return func(e Event) []byte {
		text = appendNumbers(text[:0], e.ID, e.At.UnixMilli())
		text = appendTexts(text, "entry", string(e.AccountID), string(e.Name))
		text = appendTexts(text, e.Payload)
		text = appendTexts(text, e.Actor.Kind, e.Actor.ID, e.Actor.Name, e.Actor.Address)
		h.Reset()
		h.Write(text)
		text = h.Sum(text[:0])
		return text[:digestSize]
	}
}

func (k AuditKey) link(previous, s Seal) []byte {
	h := hmac.New(sha256.New, k)
	h.Write(appendNumbers(nil, s.Number, s.LastID))
	h.Write(appendTexts(appendTexts(nil, "seal"), previous.Hash, s.Entries))
	return h.Sum(nil)
}

func appendNumbers(b []byte, list ...int64) []byte {
	for _, n := range list {
		b = binary.BigEndian.AppendUint64(b, uint64(n))
	}
	return b
}

// appendTexts appends each text after its length, so that no two lists give the same.
func appendTexts[T ~string | ~[]byte](b []byte, list ...T) []byte {
	for _, text := range list {
		b = append(appendNumbers(b, int64(len(text))), text...)
	}
	return b
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
	digestOf := k.digests()
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
		case !bytes.Equal(digest, digestOf(entries[0])):
			add(EntryChanged, id)
		}
		entries = entries[1:]
	}
	for _, e := range entries {
		add(EntryAdded, e.ID)
	}
	return faults
}
