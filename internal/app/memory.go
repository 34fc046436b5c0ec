// SPDX-License-Identifier: Apache-2.0

package app

import (
	"os"
	"runtime/debug"
)

// heapGrowth is by how many percent the heap may grow before it is collected,
// where Go's own default is 100. What lives is a few megabytes however many
// users there are, so twice as few collections cost little memory, and a tenth of
// the work of an ensure is spared.
const heapGrowth = 200

// spareCollections sets heapGrowth, unless the operator has an opinion (GOGC).
func spareCollections() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
