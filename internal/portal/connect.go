// SPDX-License-Identifier: Apache-2.0

package portal

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/convoke/convoke/internal/access"
	"github.com/convoke/convoke/internal/convoke"
)

// Connections is what a signed-in person allows apps.
type Connections interface {
	Asked(ctx context.Context, p convoke.Principal, values url.Values) (access.Asked, error)
	Allow(ctx context.Context, p convoke.Principal, values url.Values) (convoke.AuthRequest, string, error)
	AllowSilently(ctx context.Context, p convoke.Principal, values url.Values) (convoke.AuthRequest, string, error)
	Decline(ctx context.Context, p convoke.Principal, values url.Values) (convoke.AuthRequest, error)
	Connections(ctx context.Context, p convoke.Principal) ([]convoke.Consent, []convoke.App, error)
	Withdraw(ctx context.Context, p convoke.Principal, id convoke.ClientID) error
}

// Devices is what a signed-in person allows devices that show a code.
type Devices interface {
	AskedDevice(ctx context.Context, p convoke.Principal, typed string) (access.Asked, error)
	AllowDevice(ctx context.Context, p convoke.Principal, typed string) error
	DeclineDevice(ctx context.Context, p convoke.Principal, typed string) error
}

type askedView struct {
	App        string   `json:"app"`
	Account    string   `json:"account"`
	Person     string   `json:"person"`
	Site       string   `json:"site"` // where the person goes on; empty for a device
	Scopes     []string `json:"scopes"`
	Remembered bool     `json:"remembered"`
}

// asked is GET /portal/api/connect with the app's parameters: what the person is
// to be asked.
func (d *door) asked(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	asked, err := d.Connections.Asked(r.Context(), p, r.URL.Query())
	if err != nil {
		return err
	}
	site, err := url.Parse(asked.Request.RedirectURI)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newAskedView(p, asked, site.Host))
}

func newAskedView(p convoke.Principal, asked access.Asked, site string) askedView {
	return askedView{
		App: asked.App.Name, Account: asked.Account.Name, Person: p.Label, Site: site,
		Scopes: asked.Request.Scopes.Words(), Remembered: asked.Remembered,
	}
}

// askedDevice is GET /portal/api/device?user_code=CODE: what the person is to be
// asked about the device that shows the code.
func (d *door) askedDevice(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	asked, err := d.Devices.AskedDevice(r.Context(), p, r.URL.Query().Get("user_code"))
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, newAskedView(p, asked, ""))
}

// answerDevice is POST /portal/api/device?user_code=CODE.
func (d *door) answerDevice(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	var body struct {
		Allow bool `json:"allow"`
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	answer := d.Devices.DeclineDevice
	if body.Allow {
		answer = d.Devices.AllowDevice
	}
	return nothing(w, answer(r.Context(), p, r.URL.Query().Get("user_code")))
}

// answerConnect is POST /portal/api/connect with the app's parameters: the person
// allows or declines, and learns where to go on.
func (d *door) answerConnect(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	var body struct {
		Allow bool `json:"allow"`
	}
	if err := read(w, r, &body); err != nil {
		return err
	}
	redirect, err := d.allowOrDecline(r, p, body.Allow)
	if err != nil {
		return err
	}
	return write(w, http.StatusOK, map[string]string{"redirect": redirect})
}

func (d *door) allowOrDecline(r *http.Request, p convoke.Principal, allow bool) (redirect string, err error) {
	if !allow {
		request, err := d.Connections.Decline(r.Context(), p, r.URL.Query())
		return request.Answer(d.PublicURL, url.Values{"error": {"access_denied"}}), err
	}
	request, code, err := d.Connections.Allow(r.Context(), p, r.URL.Query())
	return request.Answer(d.PublicURL, url.Values{"code": {code}}), err
}

// silentErrors are what an app is told that wants nobody to be asked (OpenID
// Connect Core section 3.1.2.6).
var silentErrors = map[convoke.Code]string{
	convoke.CodeLoginRequired:   "login_required",
	convoke.CodeConsentRequired: "consent_required",
}

// connectPage is GET /portal/connect with the app's parameters: the page that
// asks the person, or at once the answer to an app that wants nobody to be asked.
// That is here, and not at the app's own address, because the session's cookie is.
func (d *door) connectPage(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	if !convoke.WantsSilence(values) {
		return d.portalPage(w, r)
	}
	p, err := d.caller(r)
	if err != nil && convoke.AsError(err).Kind != convoke.KindUnauthenticated {
		return err
	}
	request, code, err := d.Connections.AllowSilently(r.Context(), p, values)
	answer := url.Values{"code": {code}}
	if fault := silentErrors[convoke.AsError(err).Code]; err != nil && fault != "" {
		answer, err = url.Values{"error": {fault}}, nil
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, request.Answer(d.PublicURL, answer), http.StatusSeeOther) //nolint:gosec // an address that was registered letter by letter
	return nil
}

type connectionView struct {
	ClientID convoke.ClientID `json:"client_id"`
	App      string           `json:"app"`
	Scopes   []string         `json:"scopes"`
	Since    time.Time        `json:"since"`
}

// connections is GET /portal/api/connections: the apps that act for the person.
func (d *door) connections(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	consents, apps, err := d.Connections.Connections(r.Context(), p)
	if err != nil {
		return err
	}
	views := make([]connectionView, len(apps))
	for i, app := range apps {
		views[i] = connectionView{app.ClientID, app.Name, consents[i].Scopes.Words(), consents[i].GivenAt}
	}
	return write(w, http.StatusOK, map[string]any{"connections": views})
}

// withdraw is DELETE /portal/api/connections/{id}.
func (d *door) withdraw(w http.ResponseWriter, r *http.Request) error {
	p, err := d.caller(r)
	if err != nil {
		return err
	}
	return nothing(w, d.Connections.Withdraw(r.Context(), p, convoke.ClientID(r.PathValue("id"))))
}
