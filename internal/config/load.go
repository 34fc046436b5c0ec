// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// Sources is where settings come from.
type Sources struct {
	Flags  map[string]string           // the flags that were given, by option name
	Lookup func(string) (string, bool) // the environment, as os.LookupEnv
	File   string                      // the configuration file; empty: CONVOKE_CONFIG, else none

	Defaults map[string]string // in place of the options' own; may be nil
}

// Load reads the configuration: a flag beats a variable, a variable beats the
// file, the file beats the default. An unknown key of the file is an error, and
// so is every value that Validate refuses.
func Load(s Sources) (Config, error) {
	file, err := s.readFile()
	if err != nil {
		return Config{}, err
	}
	var c Config
	var faults []error
	for _, option := range Options() {
		value, from, err := s.value(option, file)
		if err == nil {
			err = option.set(&c, value)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s (from %s): %w", option.Name, from, err))
		}
	}
	faults = append(faults, unknownKeys(file), c.Validate())
	return c, errors.Join(faults...)
}

// value returns the option's value and where it comes from.
func (s Sources) value(o Option, file map[string]string) (value, from string, err error) {
	if value, ok := s.Flags[o.Name]; ok {
		return value, "--" + o.Name, nil
	}
	if value, ok := s.Lookup(o.Variable()); ok && value != "" {
		return value, o.Variable(), nil
	}
	if path, ok := s.Lookup(o.Variable() + "_FILE"); ok && o.Secret {
		value, err := readSecret(path)
		return value, o.Variable() + "_FILE", err
	}
	if value, ok := file[o.Name]; ok {
		return value, "the configuration file", nil
	}
	if path, ok := file[o.Name+"-file"]; ok && o.Secret {
		value, err := readSecret(path)
		return value, "the configuration file", err
	}
	if value, ok := s.Defaults[o.Name]; ok {
		return value, "the default", nil
	}
	return o.Default, "the default", nil
}

func readSecret(path string) (string, error) {
	raw, err := os.ReadFile(path)
	return strings.TrimRight(string(raw), "\r\n"), err
}

func (s Sources) readFile() (map[string]string, error) {
	path := s.File
	if path == "" {
		path, _ = s.Lookup("CONVOKE_CONFIG")
	}
	if path == "" {
		return nil, nil
	}
	var raw map[string]any
	if _, err := toml.DecodeFile(path, &raw); err != nil {
		return nil, fmt.Errorf("configuration file %s: %w", path, err)
	}
	values := make(map[string]string, len(raw))
	for key, value := range raw {
		values[key] = fmt.Sprint(value)
	}
	return values, nil
}

func unknownKeys(file map[string]string) error {
	known := make(map[string]bool)
	for _, o := range Options() {
		known[o.Name] = true
		known[o.Name+"-file"] = o.Secret
	}
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(file)) {
		if !known[key] {
			faults = append(faults, fmt.Errorf("configuration file: unknown key %q", key))
		}
	}
	return errors.Join(faults...)
}
