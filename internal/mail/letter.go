// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"strings"
	"text/template"
	"unicode"

	"github.com/convoke/convoke/internal/convoke"
)

// letter is a mail before it has a reader. The texts are plain: the templates
// quote nothing, and each value put into one is a single line.
type letter struct{ subject, text *template.Template }

func newLetter(subject, text string) letter {
	return letter{template.Must(template.New("subject").Parse(subject)), template.Must(template.New("text").Parse(text))}
}

// words fill a letter.
type words struct {
	Name    string
	Account string
	Link    string
	Until   string
}

// invitationLetter goes to a user made by create: the link leads to the page
// where a password is chosen.
var invitationLetter = newLetter(`{{.Account}} invites you to video meetings`, `Hello {{.Name}},

{{.Account}} has made you a user for video meetings.

To choose your password and start, open this link:

{{.Link}}

The link works once, and until {{.Until}}. If you did not expect
this mail you can ignore it; nothing happens without you.
`)

// confirmationLetter goes to an ssoCreate user whose e-mail's domain the
// account does not manage: the link only shows that the address is theirs.
var confirmationLetter = newLetter(`Confirm your e-mail address for {{.Account}}`, `Hello {{.Name}},

{{.Account}} has made you a user for video meetings. You sign in
through your organisation's single sign-on and need no password here.

To confirm that this e-mail address is yours, open this link:

{{.Link}}

The link works once, and until {{.Until}}. If you did not expect
this mail you can ignore it; nothing happens without you.
`)

// passwordLetter tells a user that somebody gave them another password, in case
// it was not meant to be.
var passwordLetter = newLetter(`Your password for {{.Account}} was changed`, `Hello {{.Name}},

the password with which you sign in to the video meetings of
{{.Account}} was changed, and you were signed out everywhere.

If you did not expect this, tell the people who run {{.Account}}.
`)

func (l letter) render(w words) (convoke.Mail, error) {
	var subject, text strings.Builder
	if err := l.subject.Execute(&subject, w); err != nil {
		return convoke.Mail{}, err
	}
	if err := l.text.Execute(&text, w); err != nil {
		return convoke.Mail{}, err
	}
	return convoke.Mail{Subject: subject.String(), Text: text.String()}, nil
}

// oneLine makes a name fit for a header: whatever breaks a line or is not meant
// to be seen becomes a space.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
