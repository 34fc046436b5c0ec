// SPDX-License-Identifier: Apache-2.0

package embedded

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/livekit/protocol/logger"
	"github.com/livekit/protocol/logger/zaputil"
)

// LiveKit has one logger for the whole process, in a variable that it does not
// guard. So it is set once, and its target is what changes.
var (
	setLogger sync.Once
	target    atomic.Pointer[slog.Logger]
)

// logTo sends LiveKit's warnings and errors to l from now on.
func logTo(l *slog.Logger) {
	target.Store(l)
	setLogger.Do(func() { logger.SetLogger(bridge{}, "livekit") })
}

// quiet are the beginnings of warnings that tell nobody anything: what
// checkBuffers says better, and what happens whenever a browser goes away.
var quiet = []string{
	"UDP receive buffer is too small",
	"error reading data channel",
}

// bridge is LiveKit's logger over slog. It drops all below a warning without
// looking at it, since LiveKit logs much and often.
type bridge struct {
	name string
	args []any
}

var _ logger.Logger = bridge{}

func (b bridge) Debugw(string, ...any) {}
func (b bridge) Infow(string, ...any)  {}

func (b bridge) Warnw(msg string, err error, args ...any) {
	// The WebRTC stack warns of every stray packet.
	if b.isPion() || slices.ContainsFunc(quiet, func(p string) bool { return strings.HasPrefix(msg, p) }) {
		return
	}
	b.write(slog.LevelWarn, msg, err, args)
}

func (b bridge) Errorw(msg string, err error, args ...any) {
	if b.isPion() {
		b.write(slog.LevelWarn, msg, err, args)
		return
	}
	b.write(slog.LevelError, msg, err, args)
}

func (b bridge) isPion() bool { return strings.Contains(b.name, "pion") }

func (b bridge) write(level slog.Level, msg string, err error, args []any) {
	l := target.Load()
	if l == nil || !l.Enabled(context.Background(), level) {
		return
	}
	out := []any{"part", b.name}
	all := slices.Concat(b.args, args)
	for i := 0; i+1 < len(all); i += 2 {
		out = append(out, fmt.Sprint(all[i]), plain(all[i+1]))
	}
	if err != nil {
		out = append(out, "error", redact(err.Error()))
	}
	l.Log(context.Background(), level, redact(msg), out...)
}

func (b bridge) WithValues(args ...any) logger.Logger {
	return bridge{name: b.name, args: slices.Concat(b.args, args)}
}

func (b bridge) WithUnlikelyValues(args ...any) logger.UnlikelyLogger {
	return logger.NewUnlikelyLogger(b, args...)
}

func (b bridge) WithName(name string) logger.Logger {
	return bridge{name: strings.TrimPrefix(b.name+"."+name, "."), args: b.args}
}

func (b bridge) WithComponent(name string) logger.Logger { return b.WithName(name) }
func (b bridge) WithCallDepth(int) logger.Logger         { return b }
func (b bridge) WithItemSampler() logger.Logger          { return b }
func (b bridge) WithoutSampler() logger.Logger           { return b }

func (b bridge) WithDeferredValues() (logger.Logger, logger.DeferredFieldResolver) {
	return b, zaputil.NoOpDeferrer{}
}

// plain keeps what can be printed without harm. Of anything else, such as a
// message with a whole join request in it, only the type is told.
func plain(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case error:
		return redact(v.Error())
	case time.Duration, time.Time:
		return v
	}
	switch rv := reflect.ValueOf(v); rv.Kind() {
	case reflect.String:
		return redact(rv.String())
	case reflect.Bool, reflect.Float32, reflect.Float64,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return v
	}
	return fmt.Sprintf("(%T)", v)
}

// token matches a JSON web token: LiveKit puts those that it refuses into its
// error texts.
var token = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)

func redact(text string) string { return token.ReplaceAllString(text, "(token)") }
