// SPDX-License-Identifier: Apache-2.0

// Package clienttest has a client.Provider in memory, for the tests of a host
// app. It behaves as a Convoke server does wherever a host app can tell: the
// same user at every Ensure, a new one a generation later when that user was
// deleted, conflicts of e-mails, users who may not host, fresh start links.
//
//	meetings := clienttest.New()
//	app := hostapp.New(meetings)
//	... log in, press the button ...
//	user, ok := meetings.User("42")
//
// It can be looked into, and made to fail: FailNext for some calls, SetDown for
// a server that is away. It opens no connection and its links lead nowhere.
//
// TestProvider is the contract behind that claim. It runs against this Provider
// and against a real server, and can be run against any other one.
package clienttest
