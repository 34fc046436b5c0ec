// SPDX-License-Identifier: Apache-2.0

package zoomapi

import (
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"strconv"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/zoom"
)

// elsewhere are the domain's codes that no call of this door can come to.
var elsewhere = map[convoke.Code]string{
	convoke.CodeInvalidClient:        "the token call answers it in its own form",
	convoke.CodeBodyTooLarge:         "the door finds it before the domain could",
	convoke.CodeNotPerson:            "people allow apps in the portal",
	convoke.CodeAppRevoked:           "package oauth",
	convoke.CodeRedirectURI:          "package oauth",
	convoke.CodeRequestObject:        "package oauth",
	convoke.CodeRequestURI:           "package oauth",
	convoke.CodeResponseType:         "package oauth",
	convoke.CodeAuthPending:          "package oauth",
	convoke.CodeSlowDown:             "package oauth",
	convoke.CodeAuthDeclined:         "package oauth",
	convoke.CodeDeviceExpired:        "package oauth",
	convoke.CodeUserCode:             "package portal",
	convoke.CodeLoginRequired:        "package portal",
	convoke.CodeConsentRequired:      "package portal",
	convoke.CodeInvalidScope:         "package oauth",
	convoke.CodeInvalidAuthRequest:   "package oauth",
	convoke.CodeInvalidGrant:         "package oauth",
	convoke.CodeWrongPassword:        "nobody signs in here",
	convoke.CodeSignInRefused:        "nobody signs in here",
	convoke.CodeSSORequired:          "nobody signs in here",
	convoke.CodeNotHost:              "room",
	convoke.CodeWrongPasscode:        "room",
	convoke.CodeInvalidHostToken:     "room",
	convoke.CodeHostTokenExpired:     "room",
	convoke.CodePersonNotInRoom:      "room",
	convoke.CodeRoomFull:             "room",
	convoke.CodeTooManyJoins:         "room",
	convoke.CodePoolExhausted:        "room",
	convoke.CodeRemoved:              "room",
	convoke.CodeMeetingEnded:         "room",
	convoke.CodeStatusUnchanged:      "invitations are sent again from the portal",
	convoke.CodeTicketNotFound:       "tickets are asked for at /api/v1",
	convoke.CodeTicketUsed:           "room",
	convoke.CodeTicketExpired:        "room",
	convoke.CodeBindingNotFound:      "bindings are made at /api/v1",
	convoke.CodeBoundElsewhere:       "bindings are made at /api/v1",
	convoke.CodeAppNotFound:          "apps are the operator's",
	convoke.CodeDomainNotFound:       "domains are written at /api/v1",
	convoke.CodeDomainTooSoon:        "domains are written at /api/v1",
	convoke.CodeDomainTaken:          "domains are written at /api/v1",
	convoke.CodeAccountTaken:         "accounts are the operator's",
	convoke.CodeMailNotFound:         "portal",
	convoke.CodeTooManyEntries:       "SCIM",
	convoke.CodeInvalidFile:          "imports",
	convoke.CodeInvalidRow:           "imports",
	convoke.CodeImportNotFound:       "imports",
	convoke.CodeDuplicateRow:         "imports",
	convoke.CodeImportOver:           "imports",
	convoke.CodeImportTaken:          "imports",
	convoke.CodeWebhookNotFound:      "webhooks are managed at /api/v1",
	convoke.CodeDeliveryNotFound:     "webhooks are managed at /api/v1",
	convoke.CodeEventsExpired:        "events are read at /api/v1",
	convoke.CodeTooManySubscriptions: "webhooks are managed at /api/v1",
	convoke.CodeInvalidMetadata:      "single sign-on is set up elsewhere",
	convoke.CodeSSONotFound:          "single sign-on is set up elsewhere",
	convoke.CodeVanityTaken:          "single sign-on is set up elsewhere",
	convoke.CodeReplayed:             "nobody signs in here",
	convoke.CodeAssertionNotFound:    "mappings are managed at /api/v1",
	convoke.CodeNotProvisioned:       "nobody signs in here",
	convoke.CodeSignInBlocked:        "nobody signs in here",
	convoke.CodeCannotLink:           "nobody signs in here",
	convoke.CodeOwnerTaken:           "the owner is handed over by the operator",
	convoke.CodePictureNotFound:      "pictures are served by the portal",
	convoke.CodeInvitationNotFound:   "activation page",
	convoke.CodeInvitationUsed:       "activation page",
	convoke.CodeInvitationRevoked:    "activation page",
	convoke.CodeInvitationExpired:    "activation page",
}

// domainCodes reads the codes from the domain's source, so that none is forgotten.
func domainCodes(t *testing.T) []convoke.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "../convoke/error.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []convoke.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "Code" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, convoke.Code(text))
		}
		return true
	})
	if len(codes) < 60 {
		t.Fatalf("only %d codes found in the domain", len(codes))
	}
	return codes
}

func TestEveryCodeOfTheDomainHasARow(t *testing.T) {
	t.Parallel()
	for _, code := range domainCodes(t) {
		_, inTable := faults[code]
		_, excused := elsewhere[code]
		if inTable == excused {
			t.Errorf("%s must be either in the table of errors.go (it is: %t) or among those that cannot come here (it is: %t)", code, inTable, excused)
		}
	}
}

func TestEveryRowIsAnAnswer(t *testing.T) {
	t.Parallel()
	check := func(name string, f fault) {
		if http.StatusText(f.status) == "" || f.status < 400 || f.code == 0 {
			t.Errorf("%s answers %d with code %d", name, f.status, f.code)
		}
	}
	for code, f := range faults {
		check(string(code), f)
	}
	calls := map[string]bool{}
	for _, rt := range (&api{}).routes() {
		calls[rt.name()] = true
	}
	for call, list := range exceptions {
		if !calls[call] {
			t.Errorf("there are exceptions for %s, which is no route", call)
		}
		for code, f := range list {
			check(call+" "+string(code), f)
		}
	}
	for kind := convoke.KindInternal; kind <= convoke.KindUnavailable; kind++ {
		check(kind.String(), kinds[kind])
	}
}

func TestACodeOutsideTheTableIsAnsweredByItsKind(t *testing.T) {
	t.Parallel()
	got := wireError(&http.Request{}, convoke.Errorf(convoke.KindGone, "some_new_code", "It is over."))
	if got.Status != 400 || got.Code != zoom.CodeMeetingRefused || got.Message != "It is over." {
		t.Errorf("answered %+v", got)
	}
}

func TestFirstRunes(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		s    string
		n    int
		want string
	}{{"grün", 3, "grü"}, {"grün", 4, "grün"}, {"grün", 9, "grün"}, {"", 1, ""}} {
		if got := firstRunes(test.s, test.n); got != test.want {
			t.Errorf("firstRunes(%q, %d) = %q, want %q", test.s, test.n, got, test.want)
		}
	}
}
