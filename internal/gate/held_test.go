package gate

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestHeld asserts that a body that is held back comes out once.
func TestHeld(t *testing.T) {
	g := New([]byte("abc"), true)
	h := g.Hold()
	assert.Zero(t, h.Reader.Len())
	assert.False(t, g.Passed())
	h.Fill()
	assert.True(t, g.Passed())
	assert.Equal(t, "abc", read(t, &h.Reader))
	h.Fill()
	assert.Zero(t, h.Reader.Len())
	assert.Nil(t, g.Hold())
	_, err := g.Body()
	assert.ErrorIs(t, err, ErrSent)
	_, err = g.Next()
	assert.ErrorIs(t, err, ErrSent)
	assert.False(t, g.Revoke())
	assert.False(t, g.Expire())
}

// TestHeldStays has a body that must not come out any more.
func TestHeldStays(t *testing.T) {
	for name, shut := range map[string]func(*Gate){
		"closed":                 (*Gate).Close,
		"revoked":                func(g *Gate) { g.Revoke() },
		"expired":                func(g *Gate) { g.Expire() },
		"another attempt":        func(g *Gate) { _, _ = g.Next() },
		"a replay by net/http":   func(g *Gate) { _, _ = g.Body() },
		"another one held back":  func(g *Gate) { g.Hold() },
		"behind its fence":       func(g *Gate) { g.Fence(time.Now().Add(-1)) },
		"behind a reader's read": func(g *Gate) { r, _ := g.Next(); _, _ = r.Read(make([]byte, 1)) },
	} {
		t.Run(name, func(t *testing.T) {
			g := New([]byte("abc"), true)
			h := g.Hold()
			shut(g)
			passed := g.Passed()
			h.Fill()
			assert.Zero(t, h.Reader.Len())
			assert.Equal(t, passed, g.Passed())
		})
	}
	g := New([]byte("abc"), true)
	h := g.Hold()
	g.Fence(time.Now().Add(-1))
	h.Fill()
	assert.True(t, g.Late())
	assert.Nil(t, NewStream(strings.NewReader("abc")).Hold(), "a stream may make its reader wait")
}

// TestHeldAfterwards asserts that a reader that is made after a held body that was not
// filled gets all.
func TestHeldAfterwards(t *testing.T) {
	g := New([]byte("abc"), true)
	h := g.Hold()
	r, err := g.Body()
	require.NoError(t, err)
	h.Fill()
	assert.Zero(t, h.Reader.Len())
	assert.Equal(t, "abc", read(t, r))
}

// TestHeldRace lets the fence, the end of the call and the transport meet: either the
// body came out or the gate says that it did not.
func TestHeldRace(t *testing.T) {
	for range 2000 {
		g := New([]byte("abc"), true)
		h := g.Hold()
		var wg sync.WaitGroup
		wg.Go(func() { g.Expire() })
		wg.Go(func() { g.Close() })
		wg.Go(h.Fill)
		wg.Wait()
		require.Equal(t, h.Reader.Len() > 0, g.Passed())
		if g.Late() {
			require.False(t, g.Passed())
		}
	}
}
