// SPDX-License-Identifier: Apache-2.0

// Package mail is the sink that writes to people: the activation link of a user
// made by create, the confirmation link of an ssoCreate user whose e-mail's
// domain the account does not manage, and the word that a password was changed.
//
// It owns the texts and the way out: a local outbox, which Reader shows to the
// operator, or SMTP. It changes no user and sends nothing else; above all it
// knows no event that a custCreate user could cause. The events package calls
// the sink for committed events and repeats a delivery that failed.
package mail
