// SPDX-License-Identifier: Apache-2.0

// Package config reads the strict configuration: one table of options, each a
// flag, an environment variable CONVOKE_<FLAG> and a key of the TOML file.
//
// It owns names, defaults, precedence and validation. It opens nothing but the
// configuration file and the files that secrets are kept in, and no room but
// cmd and app sees its Config: they hand plain values on.
package config
