// SPDX-License-Identifier: Apache-2.0

package arch_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestEveryRefusedSignInIsExplained: people are told a code, and the log has one,
// so whoever looks it up must find it.
func TestEveryRefusedSignInIsExplained(t *testing.T) {
	t.Parallel()
	pages := read(t, "../../docs/sso/README.md") + read(t, "../../docs/sso/oidc.md")
	codes := slices.Concat(refusals(t, "saml"), refusals(t, "oidc"), refusals(t, "signon"))
	if len(codes) < 50 {
		t.Fatalf("found %d codes", len(codes))
	}
	for _, code := range codes {
		if !strings.Contains(pages, "`"+code+"`") {
			t.Errorf("neither docs/sso/README.md nor docs/sso/oidc.md says what to look at for %s", code)
		}
	}
}

var (
	constant = regexp.MustCompile(`(?m)^(?:const|\t) ?(\w+) +(?:[\w.]+ )?= "([a-z_]+)"`)
	refusal  = regexp.MustCompile(`\brefuse\((\w+),|\bReason: +(\w+),|\bconvoke\.(Code[A-Z]\w+)|\b(codeRefused)\b`)
)

// refusals are the codes by which a package of single sign-on refuses somebody.
func refusals(t *testing.T, name string) []string {
	t.Helper()
	source, codes := sourceOf(t, name), []string{}
	known := constants(read(t, "../convoke/error.go") + source)
	for _, match := range refusal.FindAllStringSubmatch(source, -1) {
		if code := known[strings.Join(match[1:], "")]; code != "" {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return slices.Compact(codes)
}

func constants(source string) map[string]string {
	values := map[string]string{}
	for _, match := range constant.FindAllStringSubmatch(source, -1) {
		values[match[1]] = match[2]
	}
	return values
}

func sourceOf(t *testing.T, name string) string {
	t.Helper()
	files, err := filepath.Glob("../" + name + "/*.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, file := range files {
		if !strings.HasSuffix(file, "_test.go") {
			all.WriteString(read(t, file))
		}
	}
	return all.String()
}
