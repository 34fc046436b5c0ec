// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"slices"
	"strings"
)

// KnownScopes lists every scope, classic and granular, that an app can be
// given, sorted.
func KnownScopes() []string {
	var list []string
	for right, scopes := range classic {
		list = append(list, string(right))
		list = append(list, scopes...)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Scopes is what an app was granted.
type Scopes []string

// ParseScopes splits a list at spaces and commas, and refuses an unknown scope
// with CodeInvalidField.
func ParseScopes(list string) (Scopes, error) {
	return parseScopes(list, KnownScopes())
}

func parseScopes(list string, known []string) (Scopes, error) {
	scopes := Scopes(strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' }))
	for _, scope := range scopes {
		if !slices.Contains(known, scope) {
			return nil, Invalid(CodeInvalidField, "scopes", "The scope %q is not known. Known scopes: %s.", scope, strings.Join(known, " "))
		}
	}
	if len(scopes) == 0 {
		return nil, Invalid(CodeInvalidField, "scopes", "An app needs at least one scope.")
	}
	return scopes, nil
}

// String joins the scopes with spaces (RFC 6749 section 3.3).
func (s Scopes) String() string { return strings.Join(s, " ") }

func (s Scopes) allow(r Right) bool {
	if slices.Contains(s, string(r)) {
		return true
	}
	return slices.ContainsFunc(classic[r], func(scope string) bool { return slices.Contains(s, scope) })
}

// The scopes of OpenID Connect. They are rights about who somebody is, and only
// an app for users can have them.
const (
	ScopeOpenID  = "openid"
	ScopeProfile = "profile"
	ScopeEmail   = "email"
)

// scopeWords say each scope of an app for users to the person whom it asks.
var scopeWords = map[string]string{
	ScopeOpenID:                  "Know that it is you, each time you sign in",
	ScopeProfile:                 "See your name",
	ScopeEmail:                   "See your e-mail address",
	"user:read":                  "See your profile, and start meetings as you",
	"user:write":                 "See your profile, and start meetings as you", // all that is served of it
	"user:read:user":             "See your profile",
	"user:read:token":            "Start meetings as you",
	"user:read:zak":              "Start meetings as you",
	"user_zak:read":              "Start meetings as you",
	"meeting:read":               "See your meetings, and start them as you", // the start link is among what is read
	"meeting:write":              "Plan, start, change, end and delete your meetings",
	"meeting:read:meeting":       "See a meeting of yours, and start it as you",
	"meeting:read:list_meetings": "See the list of your meetings",
	"meeting:write:meeting":      "Plan meetings for you, and start them as you",
	"meeting:update:meeting":     "Change your meetings, and let people into them", // by tickets
	"meeting:delete:meeting":     "Delete your meetings",
	"meeting:update:status":      "End your meetings",
}

// UserScopes lists the scopes that an app for users can have, sorted.
func UserScopes() []string {
	list := make([]string, 0, len(scopeWords))
	for scope := range scopeWords {
		list = append(list, scope)
	}
	slices.Sort(list)
	return list
}

// ParseUserScopes is ParseScopes for an app for users.
func ParseUserScopes(list string) (Scopes, error) {
	return parseScopes(list, UserScopes())
}

// ParseAppScopes reads the scopes that an app of the kind is given.
func ParseAppScopes(kind AppKind, list string) (Scopes, error) {
	if kind == AppForAccount {
		return ParseScopes(list)
	}
	return ParseUserScopes(list)
}

// Words say in sentences what the scopes let an app do, each once.
func (s Scopes) Words() []string {
	var words []string
	for _, scope := range s {
		if sentence := scopeWords[scope]; sentence != "" && !slices.Contains(words, sentence) {
			words = append(words, sentence)
		}
	}
	return words
}

// allowOwn reports whether the scopes let an app do for the person who allowed
// it what the right is for: Zoom names such scopes without ":admin".
func (s Scopes) allowOwn(r Right) bool {
	if slices.Contains(s, strings.TrimSuffix(string(r), ":admin")) {
		return true
	}
	return slices.ContainsFunc(classic[r], func(scope string) bool {
		return slices.Contains(s, strings.TrimSuffix(scope, ":admin"))
	})
}

// own is the right's name among the scopes that an app for users can have, so that
// nobody is told to ask for one that it cannot; the right where there is none.
func (r Right) own() Right {
	own := strings.TrimSuffix(string(r), ":admin")
	if _, found := scopeWords[own]; found {
		return Right(own)
	}
	return r
}

// within returns the scopes that the app still has.
func (s Scopes) within(app Scopes) Scopes {
	kept := Scopes{}
	for _, scope := range s {
		if slices.Contains(app, scope) {
			kept = append(kept, scope)
		}
	}
	return kept
}

// holds reports whether the others are all among the scopes.
func (s Scopes) holds(others Scopes) bool { return len(others.within(s)) == len(others) }
