// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"strings"
)

// Runs reports whether the found meeting takes place in the room now. A personal
// meeting whose number is not its host's any more does not, even before its end
// was written.
func (f MeetingFound) Runs(room string) bool {
	return f.Meeting != nil && f.Host != nil && f.Meeting.Running(room) && !f.Moved()
}

// Moved reports whether the found meeting is a personal one whose host has another
// number now.
func (f MeetingFound) Moved() bool {
	return f.Meeting.Type == TypePersonal && f.Host.PMI != f.Meeting.ID
}

// TakeOver gives the number of the found meeting, a former owner's, to the meeting
// of the user whose number it is now. A run that goes on is ended.
func (f MeetingFound) TakeOver(m Meeting, present []Participant, mark Mark) MeetingChange {
	var change MeetingChange
	if f.Meeting != nil && f.Host != nil {
		change = f.Meeting.End(present, *f.Host, mark)
	}
	change.Before, change.After = f.Meeting, &m
	return change
}

// tollFree are the prefixes that a personal meeting id may not have, because
// it could be taken for a telephone number.
var tollFree = []string{
	"800", "400", "888", "887", "877", "866", "855", "850", "803", "804", "807", "808",
	"809", "660", "508", "900", "200", "300", "500", "600", "700",
}

// CheckPMI returns CodeInvalidPMI when id breaks a rule of Zoom's for personal
// meeting ids: ten digits, the first from 2 to 9, no toll-free prefix, and
// nothing that is too easy to guess.
func CheckPMI(id MeetingID) error {
	if validPMI(id.String()) {
		return nil
	}
	return Invalid(CodeInvalidPMI, "pmi",
		"A personal meeting id has ten digits, starts with 2 to 9, is not a toll-free number and has no simple pattern.")
}

func validPMI(s string) bool {
	if len(s) != 10 || s[0] < '2' {
		return false
	}
	for _, prefix := range tollFree {
		if strings.HasPrefix(s, prefix) {
			return false
		}
	}
	return !repeatsGroup(s) && !sameButTwo(s) && !fiveInARow(s) && !inSequence(s)
}

// repeatsGroup finds 247247247x, x247247247 and three triples such as 222444777x.
func repeatsGroup(s string) bool {
	for _, nine := range []string{s[:9], s[1:]} {
		a, b, c := nine[:3], nine[3:6], nine[6:]
		if a == b && b == c {
			return true
		}
		if triple(a) && triple(b) && triple(c) {
			return true
		}
	}
	return false
}

func triple(s string) bool { return s[0] == s[1] && s[1] == s[2] }

// sameButTwo finds eight or more equal digits, as in 222x22222x.
func sameButTwo(s string) bool {
	for digit := '0'; digit <= '9'; digit++ {
		if strings.Count(s, string(digit)) >= 8 {
			return true
		}
	}
	return false
}

func fiveInARow(s string) bool {
	run := 1
	for i := 1; i < len(s); i++ {
		if s[i] != s[i-1] {
			run = 0
		}
		if run++; run >= 5 {
			return true
		}
	}
	return false
}

// sequence is how many digits that follow one another are too easy to guess, as
// in 23456789xx and xx98765432. After 9 comes 0.
const sequence = 8

func inSequence(s string) bool {
	up, down := 1, 1
	for i := 1; i < len(s); i++ {
		step := (int(s[i]) - int(s[i-1]) + 10) % 10
		if up++; step != 1 {
			up = 1
		}
		if down++; step != 9 {
			down = 1
		}
		if up >= sequence || down >= sequence {
			return true
		}
	}
	return false
}

// CheckPersonalLink returns CodeInvalidLink unless name has 5 to 40 characters,
// begins with an ASCII letter, and goes on with letters, digits and periods.
func CheckPersonalLink(name string) error {
	if validPersonalLink(name) {
		return nil
	}
	return Invalid(CodeInvalidLink, "vanity_name",
		"A personal link name has 5 to 40 characters, begins with a letter, and has letters, digits and periods only.")
}

func validPersonalLink(name string) bool {
	if len(name) < 5 || len(name) > 40 || !asciiLetter(name[0]) {
		return false
	}
	for i := range len(name) {
		if c := name[i]; !asciiLetter(c) && (c < '0' || c > '9') && c != '.' {
			return false
		}
	}
	return true
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// PersonalLinkKey is the form under which a personal link name is unique.
func PersonalLinkKey(name string) string { return strings.ToLower(name) }

// CheckHostKey returns CodeInvalidField unless key has 6 to 10 digits.
func CheckHostKey(key string) error {
	if len(key) >= 6 && len(key) <= 10 && strings.Trim(key, "0123456789") == "" {
		return nil
	}
	return Invalid(CodeInvalidField, "host_key", "A host key has 6 to 10 digits.")
}
