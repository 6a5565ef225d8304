package gate

import (
	"errors"
	"io"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clocks are a wall clock and a monotonic clock that tests move apart.
type clocks struct {
	start      time.Time
	skew       time.Duration // of the wall clock, at the start
	wall, mono time.Duration // since start
}

func (c *clocks) now() (wall, mono time.Time) {
	return c.start.Add(c.skew + c.wall), c.start.Add(c.mono)
}

// fenced returns the gate of "abc" with a fence 15 s from now. If strip is set,
// the two clocks have nothing in common, as in a process whose wall clock was
// set.
func fenced(c *clocks, strip bool) *Gate {
	c.start = time.Now()
	if strip {
		c.skew = -time.Hour
	}
	g := New([]byte("abc"), true)
	g.clock = c.now
	wall, _ := c.now()
	sendBy := wall.Add(15 * time.Second)
	if strip {
		sendBy = sendBy.Round(0)
	}
	g.Fence(sendBy)
	return g
}

func assertLate(t *testing.T, g *Gate, r io.Reader) {
	t.Helper()
	p := []byte("___")
	n, err := r.Read(p)
	assert.Zero(t, n)
	assert.ErrorIs(t, err, ErrLate)
	assert.NotContains(t, string(p), "a", "the bytes were in reach of the caller")
	assert.False(t, g.Passed(), "nothing was handed out")
	assert.True(t, g.Late())
}

// TestFence steps either clock to both sides of the fence.
func TestFence(t *testing.T) {
	const fence = 15 * time.Second
	for _, test := range []struct {
		name       string
		wall, mono time.Duration
		late       bool
	}{
		{"at once", 0, 0, false},
		{"just before", fence - 1, fence - 1, false},
		{"at the fence", fence, fence, true},
		{"after", fence + 1, fence + 1, true},
		{"the wall clock was set back", -time.Hour, fence - 1, false},
		{"the wall clock was set back, and the time is over", -time.Hour, fence, true},
		{"the wall clock was set forward", time.Hour, time.Second, true},
		{"the machine slept", time.Hour, 0, true},
		{"the wall clock reaches it first", fence, fence - 1, true},
		{"the monotonic clock reaches it first", fence - 1, fence, true},
	} {
		for _, strip := range []bool{false, true} {
			name := test.name
			if strip {
				name += ", SendBy without a monotonic reading"
			}
			t.Run(name, func(t *testing.T) {
				var c clocks
				g := fenced(&c, strip)
				r, err := g.Next()
				require.NoError(t, err)
				c.wall, c.mono = test.wall, test.mono
				if !test.late {
					assert.Equal(t, "abc", read(t, r))
					assert.True(t, g.Passed())
					assert.False(t, g.Late())
					return
				}
				assertLate(t, g, r)
			})
		}
	}
}

// TestFenceStays asserts that a clock that is set back opens nothing again.
func TestFenceStays(t *testing.T) {
	var c clocks
	g := fenced(&c, false)
	r, err := g.Next()
	require.NoError(t, err)
	c.wall = time.Hour
	assertLate(t, g, r)
	c.wall = 0
	assertLate(t, g, r)
	_, err = g.Body()
	assert.ErrorIs(t, err, ErrLate, "net/http's replay")
	_, err = g.Next()
	assert.ErrorIs(t, err, ErrLate, "another attempt")
	g.Pass()
	assert.False(t, g.Passed(), "an answer to what was refused")
	g.Close()
	assertLate(t, g, r)
}

// TestFenceHoldsBackNoRest asserts that what has begun to leave goes on.
func TestFenceHoldsBackNoRest(t *testing.T) {
	for name, gate := range map[string]func() *Gate{
		"data":   func() *Gate { return New([]byte("abc"), true) },
		"stream": func() *Gate { return NewStream(strings.NewReader("abc")) },
	} {
		t.Run(name, func(t *testing.T) {
			c := clocks{start: time.Now()}
			g := gate()
			g.clock = c.now
			g.Fence(c.start.Add(time.Second))
			r, err := g.Next()
			require.NoError(t, err)
			n, err := r.Read(make([]byte, 1))
			require.NoError(t, err)
			require.Equal(t, 1, n)
			c.wall, c.mono = time.Hour, time.Hour
			assert.False(t, g.Expire())
			assert.Equal(t, "bc", read(t, r))
			assert.True(t, g.Passed())
		})
	}
}

// TestFenceOfStream has a stream that makes its reader wait until the time is
// over. That it was read does not mean that it was sent.
func TestFenceOfStream(t *testing.T) {
	c := clocks{start: time.Now()}
	pipe, write := io.Pipe()
	g := NewStream(pipe)
	g.clock = c.now
	g.Fence(c.start.Add(time.Second))
	r, err := g.Next()
	require.NoError(t, err)
	var wg sync.WaitGroup
	wg.Go(func() { _, _ = write.Write([]byte("abc")) })
	c.mono = time.Second
	assertLate(t, g, r)
	pipe.Close()
	wg.Wait()
}

// steps are the results of a stream's reads.
type steps []func(p []byte) (int, error)

func (s *steps) Read(p []byte) (int, error) {
	next := (*s)[0]
	*s = (*s)[1:]
	return next(p)
}

// TestFenceOfEmptyReads asserts that neither a read of nothing nor the end of an
// empty body passes the fence.
func TestFenceOfEmptyReads(t *testing.T) {
	nothing := func([]byte) (int, error) { return 0, nil }
	for name, last := range map[string]func(p []byte) (int, error){
		"bytes":   func(p []byte) (int, error) { return copy(p, "abc"), nil },
		"the end": func([]byte) (int, error) { return 0, io.EOF },
	} {
		t.Run(name, func(t *testing.T) {
			c := clocks{start: time.Now()}
			g := NewStream(&steps{nothing, last})
			g.clock = c.now
			g.Fence(c.start.Add(time.Second))
			r, err := g.Next()
			require.NoError(t, err)
			n, err := r.Read(make([]byte, 3))
			require.NoError(t, err)
			require.Zero(t, n)
			c.wall = time.Minute
			assertLate(t, g, r)
		})
	}
}

// TestStreamClosedWhileItWaits has a stream that brings its bytes after the gate
// was closed: they are not handed out.
func TestStreamClosedWhileItWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		pipe, write := io.Pipe()
		g := NewStream(pipe)
		r, err := g.Next()
		require.NoError(t, err)
		got := make(chan error, 1)
		go func() {
			_, err := r.Read(make([]byte, 3))
			got <- err
		}()
		synctest.Wait()
		assert.True(t, g.Passed(), "nobody knows when it goes on")
		g.Close()
		_, err = write.Write([]byte("abc"))
		require.NoError(t, err)
		assert.ErrorIs(t, <-got, ErrSent)
	})
}

func TestExpire(t *testing.T) {
	g := New([]byte("abc"), true)
	r, err := g.Next()
	require.NoError(t, err)
	assert.True(t, g.Expire())
	assertLate(t, g, r)
	assert.True(t, g.Expire(), "it stays refused")

	g = New([]byte("abc"), true)
	r, err = g.Next()
	require.NoError(t, err)
	assert.Equal(t, "abc", read(t, r))
	assert.False(t, g.Expire())
	assert.True(t, g.Passed())

	g = New([]byte("abc"), true)
	g.Close()
	assert.False(t, g.Expire(), "why nothing was sent is known already")
}

// TestNoFence asserts that a zero SendBy is no fence.
func TestNoFence(t *testing.T) {
	g := New([]byte("abc"), true)
	g.Fence(time.Time{})
	r, err := g.Next()
	require.NoError(t, err)
	assert.Equal(t, "abc", read(t, r))
}

// TestRealClock uses the process's own clocks.
func TestRealClock(t *testing.T) {
	for _, strip := range []func(time.Time) time.Time{
		func(t time.Time) time.Time { return t },
		func(t time.Time) time.Time { return t.Round(0) },
		func(t time.Time) time.Time { return t.UTC().Round(time.Microsecond) }, // as from a database
	} {
		g := New([]byte("abc"), true)
		g.Fence(strip(time.Now().Add(time.Hour)))
		r, err := g.Next()
		require.NoError(t, err)
		assert.Equal(t, "abc", read(t, r))

		g = New([]byte("abc"), true)
		g.Fence(strip(time.Now().Add(-time.Millisecond)))
		r, err = g.Next()
		require.NoError(t, err)
		assertLate(t, g, r)
	}
}

// TestExpireRace lets the fence's timer and the transport meet: either the body
// left or it is late, never both and never neither.
func TestExpireRace(t *testing.T) {
	for range 2000 {
		g := New([]byte("abc"), true)
		r, err := g.Next()
		require.NoError(t, err)
		var wg sync.WaitGroup
		wg.Go(func() { g.Expire() })
		body, err := io.ReadAll(r)
		wg.Wait()
		if err != nil {
			require.True(t, errors.Is(err, ErrLate))
			require.Empty(t, body)
		} else {
			require.Equal(t, "abc", string(body))
		}
		require.Equal(t, err == nil, g.Passed())
		require.Equal(t, err != nil, g.Late())
	}
}
