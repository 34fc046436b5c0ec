// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Actor is who did something, as the log keeps it. The zero value is Convoke
// itself: a meeting that ended because everyone had left.
type Actor struct {
	Kind    string `json:"kind,omitempty"`    // app, person, operator or participant
	ID      string `json:"id,omitempty"`      // the app's client id, the person's user id, or the participant's id
	Name    string `json:"name,omitempty"`    // the app's name, the person's e-mail, or the participant's name
	Address string `json:"address,omitempty"` // of the client, as the server saw it; empty at the command line
}

// Actor describes the principal in the log.
func (p Principal) Actor() Actor {
	switch p.Kind {
	case AppCaller:
		return Actor{"app", string(p.ClientID), p.Label, p.Address}
	case UserCaller:
		return Actor{"person", string(p.UserID), p.Label, p.Address}
	case RoomCaller:
		return Actor{"participant", string(p.InRoom), p.Label, p.Address}
	case OperatorCaller:
		return Actor{Kind: "operator", Name: p.Label, Address: p.Address}
	}
	return Actor{Address: p.Address}
}

// From returns the principal with the address of its client, given as the
// server's "address:port". What is no such pair leaves the address empty.
func (p Principal) From(remote string) Principal {
	p.Address = ClientAddress(remote)
	return p
}

// ClientAddress returns the address of an "address:port", or nothing.
func ClientAddress(remote string) string {
	pair, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	return pair.Addr().Unmap().WithZone("").String()
}

// By returns the event with who caused it.
func (e Event) By(p Principal) Event {
	e.Actor = p.Actor()
	return e
}

// The events that only the audit log shows. They are no news to a host app, and
// some tell of people who failed to get in.
const (
	EventAccountCreated   EventName = "account.created"
	EventAccountUpdated   EventName = "account.updated"
	EventSSOBypassed      EventName = "sso.bypassed"    // a password let in whom only an exception spares the identity provider
	EventSSOBreakGlass    EventName = "sso.break_glass" // the owner signed in by password where the domain forces single sign-on
	EventSSORefused       EventName = "sso.refused"     // somebody was kept out, or several by the same address and code
	EventMappingUpdated   EventName = "sso.mapping_updated"
	EventPictureOffered   EventName = "sso.picture_offered" // a sign-in brought one, which is taken later
	EventAppCreated       EventName = "app.created"
	EventAppUpdated       EventName = "app.updated"
	EventAppRevoked       EventName = "app.revoked"
	EventTokenCreated     EventName = "token.created"
	EventTokenRevoked     EventName = "token.revoked"
	EventAppAuthorized    EventName = "app.authorized"   // a person allowed it to act for them
	EventAppDeauthorized  EventName = "app.deauthorized" // a person withdrew that
	EventUserSignInFailed EventName = "user.sign_in_failed"
	EventOperatorLinkMade EventName = "operator.link_created"
	EventOperatorSignedIn EventName = "operator.signed_in"
	EventSSOUpdated       EventName = "sso.updated"
	EventSSORemoved       EventName = "sso.removed"
	EventWebhookCreated   EventName = "webhook.created"
	EventWebhookUpdated   EventName = "webhook.updated"
	EventWebhookDeleted   EventName = "webhook.deleted"
)

// AuditNames lists the name of every entry of the audit log.
func AuditNames() []EventName {
	return append(EventNames(),
		EventUserSignInFailed, EventAccountCreated, EventAccountUpdated, EventAppCreated, EventAppRevoked, EventTokenCreated,
		EventAppUpdated, EventTokenRevoked, EventAppAuthorized, EventAppDeauthorized,
		EventOperatorLinkMade, EventOperatorSignedIn, EventSSOUpdated, EventSSORemoved, EventSSOBypassed, EventSSORefused, EventSSOBreakGlass, EventMappingUpdated, EventPictureOffered,
		EventWebhookCreated, EventWebhookUpdated, EventWebhookDeleted,
	)
}

// AuditOnly reports whether the event is for the audit log alone.
func (n EventName) AuditOnly() bool {
	switch n {
	case EventUserSignInFailed, EventWebhookCreated, EventWebhookUpdated, EventWebhookDeleted:
		return true
	}
	subject, _, _ := strings.Cut(string(n), ".")
	return slices.Contains([]string{"account", "app", "token", "operator", "sso"}, subject)
}

// AuditFilter chooses entries of an account's audit log. A zero field chooses all.
type AuditFilter struct {
	Person string    // id or e-mail of who did it or to whom it was done; client id of the app
	Action string    // an event's name, or its beginning up to a dot, such as "user."
	From   time.Time // not before
	To     time.Time // before
}

// Check returns CodeInvalidField for a filter that no entry can pass.
func (f AuditFilter) Check() error {
	for _, text := range []struct{ field, value string }{{"person", f.Person}, {"action", f.Action}} {
		if err := checkText(CodeInvalidField, text.field, text.value, 255); err != nil {
			return err
		}
	}
	if !f.From.IsZero() && !f.To.IsZero() && !f.From.Before(f.To) {
		return Invalid(CodeInvalidField, "from", "The time in from must be before the time in to.")
	}
	return nil
}

// Passes reports whether the entry is one that the filter chooses.
func (f AuditFilter) Passes(e Event) bool {
	return (f.From.IsZero() || !e.At.Before(f.From)) && (f.To.IsZero() || e.At.Before(f.To)) &&
		f.passesAction(e.Name) && (f.Person == "" || concerns(e, f.Person))
}

func (f AuditFilter) passesAction(n EventName) bool {
	return f.Action == "" || f.Action == string(n) ||
		strings.HasSuffix(f.Action, ".") && strings.HasPrefix(string(n), f.Action)
}

// concerns reports whether the person acted, or stands in the payload as a
// whole value.
func concerns(e Event, person string) bool {
	if strings.EqualFold(e.Actor.Name, person) || e.Actor.ID == person {
		return true
	}
	quoted, err := json.Marshal(person)
	return err == nil && bytes.Contains(e.Payload, quoted)
}

// clockSlack is by how much the times of neighbours in the log may be out of
// order: the clocks of several processes, and how long a commit may take.
const clockSlack = 10 * time.Minute

// Before reports whether the entry and all before it are too old for the filter.
func (f AuditFilter) Before(e Event) bool {
	return !f.From.IsZero() && e.At.Before(f.From.Add(-clockSlack))
}

// secretFields are the payload's values that let their reader in somewhere.
var secretFields = []string{
	"password", "passcode", "host_key", "join_url", "start_url", "registration_url", "h323_password", "h323_passcode",
	"pstn_password", "encrypted_password", "encrypted_passcode", "token", "secret",
}

// hiddenValue stands for a secret in what the audit log shows.
const hiddenValue = "(hidden)"

// AuditView returns the payload as the audit log shows it: that a secret was
// changed can be seen, and neither the old one nor the new one.
func (e Event) AuditView() json.RawMessage {
	decoder := json.NewDecoder(bytes.NewReader(e.Payload))
	decoder.UseNumber()
	var payload any
	if err := decoder.Decode(&payload); err != nil {
		return json.RawMessage("null") // somebody wrote into the database
	}
	hide(payload)
	var view bytes.Buffer
	encoder := json.NewEncoder(&view)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(payload); err != nil {
		return json.RawMessage("null")
	}
	return bytes.TrimRight(view.Bytes(), "\n")
}

func hide(value any) {
	switch v := value.(type) {
	case map[string]any:
		for key, inner := range v {
			if text, ok := inner.(string); ok && text != "" && slices.Contains(secretFields, key) {
				v[key] = hiddenValue
				continue
			}
			hide(inner)
		}
	case []any:
		for _, inner := range v {
			hide(inner)
		}
	}
}
