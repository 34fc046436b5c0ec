// SPDX-License-Identifier: Apache-2.0

package conference_test

import (
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/convoke/convoke/internal/conference"
	"github.com/convoke/convoke/internal/convoke"
)

// hostTokenKey is what the Service derives from the bench's key.
func hostTokenKey(t *testing.T) []byte {
	t.Helper()
	k, err := hkdf.Key(sha256.New, key, nil, "convoke conference host token", 32)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestHostTokenHasZoomsShape(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	var claims jwt.MapClaims
	_, err := jwt.ParseWithClaims(startLink(t, v.StartURL).Zak, &claims, func(*jwt.Token) (any, error) { return hostTokenKey(t), nil }, jwt.WithTimeFunc(b.clock.Now))
	b.must(t, err)
	want := jwt.MapClaims{
		"aud": "clientsm", "iss": "web", "uid": string(b.host.ID), "aid": string(acme), "sty": float64(1),
		"mnum": strings.Split(v.JoinURL, "/j/")[1][:11], "iat": float64(b.clock.Now().Unix()), "exp": float64(b.clock.Now().Unix() + 7200),
	}
	for name, value := range want {
		if claims[name] != value {
			t.Errorf("%s is %v, want %v", name, claims[name], value)
		}
	}
	if len(claims) != len(want) {
		t.Errorf("claims: %v", claims)
	}
	zak, err := b.HostToken(t.Context(), b.app, string(b.cust.ID), 0)
	b.must(t, err)
	var free jwt.MapClaims
	_, _, err = jwt.NewParser().ParseUnverified(zak, &free)
	b.must(t, err)
	if free["sty"] != float64(99) || free["mnum"] != nil || free["exp"] != float64(b.clock.Now().Unix()+7776000) {
		t.Errorf("claims of a custCreate user's own token: %v", free)
	}
}

func TestForgedHostTokens(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	second := b.schedule(t, convoke.TypeScheduled, `{}`)
	aliens, err := b.Schedule(t.Context(), appOf(other), string(b.alien.ID), convoke.MeetingPatch{})
	b.must(t, err)
	alienZak, err := b.HostToken(t.Context(), appOf(other), string(b.alien.ID), 0)
	b.must(t, err)
	hostZak, err := b.HostToken(t.Context(), b.app, string(b.host.ID), 0)
	b.must(t, err)
	good := startLink(t, v.StartURL)

	claims := func(edit func(jwt.MapClaims)) jwt.MapClaims {
		c := jwt.MapClaims{
			"aud": "clientsm", "iss": "web", "uid": string(b.host.ID), "aid": string(acme), "sty": 1,
			"iat": b.clock.Now().Unix(), "exp": b.clock.Now().Add(time.Hour).Unix(),
		}
		if edit != nil {
			edit(c)
		}
		return c
	}
	sign := func(method jwt.SigningMethod, key any, c jwt.MapClaims) string {
		s, err := jwt.NewWithClaims(method, c).SignedString(key)
		b.must(t, err)
		return s
	}
	set := func(name string, value any) jwt.MapClaims { return claims(func(c jwt.MapClaims) { c[name] = value }) }
	drop := func(name string) jwt.MapClaims { return claims(func(c jwt.MapClaims) { delete(c, name) }) }
	right := hostTokenKey(t)
	parts := strings.Split(good.Zak, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`))

	if s := b.join(t, conference.Link{Kind: conference.LinkStart, MeetingID: second.Meeting.ID, Zak: sign(jwt.SigningMethodHS256, right, claims(nil))}, ""); s.Participant.Role != convoke.RoleHost {
		t.Fatal("the test's own way of signing is wrong, so nothing below would mean anything")
	}
	for name, c := range map[string]struct {
		id   convoke.MeetingID
		zak  string
		code convoke.Code
	}{
		"empty":                    {v.Meeting.ID, "", convoke.CodeInvalidHostToken},
		"prose":                    {v.Meeting.ID, "let me in", convoke.CodeInvalidHostToken},
		"alg none":                 {v.Meeting.ID, sign(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType, claims(nil)), convoke.CodeInvalidHostToken},
		"alg none on our claims":   {v.Meeting.ID, none + "." + parts[1] + ".", convoke.CodeInvalidHostToken},
		"alg none with signature":  {v.Meeting.ID, none + "." + parts[1] + "." + parts[2], convoke.CodeInvalidHostToken},
		"HS512 under our key":      {v.Meeting.ID, sign(jwt.SigningMethodHS512, right, claims(nil)), convoke.CodeInvalidHostToken},
		"another key":              {v.Meeting.ID, sign(jwt.SigningMethodHS256, []byte("guess"), claims(nil)), convoke.CodeInvalidHostToken},
		"the underived key":        {v.Meeting.ID, sign(jwt.SigningMethodHS256, key, claims(nil)), convoke.CodeInvalidHostToken},
		"another meeting's":        {second.Meeting.ID, good.Zak, convoke.CodeInvalidHostToken},
		"another account's":        {v.Meeting.ID, alienZak, convoke.CodeInvalidHostToken},
		"into another account":     {aliens.Meeting.ID, hostZak, convoke.CodeInvalidHostToken},
		"user moved to account":    {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, set("aid", string(other))), convoke.CodeInvalidHostToken},
		"account that is not":      {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, set("aid", "nowhere")), convoke.CodeInvalidHostToken},
		"user that is not":         {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, set("uid", "nobody")), convoke.CodeInvalidHostToken},
		"user empty":               {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, set("uid", "")), convoke.CodeInvalidHostToken},
		"for another audience":     {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, set("aud", "client")), convoke.CodeInvalidHostToken},
		"by another issuer":        {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, set("iss", "me")), convoke.CodeInvalidHostToken},
		"without expiry":           {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, drop("exp")), convoke.CodeInvalidHostToken},
		"expired":                  {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, set("exp", b.clock.Now().Unix())), convoke.CodeHostTokenExpired},
		"expired, another key":     {v.Meeting.ID, sign(jwt.SigningMethodHS256, []byte("guess"), set("exp", 1)), convoke.CodeInvalidHostToken},
		"a meeting that is not":    {29_999_999_999, hostZak, convoke.CodeMeetingNotFound},
		"meeting number as number": {v.Meeting.ID, sign(jwt.SigningMethodHS256, right, set("mnum", int64(v.Meeting.ID))), convoke.CodeInvalidHostToken},
	} {
		link := conference.Link{Kind: conference.LinkStart, MeetingID: c.id, Zak: c.zak}
		if _, err := b.Join(t.Context(), link, "Eve", ""); !convoke.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if _, err := b.Lobby(t.Context(), link, ""); !convoke.HasCode(err, c.code) {
			t.Errorf("%s, lobby: %v, want %s", name, err, c.code)
		}
	}
	if now, err := b.Meeting(t.Context(), b.app, v.Meeting.ID); err != nil || now.Meeting.State != convoke.MeetingWaiting {
		t.Errorf("a forged token started the meeting: %+v, %v", now.Meeting, err)
	}
}

func TestAnotherUsersTokenMakesAnAttendee(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, _ := b.started(t, `{}`)
	zak, err := b.HostToken(t.Context(), b.app, string(b.guest.ID), time.Hour)
	b.must(t, err)
	s := b.join(t, conference.Link{Kind: conference.LinkStart, MeetingID: v.Meeting.ID, Zak: zak}, "I am the host")
	if s.Participant.Role != convoke.RoleAttendee || s.Participant.UserID != b.guest.ID || s.Participant.Name != b.guest.DisplayName {
		t.Errorf("came in as %+v", s.Participant)
	}
}

func TestWhoMayNotHostCannotStart(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{"join_before_host":true}`)
	ticket, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{DisplayName: "Boss", Role: convoke.RoleHost})
	b.must(t, err)
	b.changeUser(t, b.host, deactivate)
	_, err = b.Join(t.Context(), startLink(t, v.StartURL), "", "")
	wantCode(t, err, convoke.CodeUserInactive)
	_, err = b.Join(t.Context(), ticketLink(t, ticket), "", "")
	wantCode(t, err, convoke.CodeUserInactive)
	_, err = b.Lobby(t.Context(), startLink(t, v.StartURL), "")
	wantCode(t, err, convoke.CodeUserInactive)
	_, err = b.HostToken(t.Context(), b.app, string(b.host.ID), 0)
	wantCode(t, err, convoke.CodeUserInactive)
	_, err = b.Schedule(t.Context(), b.app, string(b.host.ID), convoke.MeetingPatch{})
	wantCode(t, err, convoke.CodeUserInactive)
	if s := b.join(t, joinLink(t, v.JoinURL), "Ann"); s.State != conference.StateWaiting {
		t.Errorf("a guest started the meeting of a deactivated host: %+v", s)
	}
	b.changeUser(t, b.host, func(u *convoke.User) { u.Status, u.StatusReason = convoke.StatusPending, convoke.ReasonInvited })
	_, err = b.Join(t.Context(), startLink(t, v.StartURL), "", "")
	wantCode(t, err, convoke.CodeUserPending)
}

func TestDeactivatedUsersCannotEnterByTheirToken(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v, _ := b.started(t, `{}`)
	zak, err := b.HostToken(t.Context(), b.app, string(b.guest.ID), 0)
	b.must(t, err)
	b.changeUser(t, b.guest, deactivate)
	b.changeUser(t, b.host, deactivate)
	for _, link := range []conference.Link{startLink(t, v.StartURL), {Kind: conference.LinkStart, MeetingID: v.Meeting.ID, Zak: zak}} {
		_, err = b.Join(t.Context(), link, "", "")
		wantCode(t, err, convoke.CodeUserInactive)
	}
}

// What was made before the revocation is worthless at once, also within the same
// second, and what is made after it counts.
func TestRevokedTokensOpenNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	own, err := b.HostToken(t.Context(), b.app, string(b.host.ID), 0)
	b.must(t, err)
	request := conference.TicketRequest{ExternalID: "ext-jane", Role: convoke.RoleHost}
	ticket, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, request)
	b.must(t, err)
	guests, _, err := b.Ticket(t.Context(), b.app, v.Meeting.ID, conference.TicketRequest{ExternalID: "ext-gary"})
	b.must(t, err)
	b.clock.advance(time.Millisecond)
	revoke := func() {
		b.must(t, b.db.Change(t.Context(), convoke.Lookup{AccountID: acme, UserID: b.host.ID}, func(f convoke.Found) (convoke.Change, error) {
			return convoke.RevokeTokens(*f.Target, convoke.Mark{At: b.clock.Now(), By: b.app}), nil
		}))
	}
	revoke()
	revoke() // the second time in one millisecond counts as well
	b.clock.advance(2 * time.Millisecond)
	for _, zak := range []string{startLink(t, v.StartURL).Zak, own} {
		_, err = b.Join(t.Context(), conference.Link{Kind: conference.LinkStart, MeetingID: v.Meeting.ID, Zak: zak}, "")
		wantCode(t, err, convoke.CodeInvalidHostToken)
	}
	_, err = b.Join(t.Context(), ticketLink(t, ticket), "")
	wantCode(t, err, convoke.CodeTicketNotFound)
	b.join(t, ticketLink(t, guests), "") // somebody else's

	fresh, err := b.HostToken(t.Context(), b.app, string(b.host.ID), 0)
	b.must(t, err)
	s := b.join(t, conference.Link{Kind: conference.LinkStart, MeetingID: v.Meeting.ID, Zak: fresh}, "")
	if s.Participant.Role != convoke.RoleHost {
		t.Errorf("came in as %s", s.Participant.Role)
	}
	ticket, _, err = b.Ticket(t.Context(), b.app, v.Meeting.ID, request)
	b.must(t, err)
	b.join(t, ticketLink(t, ticket), "")
}

// What an app got in a person's name ends with what the person allowed it, however
// long it would live.
func TestATokenThatAnAppGotForAPersonEndsWithTheGrant(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	app := convoke.App{ClientID: "their-app", AccountID: acme, Name: "App", Kind: convoke.AppForUsers, CreatedAt: b.clock.Now()}
	b.must(t, b.db.CreateApp(t.Context(), app))
	consent := convoke.Consent{ClientID: app.ClientID, AccountID: acme, UserID: b.host.ID, GivenAt: b.clock.Now()}
	grant := convoke.UserGrant{
		ID: "grant", ClientID: app.ClientID, AccountID: acme, UserID: b.host.ID, CodeHash: []byte("code"),
		CreatedAt: b.clock.Now(), ExpiresAt: b.clock.Now().Add(time.Hour),
	}
	b.must(t, b.db.GiveConsent(t.Context(), consent, grant))
	p := convoke.Principal{
		Kind: convoke.UserCaller, AccountID: acme, ClientID: app.ClientID, GrantID: grant.ID, UserID: b.host.ID,
		Scopes: convoke.Scopes{"user:read", "meeting:read"},
	}
	asked, err := b.HostToken(t.Context(), p, "me", conference.MaxHostTokenLife)
	b.must(t, err)
	read, err := b.Meeting(t.Context(), p, v.Meeting.ID)
	b.must(t, err)
	links := []conference.Link{{Kind: conference.LinkStart, MeetingID: v.Meeting.ID, Zak: asked}, startLink(t, read.StartURL)}
	for _, link := range links {
		if s := b.join(t, link, ""); s.Participant.Role != convoke.RoleHost {
			t.Errorf("came in as %s", s.Participant.Role)
		}
	}
	b.must(t, b.db.DeleteConsent(t.Context(), app.ClientID, b.host.ID))
	for _, link := range links {
		_, err := b.Join(t.Context(), link, "")
		wantCode(t, err, convoke.CodeInvalidHostToken)
	}
	b.join(t, startLink(t, v.StartURL), "") // no app's
}

func TestPasscodes(t *testing.T) {
	t.Parallel()
	b := setup(t)
	v := b.schedule(t, convoke.TypeScheduled, `{}`)
	second := b.schedule(t, convoke.TypeScheduled, `{}`)
	link := joinLink(t, v.JoinURL)
	try := func(pwd string) error {
		_, err := b.Join(t.Context(), conference.Link{Kind: conference.LinkJoin, MeetingID: v.Meeting.ID, Pwd: pwd}, "Ann", "")
		return err
	}
	b.must(t, try(link.Pwd))
	b.must(t, try(v.Meeting.Passcode))
	for _, wrong := range []string{
		"", "x", strings.ToUpper(v.Meeting.Passcode), v.Meeting.Passcode + " ", strings.TrimSuffix(link.Pwd, ".1"), link.Pwd + "x",
		joinLink(t, second.JoinURL).Pwd, second.Meeting.Passcode,
	} {
		wantCode(t, try(wrong), convoke.CodeWrongPasscode)
	}
	b.must(t, b.Update(t.Context(), b.app, v.Meeting.ID, convoke.MeetingPatch{Passcode: new("new*code")}))
	wantCode(t, try(link.Pwd), convoke.CodeWrongPasscode)
	wantCode(t, try(v.Meeting.Passcode), convoke.CodeWrongPasscode)
	b.must(t, try("new*code"))

	b.must(t, b.Update(t.Context(), b.app, v.Meeting.ID, convoke.MeetingPatch{Passcode: new("")}))
	b.must(t, try(""))
	b.must(t, try("whatever"))
	open, err := b.Meeting(t.Context(), b.app, v.Meeting.ID)
	b.must(t, err)
	if strings.Contains(open.JoinURL, "?") || open.EncryptedPasscode != "" {
		t.Errorf("a meeting without a passcode has the link %q", open.JoinURL)
	}
}

func TestTheSamePasscodeMakesAnotherLinkForEachMeeting(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var views [2]conference.View
	for i := range views {
		v, err := b.Schedule(t.Context(), b.app, b.host.Email, convoke.MeetingPatch{Passcode: new("123456")})
		b.must(t, err)
		views[i] = v
	}
	if views[0].EncryptedPasscode == views[1].EncryptedPasscode {
		t.Error("two meetings share the opaque passcode")
	}
}

func TestUnknownLinks(t *testing.T) {
	t.Parallel()
	b := setup(t)
	for name, c := range map[string]struct {
		link conference.Link
		code convoke.Code
	}{
		"no kind":         {conference.Link{}, convoke.CodeInvalidField},
		"no such meeting": {conference.Link{Kind: conference.LinkJoin, MeetingID: 29_999_999_999}, convoke.CodeMeetingNotFound},
		"meeting 0":       {conference.Link{Kind: conference.LinkJoin}, convoke.CodeMeetingNotFound},
		"meeting -1":      {conference.Link{Kind: conference.LinkJoin, MeetingID: -1}, convoke.CodeMeetingNotFound},
		"no ticket":       {conference.Link{Kind: conference.LinkTicket}, convoke.CodeTicketNotFound},
		"ticket made up":  {conference.Link{Kind: conference.LinkTicket, Ticket: "abc\x00"}, convoke.CodeTicketNotFound},
		"no name":         {conference.Link{Kind: conference.LinkPersonal}, convoke.CodeMeetingNotFound},
		"name with NUL":   {conference.Link{Kind: conference.LinkPersonal, Name: "a\x00b"}, convoke.CodeMeetingNotFound},
	} {
		if _, err := b.Lobby(t.Context(), c.link, ""); !convoke.HasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
	}
}

// oneGuess allows one wrong passcode for each key.
type oneGuess map[string]bool

func (g oneGuess) Allows(key string, _ time.Time) bool { return !g[key] }
func (g oneGuess) Fail(key string, _ time.Time)        { g[key] = true }

func TestGuessingAPasscodeIsSlowedButLinksGoOnWorking(t *testing.T) {
	t.Parallel()
	b := setup(t)
	service, err := conference.New(conference.Config{
		Store: b.db, Users: b.db, Media: b.media, Guesses: oneGuess{}, PublicURL: public, Key: key, Now: b.clock.Now,
	})
	b.must(t, err)
	v := b.schedule(t, convoke.TypeScheduled, `{"join_before_host":true}`)
	link := conference.Link{Kind: conference.LinkJoin, MeetingID: v.Meeting.ID}
	for _, guess := range []struct {
		pwd  string
		code convoke.Code
	}{
		{"", convoke.CodeWrongPasscode},                             // no passcode is not a guess
		{strings.Repeat("x", 34) + ".1", convoke.CodeWrongPasscode}, // nor is an old link
		{"wrong", convoke.CodeWrongPasscode},                        // the one that is allowed
		{v.Meeting.Passcode, convoke.CodeTooMany}, {"", convoke.CodeWrongPasscode},
	} {
		link.Pwd = guess.pwd
		_, err := service.Lobby(t.Context(), link, "")
		wantCode(t, err, guess.code)
	}
	link.Pwd = v.EncryptedPasscode
	_, err = service.Lobby(t.Context(), link, "")
	b.must(t, err)
}
