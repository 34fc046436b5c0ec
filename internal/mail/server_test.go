// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/http/httptest"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
)

// mailServer is a small SMTP server with one user, ada, whose password is "s3cret/1".
type mailServer struct {
	listener   net.Listener
	tls        *tls.Config
	noSTARTTLS bool
	implicit   bool // TLS from the first byte

	mu       sync.Mutex
	failures []string // answers to the next MAIL commands
	heard    []string // commands
	mails    []string // what came after DATA
}

func newMailServer(t *testing.T, set func(*mailServer)) *mailServer {
	t.Helper()
	certificates := httptest.NewUnstartedServer(nil) // for its certificate, which is good for 127.0.0.1
	certificates.StartTLS()
	t.Cleanup(certificates.Close)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{listener: listener, tls: &tls.Config{Certificates: certificates.TLS.Certificates}}
	set(s)
	go s.serve()
	t.Cleanup(func() { _ = listener.Close() })
	return s
}

func (s *mailServer) serve() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		if s.implicit {
			conn = tls.Server(conn, s.tls)
		}
		go (&dialogue{mailServer: s, conn: conn, encrypted: s.implicit}).run()
	}
}

// said returns the commands that the server heard, without their arguments.
func (s *mailServer) said(command string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.heard, func(line string) bool { return strings.HasPrefix(line, command) })
}

func (s *mailServer) received() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

// failNext makes the server answer the next mails so.
func (s *mailServer) failNext(answers ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = answers
}

func (s *mailServer) answerToMail() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failures) == 0 {
		return "250 go on"
	}
	answer := s.failures[0]
	s.failures = s.failures[1:]
	return answer
}

// dialogue is one connection.
type dialogue struct {
	*mailServer

	conn      net.Conn
	encrypted bool
	text      *textproto.Conn
}

func (d *dialogue) run() {
	defer d.conn.Close()
	d.text = textproto.NewConn(d.conn)
	_ = d.text.PrintfLine("220 mail.test ready")
	for {
		line, err := d.text.ReadLine()
		if err != nil {
			return
		}
		d.mu.Lock()
		d.heard = append(d.heard, line)
		d.mu.Unlock()
		if !d.answer(line) {
			return
		}
	}
}

func (d *dialogue) answer(line string) (goOn bool) {
	verb, argument, _ := strings.Cut(line, " ")
	switch strings.ToUpper(verb) {
	case "EHLO":
		return d.say("250-mail.test", d.offer())
	case "STARTTLS":
		_ = d.say("220 go ahead")
		d.conn, d.encrypted = tls.Server(d.conn, d.tls), true
		d.text = &textproto.Conn{Reader: textproto.Reader{R: bufio.NewReader(d.conn)}, Writer: textproto.Writer{W: bufio.NewWriter(d.conn)}}
		return true
	case "AUTH":
		raw, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(argument, "PLAIN "))
		if string(raw) != "\x00ada\x00s3cret/1" {
			return d.say("535 wrong credentials")
		}
		return d.say("235 welcome")
	case "MAIL":
		return d.say(d.answerToMail())
	case "DATA":
		_ = d.say("354 go on")
		data, err := d.text.ReadDotBytes()
		d.mu.Lock()
		d.mails = append(d.mails, string(data))
		d.mu.Unlock()
		return err == nil && d.say("250 taken")
	case "QUIT":
		_ = d.say("221 bye")
		return false
	}
	return d.say("250 fine")
}

func (d *dialogue) offer() string {
	if d.encrypted || d.noSTARTTLS {
		return "250 AUTH PLAIN"
	}
	return "250 STARTTLS"
}

func (d *dialogue) say(lines ...string) bool {
	return d.text.PrintfLine("%s", strings.Join(lines, "\r\n")) == nil
}
