// SPDX-License-Identifier: Apache-2.0

// Package provision is the one road to a user: Ensure, Update, SetStatus,
// Remove, Invite and Activate, one at a time or as the rows of a file, and what
// belongs to a user: bindings, role, picture, assistants, groups. It also owns the
// account's policy that they obey, its single sign-on with the mapping, and when
// its domains are looked at.
//
// It owns the order of the work: authority first, then the pure decision of
// package convoke inside one transaction of the store. It does not own the
// rules (convoke), the SQL (store) or any wire format (the doors), and it sends
// nothing: mails and webhooks follow from the events that it commits.
//
// The doors api, zoomapi, scim, saml and portal call it, imports does for the rows
// of files, and the command line does through app.
package provision
