// SPDX-License-Identifier: Apache-2.0

package embedded

import (
	"context"
	"log/slog"
	"os"
	"strconv"
	"strings"
)

// wantedBuffer is what LiveKit asks for each media socket, in bytes, for
// receiving and for sending.
const wantedBuffer = 16 << 20

// checkBuffers says so when the kernel will give less than LiveKit asks for,
// which it does without an error. On a machine that serves only itself this
// matters little. Systems without Linux's settings are passed over.
func checkBuffers(l *slog.Logger, at address) {
	level := slog.LevelWarn
	if at.bind.IsLoopback() {
		level = slog.LevelDebug
	}
	for _, setting := range []string{"net.core.rmem_max", "net.core.wmem_max"} {
		text, err := os.ReadFile("/proc/sys/" + strings.ReplaceAll(setting, ".", "/"))
		if err != nil {
			continue
		}
		have, err := strconv.Atoi(strings.TrimSpace(string(text)))
		if err != nil || have >= wantedBuffer {
			continue
		}
		l.Log(context.Background(), level, "the kernel limits UDP buffers; in large meetings packets may be lost. Raise the setting.",
			"setting", setting, "bytes", have, "wanted", wantedBuffer)
	}
}
