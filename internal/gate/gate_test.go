package gate

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

func TestOnce(t *testing.T) {
	g := New([]byte("abc"), true)
	first, err := g.Next()
	require.NoError(t, err)
	assert.Equal(t, 3, first.(interface{ Len() int }).Len())
	second, err := g.Next()
	require.NoError(t, err, "nothing was read yet")
	assert.False(t, g.Passed())

	_, err = first.Read(make([]byte, 1))
	assert.ErrorIs(t, err, ErrSent, "an attempt that was given up")
	assert.False(t, g.Passed())
	assert.Equal(t, "abc", read(t, second))
	assert.True(t, g.Passed())
	_, err = g.Next()
	assert.ErrorIs(t, err, ErrSent)
	_, err = g.Body()
	assert.ErrorIs(t, err, ErrSent)
}

func TestRepeatable(t *testing.T) {
	g := New([]byte("abc"), false)
	for range 3 {
		r, err := g.Next()
		require.NoError(t, err)
		assert.Equal(t, "abc", read(t, r))
		_, err = g.Body()
		assert.ErrorIs(t, err, ErrSent, "net/http's replay within an attempt")
	}
}

func TestClosed(t *testing.T) {
	for _, once := range []bool{true, false} {
		g := New([]byte("abc"), once)
		r, err := g.Next()
		require.NoError(t, err)
		g.Close()
		n, err := r.Read(make([]byte, 3))
		assert.Zero(t, n)
		assert.ErrorIs(t, err, ErrSent)
		assert.False(t, g.Passed())
		_, err = g.Next()
		assert.ErrorIs(t, err, ErrSent)
	}
}

func TestBare(t *testing.T) {
	assert.True(t, New(nil, true).Bare())
	assert.True(t, New([]byte{}, true).Bare())
	assert.False(t, New([]byte("a"), true).Bare())
	assert.False(t, NewStream(strings.NewReader("")).Bare(), "its length is not known")
	assert.True(t, NewStream(strings.NewReader("abc")).Once(), "a stream can't be read twice")
}

// TestRace has many ask at once; one of them gets the body.
func TestRace(t *testing.T) {
	g := New([]byte("abc"), true)
	var wg sync.WaitGroup
	var got atomic.Int32
	for range 50 {
		wg.Go(func() {
			r, err := g.Body()
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

// TestRevoke asserts that a revoked reader gets nothing, that the next one gets all,
// and that what has left can't be revoked.
func TestRevoke(t *testing.T) {
	g := New([]byte("body"), true)
	first, err := g.Next()
	require.NoError(t, err)
	assert.True(t, g.Revoke())
	n, err := first.Read(make([]byte, 4))
	assert.Zero(t, n)
	require.ErrorIs(t, err, ErrSent)
	assert.False(t, g.Passed())

	second, err := g.Next()
	require.NoError(t, err)
	got, err := io.ReadAll(second)
	require.NoError(t, err)
	assert.Equal(t, "body", string(got))
	assert.False(t, g.Revoke())
	assert.True(t, g.Passed())
	_, err = g.Next()
	require.ErrorIs(t, err, ErrSent)
}
