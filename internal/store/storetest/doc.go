// SPDX-License-Identifier: Apache-2.0

// Package storetest is the contract of package store: Run must pass on every
// database. It also gives other packages' tests real databases: SQLite in a
// temporary directory, and PostgreSQL on a server that the test process starts
// for itself. It holds tests only; no shipped package imports it.
package storetest
