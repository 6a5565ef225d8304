package vendortest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// Prints shows v in every way in which a value gets into a log, and so each
// error that it wraps.
func Prints(v any) string {
	var out bytes.Buffer
	fmt.Fprintf(&out, "%v %+v %#v %s %q %d\n", v, v, v, v, v, v)
	slog.New(slog.NewTextHandler(&out, nil)).Info("it", "v", v)
	slog.New(slog.NewJSONHandler(&out, nil)).Info("it", "v", v)
	_ = json.NewEncoder(&out).Encode(v)
	switch wraps := v.(type) {
	case interface{ Unwrap() error }:
		if err := wraps.Unwrap(); err != nil {
			out.WriteString(Prints(err))
		}
	case interface{ Unwrap() []error }:
		for _, err := range wraps.Unwrap() {
			out.WriteString(Prints(err))
		}
	}
	return out.String()
}

// Log collects all that a client says by itself. It is safe for concurrent
// use.
type Log struct {
	mu  sync.Mutex
	out bytes.Buffer
}

// Write appends to the log.
func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

// String returns the log up to now.
func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

// Listen makes a client write everything to the log.
func (l *Log) Listen(o *numbers.ClientOptions) {
	o.Logger = slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.OnAttempt = func(_ context.Context, a numbers.AttemptInfo) { fmt.Fprintf(l, "%+v\n", a) }
}

// HidesSecret proves that no error and no log of any operation shows the
// secret, though the answers do wherever they can. Nor does a log show what is
// unlogged: numbers, bodies, queries.
func (v Vendor[C]) HidesSecret(tb testing.TB, secret string, answers []Answer, unlogged ...string) {
	tb.Helper()
	for _, o := range v.Operations {
		for _, a := range answers {
			var log Log
			_, err := o.Call(tb.Context(), v.Client(tb, Serve(tb, a).URL, Once, log.Listen))
			if a.Cut || a.status() >= 300 {
				require.Error(tb, err)
			}
			if err != nil {
				assert.NotContains(tb, Prints(err), secret, o.Name)
			}
			written := log.String()
			assert.NotContains(tb, written, secret, o.Name)
			assert.Contains(tb, written, "op="+o.op())
			for _, text := range unlogged {
				assert.NotContains(tb, written, text, o.Name)
			}
		}
	}
}
