// SPDX-License-Identifier: Apache-2.0

package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestARoundGoesOnAfterAFault(t *testing.T) {
	t.Parallel()
	for _, atOnce := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			var log bytes.Buffer
			a := &App{core: &core{logger: slog.New(slog.NewTextHandler(&log, nil))}}
			ctx, stop := context.WithTimeout(t.Context(), 150*time.Second)
			defer stop()
			done := 0
			err := a.repeat(ctx, round{"counting", time.Minute, atOnce, func(context.Context) error {
				done++
				return errors.New("out of fingers")
			}})
			want := 2
			if atOnce {
				want = 3
			}
			if err != nil || done != want || strings.Count(log.String(), `msg="counting failed" error="out of fingers"`) != want {
				t.Errorf("at once %t: done %d times, %v\n%s", atOnce, done, err, &log)
			}
		})
	}
}
