// SPDX-License-Identifier: Apache-2.0

// Package app is the composition root, the only place that knows everyone: it
// opens the store, derives the keys, starts the media server, and joins use
// cases, doors and sinks into one handler and one life cycle.
//
// It holds no rule and no wire format. cmd/convoke calls it for `serve`, `demo`
// and for the commands that work on the data dir; the tests of the whole
// program start the same App.
package app
