// SPDX-License-Identifier: Apache-2.0

// Package outbound makes the HTTP clients with which Convoke calls addresses
// that somebody else chose: the web site of a managed domain, the receiver of
// a webhook.
//
// It owns one promise: such a client never connects to this machine or to the
// network behind it. The address is judged after the name was resolved and
// again on the socket, so neither a name that resolves to a private address,
// nor one that changes its mind between two look-ups, nor a redirect gets
// round it. No proxy is taken from the environment, since a proxy would
// connect on our behalf. Answers have a size and a time.
//
// What is fetched, and what an answer means, is the caller's business. Who
// calls it: app, which hands the clients to the rooms that need one.
package outbound
