// SPDX-License-Identifier: Apache-2.0

package provision

import "github.com/convoke/convoke/internal/convoke"

// defaultMapper cannot fail: a test holds the default mapping to its own rules.
func defaultMapper() *convoke.Mapper {
	mapper, err := convoke.NewMapper(convoke.DefaultMapping())
	if err != nil {
		panic("provision: the default mapping breaks a rule: " + err.Error())
	}
	return mapper
}
