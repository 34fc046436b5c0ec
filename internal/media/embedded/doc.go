// SPDX-License-Identifier: Apache-2.0

// Package embedded runs a LiveKit server inside this process, for the
// installation that fits on one machine. It is the only importer of
// livekit-server, and lets none of its types out: what comes out is an address
// for package media. It owns LiveKit's configuration, its ports, its start and
// its stop. It knows nothing of meetings. Package app calls it.
//
// Two things about LiveKit are the whole process's: its Prometheus metrics,
// which are registered once with the default registerer, and its logger, which
// writes to the Logger of the server started last. And a panic inside one of
// LiveKit's sessions ends the process, as it does in LiveKit's own binary.
package embedded
