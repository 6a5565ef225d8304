package api

import (
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func read(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(r)
	require.NoError(t, err)
	return string(b)
}

func TestGateOnce(t *testing.T) {
	g := newGate(payload{data: []byte("abc")}, true)
	first, err := g.next()
	require.NoError(t, err)
	assert.Equal(t, 3, first.(interface{ Len() int }).Len())
	second, err := g.next()
	require.NoError(t, err, "nothing was read yet")
	assert.False(t, g.passed())

	_, err = first.Read(make([]byte, 1))
	assert.ErrorIs(t, err, errAlreadySent, "an attempt that was given up")
	assert.False(t, g.passed())
	assert.Equal(t, "abc", read(t, second))
	assert.True(t, g.passed())
	_, err = g.next()
	assert.ErrorIs(t, err, errAlreadySent)
	_, err = g.again()
	assert.ErrorIs(t, err, errAlreadySent)
}

func TestGateRepeatable(t *testing.T) {
	g := newGate(payload{data: []byte("abc")}, false)
	for range 3 {
		r, err := g.next()
		require.NoError(t, err)
		assert.Equal(t, "abc", read(t, r))
		_, err = g.again()
		assert.ErrorIs(t, err, errAlreadySent, "net/http's replay within an attempt")
	}
}

func TestGateClosed(t *testing.T) {
	for _, once := range []bool{true, false} {
		g := newGate(payload{data: []byte("abc")}, once)
		r, err := g.next()
		require.NoError(t, err)
		g.close()
		n, err := r.Read(make([]byte, 3))
		assert.Zero(t, n)
		assert.ErrorIs(t, err, errAlreadySent)
		assert.False(t, g.passed())
		_, err = g.next()
		assert.ErrorIs(t, err, errAlreadySent)
	}
}

func TestGateWhoHasOne(t *testing.T) {
	assert.Nil(t, newGate(payload{}, false))
	assert.True(t, newGate(payload{}, true).bare)
	assert.True(t, newGate(payload{data: []byte{}}, true).bare)
	assert.False(t, newGate(payload{data: []byte("a")}, true).bare)
	stream := newGate(payload{stream: strings.NewReader("abc")}, false)
	assert.True(t, stream.once, "a stream can't be read twice")
}

// TestGateRace has many ask at once; one of them gets the body.
func TestGateRace(t *testing.T) {
	g := newGate(payload{data: []byte("abc")}, true)
	var wg sync.WaitGroup
	var got atomic.Int32
	for range 50 {
		wg.Go(func() {
			r, err := g.body()
			if err != nil {
				return
			}
			if b, _ := io.ReadAll(r); len(b) > 0 {
				got.Add(1)
			}
		})
	}
	wg.Wait()
	assert.EqualValues(t, 1, got.Load())
}
