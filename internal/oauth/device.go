// SPDX-License-Identifier: Apache-2.0

package oauth

import (
	"net/http"
	"net/url"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"github.com/convoke/convoke/internal/convoke"
)

// device is POST /oauth/devicecode: an app on a device begins (RFC 8628 section 3.1).
func (d *door) device(w http.ResponseWriter, r *http.Request) error {
	form, err := readForm(w, r)
	if err != nil {
		return err
	}
	code, device, err := d.Access.StartDevice(r.Context(), clientOf(r, form), form.Get("scope"))
	if err != nil {
		return err
	}
	shown, page := device.UserCode.String(), d.PublicURL+typePath
	return writeJSON(w, http.StatusOK, oidc.DeviceAuthorizationResponse{
		DeviceCode: code, UserCode: shown, VerificationURI: page,
		VerificationURIComplete: page + "?" + url.Values{"user_code": {shown}}.Encode(),
		ExpiresIn:               int(convoke.DeviceLife / time.Second), Interval: int(device.Interval / time.Second),
	})
}
