// SPDX-License-Identifier: Apache-2.0

// Package httpd owns the one TCP listener: opening it, TLS, the time limits
// that keep a slow client from holding a connection for ever, and the orderly
// stop. It knows no route and no other package of ours; app gives it a handler.
package httpd
