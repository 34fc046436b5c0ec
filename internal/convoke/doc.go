// SPDX-License-Identifier: Apache-2.0

// Package convoke is the domain: accounts, users, the four actions that make a
// user, bindings, meetings, participants, events and the one error type.
//
// It owns the rules. It is pure: it knows no SQL, no HTTP, no clock and no
// randomness; time, identifiers and random candidates come in as arguments.
// It does not load or save anything, and it does not know who is calling
// beyond the rights that a Principal carries. Use cases (provision,
// conference, access, events) call it; adapters and doors speak its types.
package convoke
