// SPDX-License-Identifier: Apache-2.0

//go:build !linux

package storetest

import "syscall"

// childAttributes has nothing to set here: these systems cannot tie a process
// to its parent's life.
func childAttributes(string) (*syscall.SysProcAttr, error) { return nil, nil }
