// SPDX-License-Identifier: Apache-2.0

package imports

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// duplicates finds the rows that repeat a key of an earlier row: external id,
// e-mail (old or new), and for updates the personal link. What a row repeats
// depends on the file alone, so a dry run and the real one agree.
type duplicates struct {
	keys sorter
	rows sorter
}

func (d *duplicates) close() {
	d.keys.close()
	d.rows.close()
}

// add notes the keys of a row.
func (d *duplicates) add(row int64, p *person, o convoke.ImportOptions) error {
	updates := p.action(o) == convoke.ActionUpdate
	_, key := p.key(o)
	for _, k := range []struct {
		field  field
		value  string
		strict bool
	}{
		{externalID, key, true},
		{email, convoke.EmailKey(p[email]), true},
		{email, convoke.EmailKey(p[newEmail]), true},
		{personalLink, strings.ToLower(p[personalLink]), updates},
	} {
		if k.value == "" || k.field == externalID && updates {
			continue
		}
		sum := sha256.Sum256([]byte(fieldNames[k.field] + "\x00" + k.value))
		if err := d.keys.add(entry{key: [16]byte(sum[:]), row: row, field: uint8(k.field), strict: k.strict}); err != nil {
			return err
		}
	}
	return nil
}

// each shows the rows that repeat something, in order; a row may show twice.
func (d *duplicates) each(show func(convoke.ImportDuplicate) error) error {
	var first entry
	err := d.keys.each(func(e entry) error {
		if e.key != first.key || first.row == 0 {
			first = e
			return nil
		}
		if !e.strict || e.row == first.row {
			return nil
		}
		repeat := entry{row: first.row, field: e.field}
		binary.BigEndian.PutUint64(repeat.key[:], uint64(e.row))
		return d.rows.add(repeat)
	})
	if err != nil {
		return err
	}
	return d.rows.each(func(e entry) error {
		return show(convoke.ImportDuplicate{
			Row: int64(binary.BigEndian.Uint64(e.key[:])), First: e.row, Field: fieldNames[e.field],
		})
	})
}
