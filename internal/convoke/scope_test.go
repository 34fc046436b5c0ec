// SPDX-License-Identifier: Apache-2.0

package convoke_test

import (
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// TestPeopleAreToldThatAnAppMayStartTheirMeetings: whoever may read or plan a
// meeting is given its start link, which is a way in as the person.
func TestPeopleAreToldThatAnAppMayStartTheirMeetings(t *testing.T) {
	t.Parallel()
	person := convoke.Principal{Kind: convoke.UserCaller, UserID: "ada", ClientID: "app"}
	for _, scope := range convoke.UserScopes() {
		person.Scopes = convoke.Scopes{scope}
		starts := false
		for _, right := range []convoke.Right{
			convoke.RightReadMeeting, convoke.RightCreateMeeting, convoke.RightReadToken, convoke.RightReadZAK,
		} {
			starts = starts || person.RequireFor(right, "ada") == nil
		}
		if said := strings.Contains(strings.Join(person.Scopes.Words(), " "), "tart"); said != starts {
			t.Errorf("%s lets an app start meetings: %t; that it does is said: %t", scope, starts, said)
		}
	}
}
