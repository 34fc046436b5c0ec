// SPDX-License-Identifier: Apache-2.0

package storetest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// server is a PostgreSQL server of this process, in a directory of its own,
// reached through a socket there. It does not survive the process, whatever
// ends that.
type server struct {
	folder string
	cmd    *exec.Cmd
	exited chan struct{}
}

// shared is the one server, kept while a test uses it, or until the end of Main.
var shared struct {
	sync.Mutex
	server *server
	users  int
}

// Main runs the tests and keeps the PostgreSQL server, once started, until they
// are over. A package that calls PostgreSQL in more than one test calls it from
// TestMain; without it each test that is alone starts the server anew.
func Main(m *testing.M) {
	shared.Lock()
	shared.users++
	shared.Unlock()
	code := m.Run()
	release()
	os.Exit(code)
}

// templateName is a database on the started server that others are copied from.
const templateName = "convoke_template"

// startedServer returns the URL of the server, which stays for as long as the
// test runs, and the name of its template database.
func startedServer(t testing.TB) (base, template string) {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		s, err := startServer()
		if err != nil {
			t.Fatal(err)
		}
		makeTemplate(t, s.url(), templateName)
		shared.server = s
	}
	shared.users++
	t.Cleanup(release)
	return shared.server.url(), templateName
}

func release() {
	shared.Lock()
	defer shared.Unlock()
	if shared.users--; shared.users == 0 && shared.server != nil {
		shared.server.stop()
		shared.server = nil
	}
}

// url names the database that every server has from the start.
func (s *server) url() string {
	query := url.Values{"host": {s.folder}, "user": {"convoke"}, "sslmode": {"disable"}}
	return "postgres:///postgres?" + query.Encode()
}

// stop ends the server at once: its data is thrown away.
func (s *server) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt) // fast shutdown; it fails only when the server is gone
	<-s.exited
	_ = os.RemoveAll(s.folder)
}

func startServer() (*server, error) {
	bin, err := programs()
	if err != nil {
		return nil, err
	}
	folder, err := os.MkdirTemp("", "convoke-postgres-")
	if err != nil {
		return nil, err
	}
	attributes, err := childAttributes(folder)
	if err != nil {
		return nil, err
	}
	data := filepath.Join(folder, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata", data, "--username", "convoke",
		"--auth", "trust", "--encoding", "UTF8", "--no-locale", "--no-sync")
	initdb.SysProcAttr, initdb.Dir = attributes, folder
	if out, err := initdb.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("initdb failed: %w\n%s", err, out)
	}
	s := &server{folder: folder, exited: make(chan struct{})}
	s.cmd = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", folder, "-h", "",
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=400", "-c", "shared_buffers=64MB",
		"-c", "max_wal_size=4GB", "-c", "logging_collector=off")
	s.cmd.SysProcAttr, s.cmd.Dir = attributes, folder
	return s, s.start()
}

// start returns when the server takes connections. The server's parent is a
// thread that stays: the system ends the server when that thread ends.
func (s *server) start() error {
	log, err := s.cmd.StderrPipe()
	if err != nil {
		return err
	}
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		err := s.cmd.Start()
		started <- err
		if err == nil {
			awaitReady(log, started)
			_ = s.cmd.Wait() // how a test server ended is of no interest
		}
		close(s.exited)
	}()
	if err := <-started; err != nil {
		return err
	}
	return <-started
}

// awaitReady reads the server's log, reports when it says that it is ready, and
// goes on reading so that the server never blocks.
func awaitReady(log io.Reader, ready chan<- error) {
	var lines []string
	scanner := bufio.NewScanner(log)
	for scanner.Scan() {
		lines = append(lines, scanner.Text())
		if strings.Contains(scanner.Text(), "ready to accept connections") {
			ready <- nil
			_, _ = io.Copy(io.Discard, log)
			return
		}
	}
	ready <- fmt.Errorf("the PostgreSQL server did not start:\n%s", strings.Join(lines, "\n"))
}

// programs returns the folder that holds initdb and postgres: the newest of the
// distribution's, or the one in PATH.
func programs() (string, error) {
	folders, _ := filepath.Glob("/usr/lib/postgresql/*/bin") // the pattern is right, so there is no error
	slices.Sort(folders)
	slices.Reverse(folders)
	if path, err := exec.LookPath("initdb"); err == nil {
		folders = append(folders, filepath.Dir(path))
	}
	for _, folder := range folders {
		_, noInit := os.Stat(filepath.Join(folder, "initdb"))
		_, noServer := os.Stat(filepath.Join(folder, "postgres"))
		if noInit == nil && noServer == nil {
			return folder, nil
		}
	}
	return "", errors.New("these tests need PostgreSQL 13 or later. Install it (Debian: apt-get install postgresql; " +
		"macOS: brew install postgresql), or name a running server in " + ServerURL)
}
