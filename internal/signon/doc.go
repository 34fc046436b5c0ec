// SPDX-License-Identifier: Apache-2.0

// Package signon is what the doors of single sign-on, saml and oidc, have in
// common for the person: the hosts they may begin at, the paths they lead back
// to, the cookies they set, the refusal page and the page of a test sign-in; the
// seal on requests that travel through the provider, and the safe in which both
// keep what the database must not show. Its Desk finds the
// account of an address, hands the request to the door of what that speaks, and
// does for both what follows from a believed answer.
//
// It owns no protocol, and decides nothing about who comes in. Who calls it: the
// two doors, and app, which joins them.
package signon
