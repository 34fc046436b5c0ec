// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"encoding/json"

	"github.com/convoke/convoke/internal/convoke"
)

// MappingInfo is a mapping as the commands print and read it.
type MappingInfo = convoke.Mapping

// Mapping returns what an account makes of its identity provider's attributes.
func (a *Admin) Mapping(ctx context.Context, account string) (MappingInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return MappingInfo{}, err
	}
	return a.provision.Mapping(ctx, p)
}

// SetMapping gives an account the mapping that the file is, in the JSON that
// Mapping is printed in. A member that a mapping has not is an error.
func (a *Admin) SetMapping(ctx context.Context, account string, file []byte) (MappingInfo, error) {
	p, err := a.principal(ctx, account)
	if err != nil {
		return MappingInfo{}, err
	}
	decoder := json.NewDecoder(bytes.NewReader(file))
	decoder.DisallowUnknownFields()
	var m convoke.Mapping
	if err := decoder.Decode(&m); err != nil {
		return MappingInfo{}, convoke.Invalid(convoke.CodeInvalidFile, "", "The file is no mapping in JSON: %v. Begin with what convoke sso mapping show --json prints.", err)
	}
	return a.provision.SetMapping(ctx, p, m)
}
