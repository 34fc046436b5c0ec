// SPDX-License-Identifier: Apache-2.0

// Package arch holds the laws of the house as tests: which room may import
// which, which modules one room alone may know, that the domain is pure, that
// interfaces and files stay small, that every package says what it is for, and
// that every source file names its licence. It has no code of its own and nobody
// imports it.
package arch
