// SPDX-License-Identifier: Apache-2.0

// Package lantern is Lantern Tutoring, an example of a host app: it has its own
// people, passwords, sessions, meetings and pages, and lets its people hold
// video conferences through a client.Provider.
//
// It owns nothing of the conferences themselves, and knows of Convoke only the
// package client; all its calls to it are in conferencing.go. Who serves it gives
// it the provider: the program hostapp does, and so does "convoke demo". Copy
// from it what you need.
package lantern
