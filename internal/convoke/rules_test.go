// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"strings"
	"testing"
	"time"

	"github.com/convoke/convoke/internal/convoke"
)

func TestEachRuleOfADraftBreaksOnItsOwn(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 65)
	for _, test := range []struct {
		name   string
		action convoke.Action
		change func(*convoke.Request)
		code   convoke.Code
		field  string
	}{
		{"no e-mail", convoke.ActionCreate, func(r *convoke.Request) { r.Email, r.ExternalID, r.Source = "", "", "" }, convoke.CodeInvalidEmail, "email"},
		{"no e-mail and no external id", convoke.ActionCustCreate, func(r *convoke.Request) { r.Email, r.ExternalID, r.Source = "", "", "" }, convoke.CodeInvalidEmail, "email"},
		{"e-mail without @", convoke.ActionCreate, func(r *convoke.Request) { r.Email = "jane" }, convoke.CodeInvalidEmail, "email"},
		{"e-mail without a name", convoke.ActionCreate, func(r *convoke.Request) { r.Email = "@example.com" }, convoke.CodeInvalidEmail, "email"},
		{"e-mail with an empty label", convoke.ActionCreate, func(r *convoke.Request) { r.Email = "asdf@.com" }, convoke.CodeInvalidEmail, "email"},
		{"e-mail of 129 characters", convoke.ActionCreate, func(r *convoke.Request) {
			r.Email = "j@" + strings.Repeat("a", 61) + "." + strings.Repeat("b", 61) + ".com"
		}, convoke.CodeInvalidEmail, "email"},
		{"e-mail with a line break", convoke.ActionCreate, func(r *convoke.Request) { r.Email = "jane\r\nBcc: x@example.com" }, convoke.CodeInvalidEmail, "email"},
		{"first name of 65", convoke.ActionCreate, func(r *convoke.Request) { r.FirstName = long }, convoke.CodeInvalidName, "first_name"},
		{"last name of 65", convoke.ActionCreate, func(r *convoke.Request) { r.LastName = long }, convoke.CodeInvalidName, "last_name"},
		{"name with a NUL", convoke.ActionCreate, func(r *convoke.Request) { r.FirstName = "a\x00b" }, convoke.CodeInvalidName, "first_name"},
		{"display name of 129", convoke.ActionCreate, func(r *convoke.Request) { r.DisplayName = long + long }, convoke.CodeInvalidName, "display_name"},
		{"type 3", convoke.ActionCreate, func(r *convoke.Request) { r.Type = 3 }, convoke.CodeInvalidType, "type"},
		{"type 99 without ssoCreate", convoke.ActionCreate, func(r *convoke.Request) { r.Type = 99 }, convoke.CodeInvalidType, "type"},
		{"custCreate with type 1", convoke.ActionCustCreate, func(r *convoke.Request) { r.Type = 1 }, convoke.CodeInvalidType, "type"},
		{"empty external id", convoke.ActionCustCreate, func(r *convoke.Request) { r.ExternalID = "" }, convoke.CodeInvalidField, "external_id"},
		{"external id of 256 bytes", convoke.ActionCustCreate, func(r *convoke.Request) { r.ExternalID = strings.Repeat("x", 256) }, convoke.CodeInvalidField, "external_id"},
		{"external id not UTF-8", convoke.ActionCustCreate, func(r *convoke.Request) { r.ExternalID = "\xff" }, convoke.CodeInvalidField, "external_id"},
		{"autoCreate without a password", convoke.ActionAutoCreate, func(r *convoke.Request) { r.Password, r.ExternalID, r.Source = "", "", "" }, convoke.CodePasswordLength, "password"},
	} {
		r := request(test.action)
		test.change(&r)
		_, err := convoke.NewDraft(r, test.action)
		if !convoke.HasCode(err, test.code) || convoke.AsError(err).Field != test.field {
			t.Errorf("%s: got %v (field %q), want %s (field %s)", test.name, err, convoke.AsError(err).Field, test.code, test.field)
		}
	}
}

func TestCheckPassword(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]convoke.Code{
		"Harbour2Light":           "",
		"Pässw0rdÉcole":           "",
		"Ab1" + "x":               convoke.CodePasswordLength,
		strings.Repeat("Ab1x", 9): convoke.CodePasswordLength,
		"aaaaaaaa":                convoke.CodePasswordRepeated,
		"12345678":                convoke.CodePasswordConsecutive,
		"12341234":                convoke.CodePasswordLetter,
		"HarbourLight":            convoke.CodePasswordDigit,
		"P@ssw0rd2026!":           convoke.CodePasswordGuessable,
		"Welcome123":              convoke.CodePasswordGuessable,
		"1Qwerty1":                convoke.CodePasswordGuessable,
		"harbour2light":           convoke.CodePasswordCase,
		"HARBOUR2LIGHT":           convoke.CodePasswordCase,
		"Xabcdefgh1":              convoke.CodePasswordConsecutive,
		"Xy12345678":              convoke.CodePasswordConsecutive,
		"Xy87654321":              convoke.CodePasswordConsecutive,
		"Harbour\x002Light":       convoke.CodePasswordLength,
	} {
		err := convoke.CheckPassword(password)
		if want == "" && err != nil || want != "" && !convoke.HasCode(err, want) {
			t.Errorf("%q: got %v, want %q", password, err, want)
		}
	}
	for _, rule := range convoke.PasswordRules() {
		if rule.Code == "" || rule.Text == "" {
			t.Errorf("a rule without code or text: %+v", rule)
		}
	}
}

func TestCheckPMI(t *testing.T) {
	t.Parallel()
	for id, ok := range map[convoke.MeetingID]bool{
		3847261950: true, 2519473806: true,
		384726195: false, 38472619500: false, 1847261950: false, 847261950: false, // ten digits, the first from 2
		8002619504: false, 4002619504: false, 8882619504: false, 8092619504: false, 6602619504: false, 7002619504: false, // toll-free
		8012619504: true, 8102619504: true,
		2472472471: false, 9247247247: false, 2472472461: true, // three groups
		2224447771: false, 9222444777: false, 2224447791: true, // three triples
		2225222221: false, 9222222252: false, 2522222221: false, 2225225231: true, // eight of one digit
		3844444419: false, 4444438419: false, 3844441419: true, // five in a row
		2345678901: false, 9876543210: false, 3345678901: false, 9987654321: false, 7234567891: false, 2345678190: true, // a sequence
	} {
		if err := convoke.CheckPMI(id); (err == nil) != ok {
			t.Errorf("%d: %v, want valid %v", id, err, ok)
		}
	}
}

func TestCheckPersonalLink(t *testing.T) {
	t.Parallel()
	for name, ok := range map[string]bool{
		"jane.roe": true, "Janes": true, "j2345": true, strings.Repeat("j", 40): true,
		"jane": false, strings.Repeat("j", 41): false, "2jane": false, ".jane": false, "jane-roe": false, "jäne5": false, "": false,
	} {
		if err := convoke.CheckPersonalLink(name); (err == nil) != ok {
			t.Errorf("%q: %v, want valid %v", name, err, ok)
		}
	}
}

func TestPageTokensAreGoodForTheirListOnly(t *testing.T) {
	t.Parallel()
	pages := convoke.PageTokens{Key: []byte("0123456789abcdef0123456789abcdef")}
	token := pages.Seal("users\x00acct\x00active", "last\x00key", now)
	if after, err := pages.Open("users\x00acct\x00active", token, now.Add(14*time.Minute)); err != nil || after != "last\x00key" {
		t.Errorf("opened to %q, %v", after, err)
	}
	if after, err := pages.Open("users\x00acct\x00active", "", now); err != nil || after != "" {
		t.Errorf("an empty token opened to %q, %v", after, err)
	}
	for name, open := range map[string]func() (string, error){
		"another list":    func() (string, error) { return pages.Open("users\x00acct\x00pending", token, now) },
		"another account": func() (string, error) { return pages.Open("users\x00other\x00active", token, now) },
		"too late":        func() (string, error) { return pages.Open("users\x00acct\x00active", token, now.Add(16*time.Minute)) },
		"changed":         func() (string, error) { return pages.Open("users\x00acct\x00active", token[:len(token)-1]+"A", now) },
		"short":           func() (string, error) { return pages.Open("users\x00acct\x00active", "AAAA", now) },
		"not base64":      func() (string, error) { return pages.Open("users\x00acct\x00active", "%%%", now) },
	} {
		if _, err := open(); !convoke.HasCode(err, convoke.CodeInvalidPageToken) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzCheckEmail(f *testing.F) {
	for _, seed := range []string{"jane@example.com", "a@b.c", "@", "jane@", "jöhn@exämple.com", "a b@c.d", "\x00@a.b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		email, err := convoke.CheckEmail("email", s)
		if err != nil {
			return
		}
		if len([]rune(email)) > convoke.MaxEmail || strings.Count(email, "@") < 1 || strings.ContainsAny(email, "\r\n\x00 ") {
			t.Errorf("accepted %q", email)
		}
		if again, err := convoke.CheckEmail("email", email); err != nil || again != email {
			t.Errorf("%q does not stay itself: %q, %v", email, again, err)
		}
	})
}
