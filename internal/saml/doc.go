// SPDX-License-Identifier: Apache-2.0

// Package saml is the door of single sign-on by SAML 2.0: an account's service
// provider at {public}/sso/{vanity}, with its metadata, the sign-in, the
// assertion consumer and the single logout.
//
// It owns what an assertion must be before it is believed: how its XML is read,
// which signatures count, and what must stand in the element that the signature
// covers, which is the only one that it reads a person from. It also makes and seals
// the service providers' keys and reads identity providers' metadata, for provision.
// gosaml2 and goxmldsig are used here and nowhere else.
//
// It does not decide who the person is or becomes (provision.SignIn) or what a
// session is (access). Who calls it: app, which gives its door to signon's Desk and
// the protocol to provision.
package saml
