// SPDX-License-Identifier: Apache-2.0

// Package events carries committed events to the sinks, lists an account's
// events for whoever replays them, purges the log, and manages the webhook
// subscriptions, whose lanes package webhook runs by itself.
//
// It owns the tail (a durable cursor over the store's log) and the delivery
// jobs with their retries, which River keeps, and the audit log's chain. It
// changes no user: use cases append events in the transaction of the change
// itself. The only ones of its own are about webhook subscriptions. It does not
// know what a sink does with an event. The app runs it; the doors api and portal
// call it, and the command line does through app.
//
// A sink gets each event that it wants at least once, as a rule exactly once,
// in no particular order.
package events
