// SPDX-License-Identifier: Apache-2.0

package saml

// ReadDocument lets a test compare it with what the libraries read.
var ReadDocument = readDocument
