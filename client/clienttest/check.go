// SPDX-License-Identifier: Apache-2.0

package clienttest

import (
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/convoke/convoke/client"
)

// refuse makes an error as the server's answer would be read.
func refuse(status int, code, message string) *client.Error {
	return &client.Error{Status: status, Code: code, Message: message}
}

func invalid(code, field, message string) error {
	return &client.Error{Status: http.StatusBadRequest, Code: code, Field: field, Message: message}
}

func emailTaken(email, holder string) error {
	return &client.Error{
		Status: http.StatusConflict, Code: "email_taken", Field: "email", UserID: holder,
		Message:   "User already in the account: " + email + ".",
		NextSteps: []string{"Bind the user " + holder + " to this external id, or ensure with another e-mail."},
	}
}

// checkKey holds an external id or a meeting's key to UTF-8 of 1 to 255 bytes.
func checkKey(field, key string) error {
	if key == "" || len(key) > 255 || !utf8.ValidString(key) {
		return invalid("invalid_field", field, "The key must be UTF-8 text of 1 to 255 bytes.")
	}
	return nil
}

func checkPerson(externalID string, person client.Person) error {
	if err := checkKey("external_id", externalID); err != nil {
		return err
	}
	switch person.Action {
	case "", client.ActionCreate, client.ActionAutoCreate, client.ActionCustCreate, client.ActionSSOCreate:
	default:
		return invalid("unknown_action", "action", "The action must be one of create, autoCreate, custCreate and ssoCreate.")
	}
	if person.Email != "" && !emailLike(person.Email) {
		return invalid("invalid_email", "email", "The e-mail address must look like name@example.com.")
	}
	for _, name := range []struct {
		field, value string
		limit        int
	}{
		{"first_name", person.FirstName, 64},
		{"last_name", person.LastName, 64},
		{"display_name", person.DisplayName, 128},
	} {
		if utf8.RuneCountInString(name.value) > name.limit {
			return invalid("invalid_name", name.field, fmt.Sprintf("The field %s may have at most %d characters.", name.field, name.limit))
		}
	}
	return nil
}

// emailLike asks less than the server does, but catches what is plainly wrong.
func emailLike(s string) bool {
	local, domain, _ := strings.Cut(s, "@")
	return len(s) <= 128 && local != "" && strings.Contains(domain, ".") && !strings.ContainsAny(s, " \t\r\n")
}

func checkSpec(spec client.MeetingSpec) error {
	switch {
	case utf8.RuneCountInString(spec.Topic) > 200:
		return invalid("invalid_field", "topic", "The field topic may have at most 200 characters.")
	case utf8.RuneCountInString(spec.Agenda) > 2000:
		return invalid("invalid_field", "agenda", "The field agenda may have at most 2000 characters.")
	case len(spec.Passcode) > 10:
		return invalid("invalid_field", "password", "The passcode may have at most 10 characters.")
	}
	return nil
}

func checkAttendance(who client.Attendance) error {
	switch who.Role {
	case client.RoleHost, client.RoleCohost, client.RoleAttendee:
	default:
		return invalid("invalid_field", "role", "The role must be host, cohost or attendee.")
	}
	if (who.ExternalID == "") == (who.DisplayName == "") {
		return invalid("invalid_field", "external_id", "Give either external_id or display_name.")
	}
	return nil
}

// mayHost returns why the user cannot hold a meeting now, or nil.
func mayHost(user *client.User) error {
	switch user.Status {
	case client.StatusInactive:
		return refuse(http.StatusForbidden, "user_inactive", "This user is deactivated and cannot hold meetings.")
	case client.StatusPending:
		return refuse(http.StatusForbidden, "user_pending", "This user has not been activated yet and cannot hold meetings.")
	}
	return nil
}
