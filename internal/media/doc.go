// SPDX-License-Identifier: Apache-2.0

// Package media is the way to a LiveKit server, be it in this process or a
// cluster elsewhere: it makes join tokens, removes and mutes people, closes
// rooms, receives the server's webhooks, and guards the signal connection that
// browsers open through our own listener. It knows LiveKit by its protocol
// only; the server itself is package embedded. It does not decide who may enter
// a room or what a role may do: package conference does, and calls it. Package
// app joins the two.
package media
