// SPDX-License-Identifier: Apache-2.0

// Package portal is the door for browsers: the room pages behind start, join,
// ticket and personal links with the calls they make (/room/v1), the portal for
// the operator and for people who sign in (/portal), and the activation page.
//
// It owns routes, cookies, the content security policy and the pages' JSON. It
// holds no rule: every call is one use case of provision, conference, access or
// events. The pages themselves are built from web/ and handed in as a file system; the
// error pages are rendered here, so that they need no script.
package portal
