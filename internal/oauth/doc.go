// SPDX-License-Identifier: Apache-2.0

// Package oauth is the door of user-level OAuth 2.0 and OpenID Connect: it
// speaks to the apps that people sign in to with Convoke. It owns the wire:
// paths, error bodies, ID tokens, the discovery document and the keys. It holds
// no rule about codes and tokens, which is package access, and shows nobody a
// page but that of a request which must not go back to its app; the person is
// asked in the portal. internal/app calls it, and zoomapi hands it the grant
// types of POST /oauth/token that it does not know.
package oauth
