// SPDX-License-Identifier: Apache-2.0

package scim

import (
	"net/http"
	"strings"

	"github.com/convoke/convoke/internal/convoke"
)

// The URNs of the documents about the service itself (RFC 7643 sections 5 to 7).
const (
	urnConfig = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	urnType   = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	urnSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// resourceTypes are all that the door serves.
var resourceTypes = []*resourceType{users, groups}

// readConfig: GET /ServiceProviderConfig.
func (a *api) readConfig(w http.ResponseWriter, _ *http.Request, _ convoke.Principal) error {
	return reply(w, http.StatusOK, object{
		"schemas":          []any{urnConfig},
		"documentationUri": a.PublicURL + "/docs",
		"patch":            object{"supported": true},
		"bulk":             object{"supported": true, "maxOperations": maxBulk, "maxPayloadSize": maxBody},
		"filter":           object{"supported": true, "maxResults": maxCount},
		"changePassword":   object{"supported": false},
		"sort":             object{"supported": true},
		"etag":             object{"supported": true},
		"pagination": object{
			"cursor": true, "index": true, "defaultPaginationMethod": "index", "defaultPageSize": defaultCount, "maxPageSize": maxCount,
			"cursorTimeout": int(convoke.PageTokenLife.Seconds()),
		},
		"authenticationSchemes": []any{
			object{
				"type": "oauthbearertoken", "name": "OAuth Bearer Token", "primary": true,
				"description": "The scim_token of an app with the scope scim2:admin, which does not end; or a token from POST /oauth/token.",
				"specUri":     "https://www.rfc-editor.org/info/rfc6750",
			},
			object{
				"type": "httpbasic", "name": "HTTP Basic", "description": "The client id and secret of such an app.",
				"specUri": "https://www.rfc-editor.org/info/rfc7617",
			},
		},
		"meta": object{"resourceType": "ServiceProviderConfig", "location": a.PublicURL + Prefix + "/ServiceProviderConfig"},
	})
}

func (a *api) resourceTypeTree(t *resourceType) object {
	var extensions []any
	for _, ext := range t.extensions {
		extensions = append(extensions, object{"schema": ext.id, "required": false})
	}
	return object{
		"schemas": []any{urnType}, "id": t.name, "name": t.name, "description": t.about, "endpoint": t.endpoint,
		"schema": t.core.id, "schemaExtensions": extensions,
		"meta": object{"resourceType": "ResourceType", "location": a.PublicURL + Prefix + "/ResourceTypes/" + t.name},
	}
}

// listResourceTypes: GET /ResourceTypes.
func (a *api) listResourceTypes(w http.ResponseWriter, r *http.Request, _ convoke.Principal) error {
	var trees []object
	for _, t := range resourceTypes {
		trees = append(trees, a.resourceTypeTree(t))
	}
	return replyAll(w, r, trees)
}

// replyAll writes a list that has one page. It takes no filter (RFC 7644 section 4).
func replyAll(w http.ResponseWriter, r *http.Request, trees []object) error {
	if r.URL.Query().Get("filter") != "" {
		return refuse(http.StatusForbidden, "", "This list cannot be filtered.")
	}
	found := page{total: int64(len(trees)), trees: trees}
	return reply(w, http.StatusOK, found.body(query{start: 1}, projection{}))
}

// readResourceType: GET /ResourceTypes/{id}.
func (a *api) readResourceType(w http.ResponseWriter, r *http.Request, _ convoke.Principal) error {
	for _, t := range resourceTypes {
		if strings.EqualFold(t.name, r.PathValue("id")) {
			return reply(w, http.StatusOK, a.resourceTypeTree(t))
		}
	}
	return refuse(http.StatusNotFound, "", "There is no such resource type.")
}

func (a *api) schemaTrees() []object {
	var trees []object
	for _, t := range resourceTypes {
		for _, s := range append([]*schema{t.core}, t.extensions...) {
			trees = append(trees, object{
				"schemas": []any{urnSchema}, "id": s.id, "name": s.name, "description": s.about, "attributes": wireAll(s.attributes),
				"meta": object{"resourceType": "Schema", "location": a.PublicURL + Prefix + "/Schemas/" + s.id},
			})
		}
	}
	return trees
}

// listSchemas: GET /Schemas.
func (a *api) listSchemas(w http.ResponseWriter, r *http.Request, _ convoke.Principal) error {
	return replyAll(w, r, a.schemaTrees())
}

// readSchema: GET /Schemas/{id}.
func (a *api) readSchema(w http.ResponseWriter, r *http.Request, _ convoke.Principal) error {
	for _, tree := range a.schemaTrees() {
		if strings.EqualFold(text(tree, "id"), r.PathValue("id")) {
			return reply(w, http.StatusOK, tree)
		}
	}
	return refuse(http.StatusNotFound, "", "There is no such schema.")
}
