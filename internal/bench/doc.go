// SPDX-License-Identifier: Apache-2.0

// Package bench measures what the project promises in numbers, each beside its
// floor in the same run: `make bench`. It holds benchmarks only, and the floor
// that they are compared with. Nothing here is a test: machines are noisy, so
// the figures are medians and ratios for a person to read.
package bench
