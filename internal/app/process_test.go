// SPDX-License-Identifier: Apache-2.0

package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// binary is the real program, built once for this package's tests; under the race
// detector when CONVOKE_TEST_RACE has the flags for that.
var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "convoke-test-")
	if err != nil {
		panic(err)
	}
	binary = filepath.Join(dir, "convoke")
	args := append([]string{"build", "-o", binary}, strings.Fields(os.Getenv("CONVOKE_TEST_RACE"))...)
	build := exec.Command("go", append(args, "github.com/convoke/convoke/cmd/convoke")...)
	build.Stderr = os.Stderr
	if err := build.Run(); err != nil {
		panic(err)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// process is a running `convoke serve`.
type process struct {
	t       *testing.T
	dir     string
	flags   []string
	url     string
	command *exec.Cmd
	log     *bytes.Buffer
}

// newProcess starts a server on a data dir of its own.
func newProcess(t *testing.T, flags ...string) *process {
	t.Helper()
	p := &process{t: t, dir: t.TempDir(), flags: flags, url: "http://" + freeAddress(t)}
	p.start()
	t.Cleanup(func() {
		p.kill()
		if t.Failed() {
			t.Logf("the server at %s said:\n%s", p.url, p.log)
		}
	})
	return p
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func (p *process) start() {
	p.t.Helper()
	args := append([]string{
		"serve", "--data-dir", p.dir, "--listen", strings.TrimPrefix(p.url, "http://"), "--media-udp-port", "0",
	}, p.flags...)
	p.command = exec.Command(binary, args...)
	p.command.Env = append(os.Environ(), "GORACE=halt_on_error=1") // a race ends the server, and so fails the test
	p.log = &bytes.Buffer{}
	p.command.Stderr = p.log
	if err := p.command.Start(); err != nil {
		p.t.Fatal(err)
	}
	p.awaitReady()
}

// awaitReady asks until the server answers; there is no other event to wait for
// from outside.
func (p *process) awaitReady() {
	p.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); <-tick.C {
		answer, err := http.Get(p.url + "/readyz")
		if err != nil {
			continue
		}
		answer.Body.Close()
		if answer.StatusCode == http.StatusOK {
			return
		}
	}
	p.kill()
	p.t.Fatalf("the server is not ready:\n%s", p.log)
}

// kill ends the process at once, as a power cut would.
func (p *process) kill() {
	_ = p.command.Process.Kill()
	_ = p.command.Wait()
}

// stop asks the process to end, and returns how long it took.
func (p *process) stop() time.Duration {
	p.t.Helper()
	start := time.Now()
	if err := p.command.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	if err := p.command.Wait(); err != nil {
		p.t.Errorf("the server ended with %v:\n%s", err, p.log)
	}
	return time.Since(start)
}

// run executes a command on the process's data and returns its stdout.
func (p *process) run(args ...string) []byte {
	p.t.Helper()
	var out, faults bytes.Buffer
	command := exec.Command(binary, append(args, "--data-dir", p.dir)...)
	for _, flag := range p.flags {
		if strings.HasPrefix(flag, "--database-url") {
			command.Args = append(command.Args, flag)
		}
	}
	command.Stdout, command.Stderr = &out, &faults
	if err := command.Run(); err != nil {
		p.t.Fatalf("convoke %s: %v\n%s", strings.Join(args, " "), err, faults.String())
	}
	return out.Bytes()
}

// credentials makes an app by the command line, with further flags.
func (p *process) credentials(flags ...string) (account, id, secret string) {
	p.t.Helper()
	var c struct {
		AccountID    string `json:"account_id"`
		ClientID     string `json:"client_id"`
		ClientSecret string `json:"client_secret"`
	}
	if err := json.Unmarshal(p.run(append([]string{"app", "create", "--name", "test", "--json"}, flags...)...), &c); err != nil {
		p.t.Fatal(err)
	}
	return c.AccountID, c.ClientID, c.ClientSecret
}

// token gets an access token for a new app, made with the flags.
func (p *process) token(flags ...string) string {
	p.t.Helper()
	account, id, secret := p.credentials(flags...)
	form := url.Values{"grant_type": {"account_credentials"}, "account_id": {account}}
	request, err := http.NewRequest(http.MethodPost, p.url+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.SetBasicAuth(id, secret)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.NewDecoder(answer.Body).Decode(&token); err != nil || token.AccessToken == "" {
		p.t.Fatalf("no token: status %d, %v", answer.StatusCode, err)
	}
	return token.AccessToken
}

// pool is an HTTP client with a connection for each of n callers.
func pool(n int) *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: n, MaxConnsPerHost: n}}
}

// call sends a request and decodes the answer into *to.
func call(client *http.Client, token, method, address, body string, to any) (status int, err error) {
	request, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("Authorization", "Bearer "+token)
	request.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(request)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if to != nil && len(raw) > 0 {
		if err := json.Unmarshal(raw, to); err != nil {
			return answer.StatusCode, fmt.Errorf("%w in %s", err, raw)
		}
	}
	return answer.StatusCode, nil
}
