// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"github.com/convoke/convoke/internal/convoke"
)

const smtpTimeout = 20 * time.Second // to connect, and for each answer of the server

// server is the transport by SMTP (RFC 5321). It connects for each mail: they
// are few.
type server struct {
	host     string
	port     int
	user     *url.Userinfo // nil: the server asks for no password
	from     *mail.Address
	implicit bool        // TLS from the first byte (RFC 8314), else STARTTLS
	plain    bool        // no TLS at all
	trust    *tls.Config // nil: the system's certificate authorities
}

// parseServer reads an SMTP URL. Its errors say what is wrong and never quote
// the URL.
func parseServer(text, from string) (*server, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("the SMTP URL must look like smtp://user:password@host:587; characters such as @ and / in the password must be percent-encoded")
	}
	s := &server{host: u.Hostname(), user: u.User, implicit: u.Scheme == "smtps"}
	if (u.Scheme != "smtp" && !s.implicit) || s.host == "" || strings.Trim(u.Path, "/") != "" {
		return nil, errors.New("the SMTP URL must look like smtp://user:password@host:587 or smtps://user:password@host:465")
	}
	if err := s.parsePort(u.Port()); err != nil {
		return nil, err
	}
	return s, s.parseQuery(u.Query(), from)
}

func (s *server) parsePort(port string) error {
	s.port = 587
	if s.implicit {
		s.port = 465
	}
	if port == "" {
		return nil
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return errors.New("the port of the SMTP URL must be a number from 1 to 65535")
	}
	s.port = int(number)
	return nil
}

func (s *server) parseQuery(query url.Values, from string) error {
	for key := range query {
		if key != "from" && key != "tls" {
			return fmt.Errorf("the SMTP URL has an unknown option %q; known ones are from and tls", key)
		}
	}
	switch query.Get("tls") {
	case "":
	case "none":
		s.plain = true
		if s.implicit || !isLoopback(s.host) {
			return errors.New("the option tls=none of the SMTP URL works with smtp:// and a server on this machine only")
		}
	default:
		return errors.New("the option tls of the SMTP URL can only be none; TLS is used without it")
	}
	address, err := mail.ParseAddress(cmp.Or(query.Get("from"), from))
	if err != nil {
		return errors.New("mail by SMTP needs a sender: add ?from=convoke@example.com to the SMTP URL")
	}
	s.from = address
	return nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}

func (s *server) send(ctx context.Context, m convoke.Mail, key string) error {
	if _, err := convoke.CheckEmail("to", m.To); err != nil {
		return err // the store holds checked addresses; this is the last door before the wire
	}
	client, err := gomail.NewClient(s.host, s.options()...)
	if err != nil {
		return err
	}
	return client.DialAndSendWithContext(ctx, s.message(m, key))
}

func (*server) done() string { return "mail sent" }

func (s *server) options() []gomail.Option {
	options := []gomail.Option{
		gomail.WithPort(s.port), gomail.WithTimeout(smtpTimeout), gomail.WithTLSPolicy(gomail.TLSMandatory),
	}
	switch {
	case s.implicit:
		options = append(options, gomail.WithSSL())
	case s.plain:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	}
	if s.trust != nil {
		options = append(options, gomail.WithTLSConfig(s.trust))
	}
	if s.user != nil {
		password, _ := s.user.Password()
		options = append(options, gomail.WithUsername(s.user.Username()), gomail.WithPassword(password),
			gomail.WithOpportunisticSMTPAuth(gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin))
	}
	return options
}

// message has a Message-ID made of the key, so that a mail sent twice by
// mishap is shown once by those who look.
func (s *server) message(m convoke.Mail, key string) *gomail.Msg {
	message := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	message.FromMailAddress(s.from)
	message.ToMailAddress(&mail.Address{Address: asciiDomain(m.To)})
	message.Subject(m.Subject)
	message.SetDateWithValue(m.CreatedAt)
	message.SetMessageIDWithValue(key + "@" + convoke.EmailDomain(asciiDomain(s.from.Address)))
	message.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies
	message.SetBodyString(gomail.TypeTextPlain, m.Text)
	return message
}

// asciiDomain spells a domain of another script as every server knows it (RFC
// 5891), or leaves the address as it is.
func asciiDomain(address string) string {
	local, domain, _ := strings.Cut(address, "@")
	ascii, err := idna.Lookup.ToASCII(domain)
	if err != nil {
		return address
	}
	return local + "@" + ascii
}
