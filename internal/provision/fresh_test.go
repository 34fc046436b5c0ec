// SPDX-License-Identifier: Apache-2.0

package provision

import (
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestNoIDLooksLikeAFlag(t *testing.T) {
	t.Parallel()
	for range 2000 {
		if id := newID(); len(id) != 22 || id[0] == '-' {
			t.Fatalf("id %q", id)
		}
	}
}

// The users of a batch get ids of their own that lie side by side, and personal
// meeting ids that nobody has, near each other.
func TestABatchLiesTogether(t *testing.T) {
	t.Parallel()
	const from = 4_321_000_000
	var dense []convoke.MeetingID
	for i := range takenMost {
		dense = append(dense, convoke.MeetingID(from+50*i))
	}
	for name, taken := range map[string][]convoke.MeetingID{"nobody is there": nil, "a few are": dense[:100], "many are": dense} {
		b := batchFrom(from, taken)
		first := b.fresh().UserID
		ids, pmis := map[convoke.UserID]bool{}, map[convoke.MeetingID]bool{}
		for _, id := range taken {
			pmis[id] = true
		}
		for range 2000 {
			f := b.fresh()
			if len(f.UserID) != 22 || f.UserID[:5] != first[:5] || f.UserID[0] == '-' || ids[f.UserID] {
				t.Fatalf("%s: id %q of a batch that begins with %q", name, f.UserID, first)
			}
			ids[f.UserID] = true
			if convoke.CheckPMI(f.PMI) != nil || pmis[f.PMI] || f.PMI < from || uint64(f.PMI-from) >= b.width {
				t.Fatalf("%s: personal meeting id %d", name, f.PMI)
			}
			pmis[f.PMI] = true
		}
	}
	if one, other := batchFrom(from, nil), batchFrom(from, nil); one.prefix == other.prefix {
		t.Error("two batches have one prefix")
	}
}

// Where all numbers are taken or break a rule, a batch draws from everywhere.
func TestABatchWithoutNumbersOfItsOwn(t *testing.T) {
	t.Parallel()
	b := batchFrom(8_000_000_000, nil)
	if id := b.pmi(); convoke.CheckPMI(id) != nil {
		t.Errorf("personal meeting id %d", id)
	}
}
