// SPDX-License-Identifier: Apache-2.0

// Package webhook delivers committed events to the receivers that apps have
// subscribed: signed, in the order of each user, at least once.
//
// Each subscription has a lane: a cursor in the event log, at most sixteen
// requests at a time, and what its receiver did not take, which is tried again
// for three days and is then a dead letter. Lanes share nothing but the log, so
// a receiver that hangs delays no other. One process of several runs all lanes,
// by a lease; another takes over when it dies.
//
// It decides nothing about who may subscribe to what (package events does) and
// makes no HTTP client: app hands one in that reaches only where it may. The app
// runs it, and nudges it when the log has grown.
package webhook
