// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"crypto/tls"
	"crypto/x509"
	"net/mail"
	"net/url"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/convoke"
)

// bySMTP makes the world's sink send to the server, whose certificate it trusts.
func (w *world) bySMTP(s *mailServer, scheme, credentials, options string) {
	w.Helper()
	w.sink = w.newSink(scheme + "://" + credentials + s.listener.Addr().String() + "?from=Convoke+%3Cno-reply@meet.example.com%3E" + options)
	trusted := x509.NewCertPool()
	certificate, err := x509.ParseCertificate(s.tls.Certificates[0].Certificate[0])
	w.check(err)
	trusted.AddCert(certificate)
	w.sink.transport.(*server).trust = &tls.Config{RootCAs: trusted, ServerName: "127.0.0.1", MinVersion: tls.VersionTLS12}
}

const adasLogin = "ada:s3cret%2F1@"

func TestAMailGoesOutWithSTARTTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Ärzte GmbH")
	s := newMailServer(t, func(*mailServer) {})
	w.bySMTP(s, "smtp", adasLogin, "")
	w.check(w.sink.Deliver(t.Context(), w.invite(func(u *convoke.User) { u.Email = "ada@bücher.example" })))
	for _, command := range []string{"STARTTLS", "AUTH PLAIN", "MAIL FROM:<no-reply@meet.example.com>", "RCPT TO:<ada@xn--bcher-kva.example>", "QUIT"} {
		if !s.said(command) {
			t.Errorf("the server did not hear %s", command)
		}
	}
	message, err := mail.ReadMessage(strings.NewReader(s.received()[0]))
	w.check(err)
	for header, want := range map[string]string{
		"From": `"Convoke" <no-reply@meet.example.com>`, "To": "<ada@xn--bcher-kva.example>",
		"Message-Id": "<invitation-00000000001@meet.example.com>", "Auto-Submitted": "auto-generated",
		"Date": "Sun, 01 Mar 2026 12:00:00 +0000",
	} {
		if got := message.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	w.contains("the mail", s.received()[0], "Subject: =?UTF-8?q?=C3=84rzte_GmbH_invites_you_to_video_meetings?=")
	w.contains("the log", w.log.String(), `msg="mail sent"`)
	if len(w.mails()) != 0 {
		t.Error("it is in the outbox as well")
	}
}

func TestAMailGoesOutWithImplicitTLS(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	s := newMailServer(t, func(s *mailServer) { s.implicit = true })
	w.bySMTP(s, "smtps", adasLogin, "")
	w.check(w.sink.Deliver(t.Context(), w.invite(func(*convoke.User) {})))
	if len(s.received()) != 1 || s.said("STARTTLS") {
		t.Errorf("the server has %d mails", len(s.received()))
	}
}

func TestWithoutTLSNothingIsSaid(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	s := newMailServer(t, func(s *mailServer) { s.noSTARTTLS = true })
	w.bySMTP(s, "smtp", adasLogin, "")
	event := w.invite(func(*convoke.User) {})
	err := w.sink.Deliver(t.Context(), event)
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error is %v", err)
	}
	if s.said("AUTH") || s.said("MAIL") {
		t.Error("password or mail went over an open line")
	}
	w.bySMTP(s, "smtp", "", "&tls=none")
	w.check(w.sink.Deliver(t.Context(), event))
	if len(s.received()) != 1 {
		t.Error("tls=none does not send")
	}
}

func TestACertificateThatNobodyVouchesForIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	s := newMailServer(t, func(*mailServer) {})
	w.bySMTP(s, "smtp", adasLogin, "")
	w.sink.transport.(*server).trust = nil
	if err := w.sink.Deliver(t.Context(), w.invite(func(*convoke.User) {})); err == nil || s.said("AUTH") {
		t.Errorf("error is %v", err)
	}
}

func TestAFailureIsAnErrorAndTheRetrySendsTheSameMail(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	s := newMailServer(t, func(*mailServer) {})
	w.bySMTP(s, "smtp", adasLogin, "")
	event := w.invite(func(*convoke.User) {})
	s.failNext("451 try later", "552 too big")
	for _, want := range []string{"451", "552"} {
		if err := w.sink.Deliver(t.Context(), event); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error is %v, want %s", err, want)
		}
	}
	w.check(w.sink.Deliver(t.Context(), event))
	w.check(w.sink.Deliver(t.Context(), event))
	if list := s.received(); len(list) != 2 || messageID(w, list[0]) != messageID(w, list[1]) {
		t.Errorf("mails are %q", list)
	}
}

func messageID(w *world, text string) string {
	w.Helper()
	message, err := mail.ReadMessage(strings.NewReader(text))
	w.check(err)
	return message.Header.Get("Message-Id")
}

func TestAWrongPasswordIsAnErrorThatDoesNotTellIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	s := newMailServer(t, func(*mailServer) {})
	w.bySMTP(s, "smtp", "ada:0ther-Pass@", "")
	err := w.sink.Deliver(t.Context(), w.invite(func(*convoke.User) {}))
	if err == nil || strings.Contains(err.Error(), "0ther-Pass") || s.said("MAIL") {
		t.Errorf("error is %v", err)
	}
	w.contains("the error", err.Error(), "535")
}

func TestNoServerIsAnError(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	s := newMailServer(t, func(*mailServer) {})
	w.bySMTP(s, "smtp", adasLogin, "")
	_ = s.listener.Close()
	if err := w.sink.Deliver(t.Context(), w.invite(func(*convoke.User) {})); err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error is %v", err)
	}
}

// What the letter lets through by mistake, the header must still hold.
func TestNoHeaderCanBeSlippedIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Acme")
	s := newMailServer(t, func(*mailServer) {})
	w.bySMTP(s, "smtp", adasLogin, "")
	w.check(w.sink.transport.send(t.Context(), convoke.Mail{
		To: "ada@example.org", Subject: "Hello\r\nBcc: all@example.org\r\n\r\nevil", Text: "text\r\n.\r\nMAIL FROM:<x@y.z>\r\n",
	}, "key"))
	message, err := mail.ReadMessage(strings.NewReader(s.received()[0]))
	w.check(err)
	if message.Header.Get("Bcc") != "" || len(s.received()) != 1 || s.said("MAIL FROM:<x@y.z>") {
		t.Errorf("the mail is %q", s.received()[0])
	}
	err = w.sink.transport.send(t.Context(), convoke.Mail{To: "ada@example.org>\r\nRCPT TO:<all@example.org", Subject: "s"}, "key")
	if !convoke.HasCode(err, convoke.CodeInvalidEmail) || len(s.received()) != 1 {
		t.Errorf("an address slipped in; error is %v", err)
	}
}

func TestAnSMTPURLIsChecked(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"http://user:s3cret@mail.test?from=a@b.cd", "smtp://?from=a@b.cd", "smtp://user:s3cret@mail.test", "user:s3cret@mail.test",
		"smtp://user:s3cret@mail.test:0?from=a@b.cd", "smtp://user:s3cret@mail.test:65536?from=a@b.cd",
		"smtp://user:s3cret@mail.test/x?from=a@b.cd", "smtp://user:s3cret@mail.test?from=nobody",
		"smtp://user:s3cret@mail.test?from=a@b.cd&tls=no", "smtp://user:s3cret@mail.test?from=a@b.cd&tls=none",
		"smtps://user:s3cret@localhost?from=a@b.cd&tls=none", "smtp://user:s3cret@mail.test?from=a@b.cd&retry=1",
		"smtp://user:s3cret%zz@mail.test?from=a@b.cd", "smtp://user:s3cret@mail.test:x?from=a@b.cd",
	} {
		_, err := New(Config{SMTPURL: text})
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: error is %v", text, err)
		}
	}
	for text, port := range map[string]int{
		"smtp://mail.test": 587, "smtps://mail.test": 465, "smtp://[::1]:25?tls=none": 25, "smtp://localhost?tls=none": 587,
	} {
		s, err := parseServer(text, "Convoke <a@b.cd>")
		if err != nil || s.port != port || s.from.Address != "a@b.cd" {
			t.Errorf("%s: %+v, error %v", text, s, err)
		}
	}
	s, err := parseServer("smtp://u@mail.test?from="+url.QueryEscape("c@d.ef"), "a@b.cd")
	if err != nil || s.from.Address != "c@d.ef" || s.user.Username() != "u" {
		t.Errorf("%+v, error %v", s, err)
	}
}
