// SPDX-License-Identifier: Apache-2.0

// Package oidc is the door of single sign-on by OpenID Connect: an account as
// the client of its provider at {public}/sso/{vanity}, with the sign-in by
// authorization code, the callback, and the sign-out both ways.
//
// It owns what an answer, an ID token and a logout token must be before they are
// believed, and which claims become attributes. It also reads what providers
// publish of themselves and seals client secrets, for provision. go-oidc is used
// here and nowhere else.
//
// It does not decide who the person is or becomes (provision.SignIn) or what a
// session is (access). Who calls it: app, which gives its door to signon's Desk and
// the protocol to provision.
package oidc
