// SPDX-License-Identifier: Apache-2.0

package config_test

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/convoke/convoke/internal/config"
)

func none(string) (string, bool) { return "", false }

func environment(values map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, ok := values[name]
		return value, ok
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "convoke.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestNoSettingsAtAllWork(t *testing.T) {
	t.Parallel()
	c, err := config.Load(config.Sources{Lookup: none})
	if err != nil {
		t.Fatal(err)
	}
	if c.DataDir != "convoke-data" || c.Listen != "127.0.0.1:8080" || c.DatabaseURL != "" {
		t.Errorf("defaults are %+v", c)
	}
}

func TestFlagBeatsVariableBeatsFileBeatsDefault(t *testing.T) {
	t.Parallel()
	file := write(t, "listen = '127.0.0.1:3'\ndata-dir = 'from-file'\nlog-level = 'warn'\n")
	c, err := config.Load(config.Sources{
		File:   file,
		Lookup: environment(map[string]string{"CONVOKE_LISTEN": "127.0.0.1:2", "CONVOKE_DATA_DIR": "from-variable"}),
		Flags:  map[string]string{"listen": "127.0.0.1:1"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Listen != "127.0.0.1:1" || c.DataDir != "from-variable" || c.LogLevel != "warn" || c.LogFormat != "text" {
		t.Errorf("got listen %s, data-dir %s, log-level %s, log-format %s", c.Listen, c.DataDir, c.LogLevel, c.LogFormat)
	}
}

func TestSecretsComeFromFilesToo(t *testing.T) {
	t.Parallel()
	secret := write(t, "postgres://u:p@localhost/db\n")
	c, err := config.Load(config.Sources{Lookup: environment(map[string]string{"CONVOKE_DATABASE_URL_FILE": secret})})
	if err != nil || c.DatabaseURL != "postgres://u:p@localhost/db" {
		t.Errorf("database-url is %q, error %v", c.DatabaseURL, err)
	}
}

func TestEveryFaultIsReportedAtOnce(t *testing.T) {
	t.Parallel()
	file := write(t, "lisen = 'x'\nlog-level = 'loud'\n")
	_, err := config.Load(config.Sources{File: file, Lookup: none, Flags: map[string]string{
		"listen": "nowhere", "media-udp-port": "many", "tls-cert": "c.pem", "livekit-url": "wss://media.example.com",
		"sso-host-suffix": "https://sso.example.com",
	}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{"lisen", "log-level", "listen must", "many", "tls-cert and tls-key", "livekit-key", "sso-host-suffix"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not speak of %q:\n%v", want, err)
		}
	}
}

func TestPublicURLFollowsTheListener(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		c    config.Config
		addr net.Addr
		want string
	}{
		{config.Config{}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}, "http://127.0.0.1:8080"},
		{config.Config{}, &net.TCPAddr{IP: net.IPv6unspecified, Port: 80}, "http://localhost:80"},
		{config.Config{TLSCert: "c"}, &net.TCPAddr{IP: net.IPv4zero, Port: 443}, "https://localhost:443"},
		{config.Config{PublicURL: "https://meet.example.com/"}, &net.TCPAddr{}, "https://meet.example.com"},
	} {
		if got := test.c.URL(test.addr.String()); got != test.want {
			t.Errorf("URL of %+v at %v is %s, want %s", test.c, test.addr, got, test.want)
		}
	}
}
