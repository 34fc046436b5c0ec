// SPDX-License-Identifier: Apache-2.0

// Package client lets the back end of a host app give its own users video
// conferences. It is the public Go SDK of Convoke.
//
// A host app has its own people, with its own keys for them. It says "this is
// my user 42" once, at login, and from then on talks about 42 and about its own
// meetings; it keeps no conferencing credentials and no second list of users.
//
//	convoke, err := client.New("https://meet.example.com", client.Credentials{
//		AccountID: "...", ClientID: "...", ClientSecret: "...",
//	})
//
//	// At login. The first call makes the user, every later one finds it.
//	user, err := convoke.Ensure(ctx, "42", client.Person{DisplayName: "Jane Doe"})
//
//	// When Jane presses "Start a meeting". The key is the app's own.
//	meeting, err := convoke.Meeting(ctx, "42", "lesson-7", client.MeetingSpec{Topic: "Fractions"})
//	link, err := convoke.HostURL(ctx, meeting.ID)
//	http.Redirect(w, r, link, http.StatusSeeOther)
//
//	// For everyone else.
//	guest := meeting.JoinURL
//
// # What to use
//
// Write the host app against [Provider], the five calls that such an app needs.
// [Client] is the Provider that talks to a Convoke server, and has more calls
// for the rest of the API: changing and cancelling meetings, batches, bindings,
// seats, events. Package clienttest has a Provider in memory, for the host app's
// own tests. Nothing in Provider is particular to Convoke, so that another
// service can stand behind it.
//
// # Keys
//
// An external id is any UTF-8 text of 1 to 255 bytes that never changes for the
// person: a primary key does, an e-mail address does not. The same holds for a
// meeting's key, which counts per host. Both may hold slashes, spaces or
// anything else; they are percent-encoded on the way. A proxy between the two
// must hand encoded paths on as they are.
//
// When Ensure gives [ErrEmailTaken], another user of the account has the
// person's e-mail. Ensure without it, since it is no key; or, if that user is
// the same person, bind it to the external id by [Client.Bind].
//
// # Links
//
// A start link makes whoever opens it the host, and it expires: make one when
// the person presses the button, redirect to it, and never store, mail or log
// it. A join link may be kept and shared. A ticket is for one person and one use.
//
// # Errors and retries
//
// An error of the server or of the way to it is an [*Error]; compare it with
// the sentinels, such as [ErrEmailTaken], by [errors.Is]. Its text never holds a
// secret. Calls that can be repeated without harm are repeated after a broken
// connection, 429, 502, 503 and 504, with growing, random pauses, for as long
// as the context and [WithAttempts] allow. [Client.Ticket] is sent once. A host
// app should give the call at login a short deadline and let the person in
// whatever comes of it.
//
// A Client is safe for concurrent use. Make one and keep it: it holds the access
// token, which it renews by itself.
package client
