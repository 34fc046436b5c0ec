// SPDX-License-Identifier: Apache-2.0

package portal_test

import (
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

func TestTheOperatorSetsAndPreviewsTheMapping(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	operator := w.asOperator(t)
	type page struct {
		Mapping    convoke.Mapping
		Fields     []string
		Assertions []map[string]any
	}
	before := decoded[page](t, w.get(t, "/portal/api/mapping", operator), 200)
	if len(before.Mapping.Rows) == 0 || len(before.Fields) != len(convoke.MappedFields()) || before.Assertions == nil {
		t.Errorf("the page has %+v", before)
	}
	const mapping = `{"default_license_type":"none","rows":[{"attribute":"mail","field":"email"}],` +
		`"rules":[{"attribute":"groups","match":"equals","value":"hosts","license_type":"licensed"}],"update_at_each_sign_in":false,"save_response_logs":true}`
	wantStatus(t, w.call(t, "PUT", "/portal/api/mapping", mapping, operator), 200)
	if after := decoded[page](t, w.get(t, "/portal/api/mapping", operator), 200); after.Mapping.DefaultLicence != convoke.LicenceNone || len(after.Mapping.Rules) != 1 {
		t.Errorf("the page has %+v", after)
	}
	wantStatus(t, w.call(t, "PUT", "/portal/api/mapping", `{"default_license_type":"gold"}`, operator), 400)
	tried := decoded[convoke.SignInPreview](t, w.post(t, "/portal/api/mapping/preview",
		`{"subject":"ada","attributes":{"mail":["ada@example.com"],"groups":["hosts"]}}`, operator), 200)
	if tried.Outcome != "refused" || tried.Code != convoke.CodeNotProvisioned || tried.Rule != 1 { // the account wants users to be made before
		t.Errorf("the preview is %+v", tried)
	}
	tried = decoded[convoke.SignInPreview](t, w.post(t, "/portal/api/mapping/preview",
		`{"subject":"ada","attributes":{"groups":["hosts"]},"mapping":`+strings.Replace(mapping, "licensed", "none", 1)+`}`, operator), 200)
	if tried.Outcome != "refused" || tried.Code != convoke.CodeSignInBlocked {
		t.Errorf("the preview is %+v", tried)
	}
	wantStatus(t, w.post(t, "/portal/api/mapping/preview", `{"assertion_id":"nothing"}`, operator), 404)
	wantStatus(t, w.post(t, "/portal/api/mapping/preview", "{}"), 401)
	wantStatus(t, w.get(t, "/portal/api/mapping"), 401)
}
