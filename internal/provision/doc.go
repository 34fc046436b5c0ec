// SPDX-License-Identifier: Apache-2.0

// Package provision is the one road to a user: Ensure, Update, SetStatus,
// Remove, Invite and Activate, and the account's policy that they obey. It also
// owns when the account's domains are looked at, and what follows.
//
// It owns the order of the work: authority first, then the pure decision of
// package convoke inside one transaction of the store. It does not own the
// rules (convoke), the SQL (store) or any wire format (the doors), and it sends
// nothing: mails and webhooks follow from the events that it commits.
//
// The doors api, zoomapi, scim, saml, imports and portal call it, and the
// command line does through app.
package provision
