// SPDX-License-Identifier: Apache-2.0

// Package scim is the door /scim2: SCIM 2.0 (RFC 7643, 7644 and 9865), by which
// a company's directory pushes its people and groups here.
//
// It owns SCIM's wire: schemas, resources as attribute trees, filters, PATCH,
// paging, ETags, bulk requests and error bodies. It holds no rule about users:
// each call decodes, asks one use case of package provision and encodes. A
// resource is handled as a tree, so that filter, PATCH, sorting and projection
// are written once for all resource types. Package app mounts it.
package scim
