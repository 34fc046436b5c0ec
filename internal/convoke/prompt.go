// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What an app may say about whether its person is asked (OpenID Connect Core
// section 3.1.2.1). Whoever is to choose among accounts is shown the sign-in page:
// a browser has one session here.
const (
	promptNone    = "none"
	promptLogin   = "login"
	promptConsent = "consent"
	promptSelect  = "select_account"
)

// paramLoginAfter carries to the page that asks the person since when they must
// have signed in, in Unix milliseconds. The person who changes it deceives nobody:
// the ID token says when they did.
const paramLoginAfter = "login_after"

// maxAgeLimit bounds max_age, in seconds; what is longer is no limit in practice.
const maxAgeLimit = 10 * 365 * 24 * 60 * 60

// readPrompt reads what the app says about how the person is asked, and how long
// ago they may have signed in.
func (r *AuthRequest) readPrompt(values url.Values) error {
	r.Prompt = strings.Fields(values.Get("prompt"))
	for _, word := range r.Prompt {
		if !slices.Contains([]string{promptNone, promptLogin, promptConsent, promptSelect}, word) {
			return invalidAuthRequest("The prompt %q is not served; none, login, consent and select_account are.", word)
		}
	}
	if r.Silent() && len(r.Prompt) > 1 {
		return invalidAuthRequest("The prompt none goes with no other.")
	}
	if text := values.Get("max_age"); text != "" {
		seconds, err := strconv.ParseUint(text, 10, 63)
		if err != nil {
			return invalidAuthRequest("The max_age is a number of seconds.")
		}
		r.MaxAge = new(time.Duration(min(seconds, maxAgeLimit)) * time.Second)
	}
	if after, err := strconv.ParseInt(values.Get(paramLoginAfter), 10, 64); err == nil {
		r.LoginAfter = time.UnixMilli(after)
	}
	return nil
}

// Silent reports whether nobody is to be asked anything.
func (r AuthRequest) Silent() bool { return slices.Contains(r.Prompt, promptNone) }

// WantsSilence is Silent of the parameters of a request that is not read yet.
func WantsSilence(values url.Values) bool {
	return slices.Equal(strings.Fields(values.Get("prompt")), []string{promptNone})
}

// Forwarded returns the request's parameters as the page that asks the person
// gets them.
func (r AuthRequest) Forwarded(values url.Values, now time.Time) url.Values {
	values = maps.Clone(values)
	values.Del(paramLoginAfter)
	after := time.Time{}
	if r.MaxAge != nil {
		after = now.Add(-*r.MaxAge)
	}
	if slices.Contains(r.Prompt, promptLogin) || slices.Contains(r.Prompt, promptSelect) {
		after = now
	}
	if !after.IsZero() {
		values.Set(paramLoginAfter, strconv.FormatInt(after.UnixMilli(), 10))
	}
	return values
}

// CheckLogin returns CodeLoginRequired for a person who must sign in again before
// they are asked.
func (r AuthRequest) CheckLogin(p Principal) error {
	if p.SignedInAt.Before(r.LoginAfter) {
		return LoginRequired("The app asks that you sign in again.")
	}
	return nil
}

// LoginRequired says why somebody must sign in who may have done so before.
func LoginRequired(why string) error {
	return Errorf(KindUnauthenticated, CodeLoginRequired, "%s", why)
}

// ConsentRequired is the answer to an app that wants nobody to be asked, and has
// not been allowed all that it wants.
func ConsentRequired() error {
	return Errorf(KindForbidden, CodeConsentRequired, "The person has not allowed the app all that it asks for.")
}
