// SPDX-License-Identifier: Apache-2.0

package events_test

import (
	"testing"

	"github.com/convoke/convoke/internal/store/storetest"
)

func TestMain(m *testing.M) { storetest.Main(m) }
