// SPDX-License-Identifier: Apache-2.0

// Package store keeps everything that Convoke remembers, in SQLite or in
// PostgreSQL: all SQL of the house is here, one text for both databases, with a
// small dialect for the real differences.
//
// It owns the schema, transactions, uniqueness, page order and counting. It
// holds no rule of the domain: what a change writes is decided by the caller's
// function, which runs inside the transaction. It does not know who calls and
// checks no rights. The use cases (provision, conference, access, events) and
// the mail sink call it through small interfaces of their own; app opens it.
package store
