// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/convoke/convoke/internal/app"
)

func newSSO() *cobra.Command {
	c := &cobra.Command{Use: "sso", Short: "Set up and show an account's single sign-on", Args: cobra.NoArgs}
	s := addSettings(c, true)
	c.AddCommand(newSSOShow(s), newSSOSet(s), newSSORemove(s), newMapping(s))
	return c
}

func newSSOShow(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "show", Short: "Show the single sign-on, and what its identity provider must be told", Args: cobra.NoArgs}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			sso, err := a.SSO(c.Context(), *account)
			if err != nil {
				return err
			}
			return p.print(c, sso, func(w io.Writer) { printSSO(w, sso) })
		})
	}
	return c
}

func newSSOSet(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use: "set", Short: "Set single sign-on up, or change it", Args: cobra.NoArgs,
		Long: "Sets single sign-on up, by SAML 2.0 from the identity provider's metadata or its values, or by\n" +
			"OpenID Connect from its issuer, and shows what the identity provider must be told. What is not\n" +
			"named stays as it is.",
		Example: "  convoke sso set --vanity acme --metadata https://idp.example.com/metadata\n" +
			"  convoke sso set --vanity acme --metadata idp.xml --idp-initiated\n" +
			"  convoke sso set --protocol oidc --vanity acme --issuer https://login.example.com --client-id ID --client-secret FILE",
	}
	account := addAccount(c)
	form := addSSOForm(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		given, err := form()
		if err != nil {
			return err
		}
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			sso, err := a.SetSSO(c.Context(), *account, given)
			if err != nil {
				return err
			}
			return p.print(c, sso, func(w io.Writer) { printSSO(w, sso) })
		})
	}
	return c
}

// addSSOForm returns what was asked for; a flag that was not given changes nothing.
func addSSOForm(c *cobra.Command) func() (app.SSOForm, error) {
	flags := c.Flags()
	protocol := flags.String("protocol", "saml", "saml or oidc (OpenID Connect)")
	issuer := flags.String("issuer", "", "oidc: the provider's issuer, an https address")
	client := flags.String("client-id", "", "oidc: the client id that the provider gave")
	secret := flags.String("client-secret", "", "oidc: FILE with the client secret that the provider gave, - for standard input")
	scopes := flags.StringSlice("scopes", []string{"openid", "email", "profile"}, "oidc: what to ask for, openid among it")
	hosted := flags.String("hosted-domain", "", "oidc: the organisation whose people alone come in, needed for Google: the Workspace's primary domain")
	vanity := flags.String("vanity", "", "the account's name in its sign-in address: 4 to 63 letters, digits and hyphens")
	metadata := flags.String("metadata", "", "the identity provider's metadata: a FILE, - for standard input, or a URL that is fetched again every day")
	entity := flags.String("entity-id", "", "the identity provider's entity id, also called issuer")
	signIn := flags.String("sign-in-url", "", "where people are sent to sign in")
	signOut := flags.String("sign-out-url", "", "where people are signed out; empty for no single logout")
	binding := flags.String("binding", "HTTP-Redirect", "how the request for a sign-in travels: HTTP-Redirect or HTTP-POST")
	certificates := flags.StringArray("certificate", nil, "FILE of an X.509 certificate of the identity provider; can be given twice")
	sign := flags.Bool("sign-requests", true, "sign requests for a sign-in")
	encrypted := flags.Bool("want-encrypted", false, "refuse assertions that come in the clear")
	unsolicited := flags.Bool("idp-initiated", false, "let in sign-ins that begin at the identity provider")
	provisioning := flags.String("provisioning", "at_sign_in", "when users come into being: at_sign_in or prior_to_sign_in")
	var relogin minutes
	flags.Var(&relogin, "relogin-after", "after how long a person must prove again who they are, such as 30m; 0 for no limit")
	return func() (app.SSOForm, error) {
		form := app.SSOForm{
			Vanity: given(c, "vanity", vanity), EntityID: given(c, "entity-id", entity), SignInURL: given(c, "sign-in-url", signIn),
			SignOutURL: given(c, "sign-out-url", signOut), SignRequests: given(c, "sign-requests", sign),
			WantEncrypted: given(c, "want-encrypted", encrypted), IDPInitiated: given(c, "idp-initiated", unsolicited),
		}
		form.Issuer, form.ClientID = given(c, "issuer", issuer), given(c, "client-id", client)
		form.HostedDomain = given(c, "hosted-domain", hosted)
		if c.Flags().Changed("protocol") {
			form.Protocol = new(app.SSOProtocol(*protocol))
		}
		if c.Flags().Changed("scopes") {
			form.Scopes = *scopes
		}
		if *secret != "" {
			text, err := readFile(c, *secret)
			if err != nil {
				return form, err
			}
			form.ClientSecret = new(strings.TrimSpace(string(text)))
		}
		if c.Flags().Changed("binding") {
			form.Binding = new(app.SSOBinding(*binding))
		}
		if c.Flags().Changed("provisioning") {
			form.Provisioning = new(app.Provisioning(*provisioning))
		}
		if c.Flags().Changed("relogin-after") {
			form.ReloginAfter = new(int(relogin))
		}
		for _, name := range *certificates {
			text, err := readFile(c, name)
			if err != nil {
				return form, err
			}
			form.Certificates = append(form.Certificates, string(text))
		}
		return form, readMetadata(c, *metadata, &form)
	}
}

// minutes is the value of a flag that is a time of whole minutes.
type minutes int

func (m *minutes) String() string { return (time.Duration(*m) * time.Minute).String() }

// Set refuses what is not whole minutes: rounded, a few seconds would be 0, and
// that means no limit.
func (m *minutes) Set(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d%time.Minute != 0 {
		return errors.New("give whole minutes, such as 30m, or 0 for no limit")
	}
	*m = minutes(d / time.Minute)
	return nil
}

// Type is what the help calls it.
func (m *minutes) Type() string { return "duration" }

// readMetadata takes an address as such, and anything else as a file.
func readMetadata(c *cobra.Command, source string, form *app.SSOForm) error {
	if source == "" {
		return nil
	}
	if strings.HasPrefix(source, "https://") || strings.HasPrefix(source, "http://") {
		form.MetadataURL = &source
		return nil
	}
	text, err := readFile(c, source)
	form.Metadata = new(string(text))
	return err
}

func newSSORemove(s *settings) *cobra.Command {
	c := &cobra.Command{Use: "remove", Short: "Take single sign-on from an account; its users stay", Args: cobra.NoArgs}
	account := addAccount(c)
	p := addJSON(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		return s.withAdmin(c.Context(), func(a *app.Admin) error {
			sso, err := a.SSO(c.Context(), *account) // its name, to say what is gone
			if err != nil {
				return err
			}
			if err := a.RemoveSSO(c.Context(), *account); err != nil {
				return err
			}
			return p.done(c, "removed", sso.Vanity)
		})
	}
	return c
}

func printSSO(w io.Writer, s app.SSOInfo) {
	row(w, "Protocol", s.Protocol)
	if s.OIDC != nil {
		printOIDC(w, s)
		return
	}
	row(w, "Identity provider", s.EntityID)
	row(w, "sign-in URL", s.SignInURL)
	row(w, "sign-out URL", s.SignOutURL)
	row(w, "binding", s.Binding)
	for _, certificate := range s.Certificates {
		row(w, "certificate", certificate.Fingerprint[:16]+" until "+certificate.NotAfter.Format(time.DateOnly))
	}
	row(w, "metadata URL", s.MetadataURL)
	if len(s.SetByHand) > 0 {
		row(w, "set by hand", strings.Join(s.SetByHand, " "))
	}
	row(w, "signed requests", s.SignRequests)
	row(w, "encrypted only", s.WantEncrypted)
	row(w, "IdP-initiated", s.IDPInitiated)
	row(w, "provisioning", s.Provisioning)
	row(w, "re-login after", fmt.Sprintf("%d min", s.ReloginAfter))
	row(w, "", "")
	row(w, "To tell it", s.ServiceProvider.MetadataURL)
	row(w, "entity id", s.ServiceProvider.EntityID)
	row(w, "ACS URL", s.ServiceProvider.ConsumerURL)
	row(w, "SLO URL", s.ServiceProvider.LogoutURL)
	row(w, "people begin at", s.ServiceProvider.SignInURL)
}

func printOIDC(w io.Writer, s app.SSOInfo) {
	row(w, "Issuer", s.OIDC.Issuer)
	row(w, "client id", s.OIDC.ClientID)
	row(w, "scopes", strings.Join(s.OIDC.Scopes, " "))
	row(w, "hosted domain", s.OIDC.HostedDomain)
	row(w, "sign-in URL", s.SignInURL)
	row(w, "sign-out URL", s.SignOutURL)
	row(w, "provisioning", s.Provisioning)
	row(w, "re-login after", fmt.Sprintf("%d min", s.ReloginAfter))
	row(w, "", "")
	row(w, "To tell it", "")
	row(w, "redirect URI", s.OIDC.RedirectURI)
	row(w, "post-logout URI", s.OIDC.SignedOutURI)
	row(w, "back-channel URI", s.OIDC.BackchannelURI)
	row(w, "people begin at", s.OIDC.InitiateURI)
}
