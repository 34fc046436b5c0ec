// SPDX-License-Identifier: Apache-2.0

package convoke

import (
	"encoding/json"
	"fmt"
)

// Forecast is what the earlier rows of a dry run would have changed, as far as a
// later row could meet it: keys that they give up or take, and how they would
// leave users. An e-mail or a personal link that a row would take is not in it,
// since a later row with the same is a duplicate in the file.
type Forecast map[string]string

// What a forecast says of a key.
const (
	foreseenFree  = "free"
	foreseenTaken = "taken"
)

func emailForecast(email string) string   { return "email " + EmailKey(email) }
func linkForecast(link string) string     { return "link " + PersonalLinkKey(link) }
func pmiForecast(number MeetingID) string { return "pmi " + number.String() }
func userForecast(id UserID) string       { return "user " + string(id) }

// ForecastKeys are the keys of a Forecast that bear upon what was found.
func ForecastKeys(l Lookup, found Found) []string {
	var keys []string
	if l.Email != "" {
		keys = append(keys, emailForecast(l.Email))
	}
	if l.PersonalLink != "" {
		keys = append(keys, linkForecast(l.PersonalLink))
	}
	if l.PMI != 0 {
		keys = append(keys, pmiForecast(l.PMI))
	}
	for _, u := range []*User{found.Bound, found.Target, found.Holder} {
		if u != nil {
			keys = append(keys, userForecast(u.ID))
		}
	}
	return keys
}

// Apply returns what would be found after the earlier rows.
func (f Forecast) Apply(l Lookup, found Found) (Found, error) {
	if l.Email != "" && f[emailForecast(l.Email)] == foreseenFree {
		found.Holder = nil
	}
	if l.PersonalLink != "" && f[linkForecast(l.PersonalLink)] == foreseenFree {
		found.LinkTaken = false
	}
	if said := f[pmiForecast(l.PMI)]; l.PMI != 0 && said != "" {
		found.PMITaken = said == foreseenTaken
	}
	for _, u := range []**User{&found.Bound, &found.Target, &found.Holder} {
		if *u == nil || f[userForecast((*u).ID)] == "" {
			continue
		}
		var later User
		if err := json.Unmarshal([]byte(f[userForecast((*u).ID)]), &later); err != nil { //nolint:musttag // as Note writes it
			return found, fmt.Errorf("convoke: a foreseen user does not parse: %w", err)
		}
		later.PasswordHash = (*u).PasswordHash
		*u = &later
	}
	return found, nil
}

// Note takes in what a row would change. whole: how it leaves its user matters as
// well, since another row may name the same user in another way.
func (f Forecast) Note(l Lookup, c Change, whole bool) {
	before, after := c.Before, c.After
	if after == nil {
		return
	}
	if before == nil {
		if l.PMI != 0 && after.PMI == l.PMI {
			f[pmiForecast(after.PMI)] = foreseenTaken
		}
		return
	}
	if EmailKey(after.Email) != EmailKey(before.Email) {
		f[emailForecast(before.Email)] = foreseenFree
	}
	if before.PersonalLink != "" && PersonalLinkKey(after.PersonalLink) != PersonalLinkKey(before.PersonalLink) {
		f[linkForecast(before.PersonalLink)] = foreseenFree
	}
	if after.PMI != before.PMI {
		f[pmiForecast(before.PMI)], f[pmiForecast(after.PMI)] = foreseenFree, foreseenTaken
	}
	if whole {
		later := *after
		later.PasswordHash = ""
		raw, err := json.Marshal(later) //nolint:musttag // read by Apply alone, before the job is over
		if err != nil {
			panic("convoke: a user does not marshal: " + err.Error())
		}
		f[userForecast(after.ID)] = string(raw)
	}
}
