// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// PasswordRule is one demand on a password, with the code of its breach.
type PasswordRule struct {
	Code Code
	Text string
	ok   func(string) bool
}

// passwordRules are Zoom's rules for autoCreate (POST /v2/users, field
// password), in the order in which a breach is reported: the narrower fault
// first, or a password like 12345678 would be told to add a letter.
var passwordRules = []PasswordRule{
	{CodePasswordLength, "8 to 32 characters", lengthOK},
	{CodePasswordRepeated, "not one character repeated throughout", notOneCharacter},
	{CodePasswordConsecutive, "no run of consecutive characters such as 12345678 or abcdefgh", noRun},
	{CodePasswordLetter, "at least one letter", func(s string) bool { return hasRune(s, unicode.IsLetter) }},
	{CodePasswordDigit, "at least one digit", func(s string) bool { return hasRune(s, unicode.IsDigit) }},
	{CodePasswordCase, "both upper-case and lower-case letters", bothCases},
	{CodePasswordGuessable, "not one of the most common passwords, however it is decorated", notCommon},
}

// common are the stems of the most used passwords that a digit and an upper-case
// letter do not keep away.
var common = []string{
	"password", "passwort", "motdepasse", "qwerty", "qwertyuiop", "azerty", "qwertz", "welcome", "admin", "administrator", "letmein",
	"iloveyou", "changeme", "monkey", "dragon", "sunshine", "princess", "football", "baseball", "superman", "trustnol", "whatever",
	"zaqlxsw", "lqazxsw", "lqazwsx", "zaqwsx", "abc", "test", "testtest", "convoke", "zoom", "meeting", "secret", "login", "master",
}

// plain undoes the usual decorations of a word.
var plain = strings.NewReplacer("0", "o", "1", "l", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "l")

// notCommon looks for a common word with nothing but digits and signs around it,
// and with letters written as digits and signs.
func notCommon(s string) bool {
	s = strings.ToLower(s)
	undressed := strings.TrimFunc(s, func(r rune) bool { return !unicode.IsLetter(r) })
	for _, word := range []string{undressed, plain.Replace(undressed), plain.Replace(strings.TrimRight(s, "0123456789!?.#*-_"))} {
		if slices.Contains(common, word) {
			return false
		}
	}
	return true
}

// PasswordRules lists the rules, for a page that shows them.
func PasswordRules() []PasswordRule { return passwordRules }

// CheckPassword returns the first rule that the password breaks, as an error
// with the rule's code and the field "password".
func CheckPassword(s string) error {
	if !utf8.ValidString(s) || hasRune(s, unicode.IsControl) {
		return Invalid(CodePasswordLength, "password", "The password must be plain text without control characters.")
	}
	for _, rule := range passwordRules {
		if !rule.ok(s) {
			return Invalid(rule.Code, "password", "The password does not meet this rule: %s.", rule.Text)
		}
	}
	return nil
}

func hasRune(s string, is func(rune) bool) bool {
	for _, r := range s {
		if is(r) {
			return true
		}
	}
	return false
}

func lengthOK(s string) bool {
	n := utf8.RuneCountInString(s)
	return n >= 8 && n <= 32
}

func bothCases(s string) bool { return hasRune(s, unicode.IsUpper) && hasRune(s, unicode.IsLower) }

func notOneCharacter(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return hasRune(s, func(r rune) bool { return r != first })
}

// longestRun is the length from which neighbours in the alphabet or among the
// digits, upwards or downwards, count as a run: 12345678 and hgfedcba are
// refused, "2345" inside a longer password is not.
const longestRun = 6

// noRun looks at case-folded neighbours, so that aBcDeFgH is a run too.
func noRun(s string) bool {
	var previous rune
	up, down := 1, 1
	for _, r := range s {
		r = unicode.ToLower(r)
		up = runLength(up, r-previous == 1, r)
		down = runLength(down, previous-r == 1, r)
		if up >= longestRun || down >= longestRun {
			return false
		}
		previous = r
	}
	return true
}

func runLength(n int, follows bool, r rune) int {
	if follows && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
		return n + 1
	}
	return 1
}
