// SPDX-License-Identifier: Apache-2.0

// Package access answers who is calling: it turns an app's bearer token, a
// person's portal cookie or an operator's code into a convoke.Principal.
//
// It owns apps and their secrets, access tokens, portal sessions, passwords and
// the throttle on guessing them. Every secret is stored as a hash, is compared
// in constant time, and never reaches a log or an error text. It does not
// decide what a principal may do (convoke.Principal does), makes no users
// (provision does) and knows no HTTP. The doors call it first, and hand the
// principal to the use case.
package access
