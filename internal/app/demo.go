// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"text/template"

	"github.com/convoke/convoke/client"
	"github.com/convoke/convoke/examples/hostapp/lantern"
	"github.com/convoke/convoke/internal/config"
	"github.com/convoke/convoke/internal/convoke"
	"github.com/convoke/convoke/internal/httpd"
	"github.com/convoke/convoke/internal/signon"
)

// demoPassword is that of the example app's three people. It is printed.
const demoPassword = "lantern-demo"

// Demo is a server and the example host app beside it, each on its own port.
type Demo struct {
	server   *App
	host     *lantern.App
	listener *httpd.Server
	info     DemoInfo
}

// DemoInfo is what there is to open.
type DemoInfo struct {
	ServerURL   string       `json:"server_url"`
	HostAppURL  string       `json:"host_app_url"`
	OperatorURL string       `json:"operator_url"`       // single use, 15 minutes
	StaffURL    string       `json:"staff_operator_url"` // the same, of the account with single sign-on
	StaffID     string       `json:"staff_account_id"`
	Users       []DemoPerson `json:"users"`
	Credentials Credentials  `json:"credentials"`
	DataDir     string       `json:"data_dir"`
}

// DemoPerson is one of the example app's own users.
type DemoPerson struct {
	Name     string `json:"name"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

// NewDemo starts the server on the data dir, gives the example app credentials
// there, and opens the example app on its own address.
func NewDemo(ctx context.Context, c config.Config, hostListen string, logger *slog.Logger) (*Demo, error) {
	server, err := New(ctx, c, logger)
	if err != nil {
		return nil, err
	}
	d := &Demo{server: server, info: DemoInfo{ServerURL: server.URL(), DataDir: c.DataDir}}
	if err := d.build(ctx, c, hostListen, logger); err != nil {
		return nil, errors.Join(err, d.close(), server.Close())
	}
	return d, nil
}

func (d *Demo) build(ctx context.Context, c config.Config, hostListen string, logger *slog.Logger) error {
	admin := &Admin{core: d.server.core}
	var err error
	d.info.OperatorURL, err = admin.OperatorLink(ctx, string(d.server.keys.defaultAccount), d.server.URL())
	if err != nil {
		return err
	}
	if d.info.Credentials, err = demoCredentials(ctx, admin, filepath.Join(c.DataDir, "demo-app.json")); err != nil {
		return err
	}
	if d.listener, err = httpd.Listen(httpd.Config{Address: hostListen, Flag: "host-listen", Logger: logger}); err != nil {
		return err
	}
	d.info.HostAppURL = "http://" + d.listener.Addr().String()
	return d.openHostApp(ctx, filepath.Join(c.DataDir, "lantern.db"), logger)
}

// demoCredentials makes the example app's credentials once and keeps them, so
// that a restart finds the same app.
func demoCredentials(ctx context.Context, admin *Admin, file string) (Credentials, error) {
	var credentials Credentials
	raw, err := os.ReadFile(file)
	if err == nil {
		return credentials, json.Unmarshal(raw, &credentials)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return credentials, err
	}
	credentials, err = admin.CreateApp(ctx, string(admin.keys.defaultAccount), ClientForm{Name: "Lantern Tutoring", Scopes: "user:write:admin meeting:write:admin"})
	if err != nil {
		return credentials, err
	}
	if raw, err = json.Marshal(credentials); err != nil {
		return credentials, err
	}
	return credentials, os.WriteFile(file, raw, 0o600)
}

func (d *Demo) openHostApp(ctx context.Context, path string, logger *slog.Logger) error {
	provider, err := client.New(d.server.URL(), client.Credentials{
		AccountID:    d.info.Credentials.AccountID,
		ClientID:     d.info.Credentials.ClientID,
		ClientSecret: d.info.Credentials.ClientSecret,
	})
	if err != nil {
		return err
	}
	people := lantern.DemoPeople(demoPassword)
	service := d.server.URL() + signon.Prefix + "/" + staffVanity
	d.host, err = lantern.New(lantern.Config{
		Provider: provider, LinkURL: d.server.URL(), Path: path, Logger: logger,
		URL: d.info.HostAppURL, Service: service + "/metadata", Portal: service,
		Notice: "Demonstration: sign in as " + people[0].Email + " with the password " + demoPassword + ".",
	})
	if err != nil {
		return err
	}
	for _, p := range people {
		d.info.Users = append(d.info.Users, DemoPerson{p.Name, p.Email, p.Password})
	}
	if err := d.host.SeedUsers(ctx, people); err != nil {
		return err
	}
	return d.signInStaff(ctx)
}

// The second account of a demonstration, whose people the example app signs in.
// It is apart from the first, where they are users who never sign in.
const (
	staffName   = "Lantern staff"
	staffVanity = "lantern"
	staffDomain = "lantern.example"
)

// signInStaff makes the account with single sign-on at the first start, and at
// each tells it where the example app is now.
func (d *Demo) signInStaff(ctx context.Context) error {
	metadata, err := d.host.Metadata()
	if err != nil {
		return err
	}
	admin := &Admin{core: d.server.core}
	known, err := d.server.db.SSOByVanity(ctx, staffVanity)
	account := string(known.AccountID)
	if convoke.HasCode(err, convoke.CodeSSONotFound) {
		account, err = makeStaff(ctx, admin)
	}
	if err != nil {
		return err
	}
	_, err = d.server.provision.SetSSO(ctx, convoke.Operator(convoke.AccountID(account)), convoke.SSOForm{
		Vanity: new(staffVanity), Metadata: new(string(metadata)),
	})
	d.info.StaffID = account
	if err == nil {
		d.info.StaffURL, err = admin.OperatorLink(ctx, account, d.server.URL())
	}
	return err
}

func makeStaff(ctx context.Context, admin *Admin) (account string, err error) {
	made, err := admin.CreateAccount(ctx, staffName, Grants{})
	if err == nil {
		_, err = admin.AddDomain(ctx, made.ID, staffDomain, true)
	}
	return made.ID, err
}

// Describe prints what to open, for a person or as JSON.
func (d *Demo) Describe(w io.Writer, asJSON bool) error {
	if asJSON {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(d.info)
	}
	return demoText.Execute(w, d.info)
}

var demoText = template.Must(template.New("demo").Parse(`Convoke is running. Open in a browser:

  Example app    {{.HostAppURL}}
                 an app with users of its own; sign in as one of them:
{{range .Users}}                 {{printf "%-24s" .Email}} password {{.Password}}
{{end}}
  Portal         {{.ServerURL}}/portal
  as operator    {{.OperatorURL}}
                 (this link works once, within 15 minutes)
  Single sign-on the example app's button "Open the portal" signs its people in
                 to a second account, "Lantern staff", by SAML
  its operator   {{.StaffURL}}
                 (once, within 15 minutes) can let in only people made before
  API            {{.ServerURL}}/docs

Try it: sign in to the example app and press "Start a meeting". In the meeting
press Invite, copy the join link, and open it in a second browser or a private
window. The link also stands on top of the app's list.
Stop with Ctrl-C; the data stays in {{.DataDir}} for the next time.
To use other commands on it, add to them:
  --data-dir {{.DataDir}}
and to those that are about one account (their --help has the flag):
  --account {{.Credentials.AccountID}}
(or --account {{.StaffID}} for "Lantern staff").
`))

// Run serves both until ctx is done.
func (d *Demo) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var group sync.WaitGroup
	var hosted error
	group.Go(func() {
		defer cancel()
		hosted = d.listener.Serve(ctx, http.Handler(d.host))
	})
	served := d.server.Run(ctx)
	cancel()
	group.Wait()
	return errors.Join(served, hosted, d.host.Close())
}

func (d *Demo) close() error {
	var faults []error
	if d.listener != nil {
		faults = append(faults, d.listener.Close())
	}
	if d.host != nil {
		faults = append(faults, d.host.Close())
	}
	return errors.Join(faults...)
}
