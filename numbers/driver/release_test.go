package driver_test

import (
	"context"
	"errors"
	"io"
	"iter"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// reading is what a vendor answers to one request.
type reading struct {
	row *numbers.Number
	err error
}

// releasing is a vendor that answers by a script; the last answer of each list is
// repeated.
type releasing struct {
	reads   []reading
	lists   [][]reading
	refused error
	unclear func(error) bool
	delay   time.Duration

	sent []string
}

func next[T any](list *[]T) (answer T) {
	if len(*list) > 0 {
		answer = (*list)[0]
	}
	if len(*list) > 1 {
		*list = (*list)[1:]
	}
	return answer
}

func (r *releasing) steps() driver.ReleaseSteps {
	return driver.ReleaseSteps{
		Read: func(context.Context) (*numbers.Number, error) {
			r.sent = append(r.sent, "read")
			answer := next(&r.reads)
			return answer.row, answer.err
		},
		Unclear: r.unclear,
		List: func(context.Context) iter.Seq2[*numbers.Number, error] {
			return func(yield func(*numbers.Number, error) bool) {
				r.sent = append(r.sent, "list")
				for _, answer := range next(&r.lists) {
					if !yield(answer.row, answer.err) {
						return
					}
				}
			}
		},
		Delete: func(context.Context) error {
			r.sent = append(r.sent, "delete")
			return r.refused
		},
		Delay: r.delay,
	}
}

func TestRelease(t *testing.T) {
	number := func(id string, e164 numbers.E164, change func(*numbers.Number)) reading {
		n := &numbers.Number{Vendor: "acme", ID: id, E164: e164, VendorNumber: string(e164), State: numbers.NumberActive}
		if change != nil {
			change(n)
		}
		return reading{row: n}
	}
	released := func(n *numbers.Number) { n.State = numbers.NumberReleased }
	failing := func(kind error, status int) error {
		return &numbers.Error{Op: "Numbers.Get", Vendor: "acme", Kind: kind, Status: status}
	}
	var (
		own     = number("a-1", aNumber, nil)
		marked  = number("a-1", aNumber, released)
		twin    = number("a-2", aNumber, nil)
		oldTwin = number("a-2", aNumber, released)
		other   = number("a-3", anotherOne, nil)
		gone    = reading{err: failing(numbers.ErrNotFound, 404)}
		proxy   = reading{err: failing(numbers.ErrVendor, 404)}
		broken  = reading{err: failing(numbers.ErrUnreachable, 0)}
		isProxy = func(err error) bool {
			e, ok := errors.AsType[*numbers.Error](err)
			return ok && errors.Is(e.Kind, numbers.ErrVendor) && e.Status == 404
		}
	)
	for name, tt := range map[string]struct {
		vendor releasing
		kind   error // nil = released
		sent   []string
	}{
		"given back":                          {releasing{reads: []reading{own, gone}}, nil, []string{"read", "delete", "read"}},
		"marked as released":                  {releasing{reads: []reading{own, marked}}, nil, []string{"read", "delete", "read"}},
		"the answer was lost":                 {releasing{reads: []reading{own, gone}, refused: broken.err}, nil, []string{"read", "delete", "read"}},
		"refused the second time":             {releasing{reads: []reading{own, gone}, refused: failing(numbers.ErrInvalid, 422)}, nil, []string{"read", "delete", "read"}},
		"bought again meanwhile":              {releasing{reads: []reading{own, gone}, lists: [][]reading{{twin}}}, nil, []string{"read", "delete", "read"}},
		"its twin does not matter":            {releasing{reads: []reading{own, gone}, lists: [][]reading{{own, twin}}}, nil, []string{"read", "delete", "read"}},
		"refused":                             {releasing{reads: []reading{own}, refused: failing(numbers.ErrForbidden, 403)}, numbers.ErrForbidden, []string{"read", "delete", "read"}},
		"refused, the reading fails":          {releasing{reads: []reading{own, broken}, refused: failing(numbers.ErrForbidden, 403)}, numbers.ErrForbidden, []string{"read", "delete", "read"}},
		"accepted, the reading fails":         {releasing{reads: []reading{own, broken}}, numbers.ErrUnreachable, []string{"read", "delete", "read"}},
		"accepted, and still there":           {releasing{reads: []reading{own}}, numbers.ErrVendor, []string{"read", "delete", "read"}},
		"nothing to release, and still there": {releasing{reads: []reading{own}, refused: gone.err}, numbers.ErrVendor, []string{"read", "delete", "read"}},
		"nothing to release, no reading":      {releasing{reads: []reading{own, broken}, refused: gone.err}, numbers.ErrUnreachable, []string{"read", "delete", "read"}},
		"locked":                              {releasing{reads: []reading{number("a-1", aNumber, func(n *numbers.Number) { n.Locked = true })}}, numbers.ErrLocked, []string{"read"}},
		"another number":                      {releasing{reads: []reading{number("a-1", anotherOne, nil)}}, numbers.ErrConflict, []string{"read"}},
		"another number, released":            {releasing{reads: []reading{number("a-1", anotherOne, released)}}, numbers.ErrConflict, []string{"read"}},
		"another row":                         {releasing{reads: []reading{twin}}, numbers.ErrVendor, []string{"read"}},
		"neither a row nor an error":          {releasing{reads: []reading{{}}}, numbers.ErrVendor, []string{"read"}},
		"the first reading fails":             {releasing{reads: []reading{broken}}, numbers.ErrUnreachable, []string{"read"}},
		"a proxy's 404":                       {releasing{reads: []reading{proxy}}, numbers.ErrVendor, []string{"read"}},
		"a proxy's 404 afterwards":            {releasing{reads: []reading{own, proxy}}, numbers.ErrVendor, []string{"read", "delete", "read"}},

		"gone before":                      {releasing{reads: []reading{gone}, lists: [][]reading{{other, oldTwin}}}, nil, []string{"read", "list"}},
		"marked before":                    {releasing{reads: []reading{marked}, lists: [][]reading{{marked}}}, nil, []string{"read", "list"}},
		"gone, and owned again":            {releasing{reads: []reading{gone}, lists: [][]reading{{other, twin}}}, numbers.ErrConflict, []string{"read", "list"}},
		"marked, and owned again":          {releasing{reads: []reading{marked}, lists: [][]reading{{twin, marked}}}, numbers.ErrConflict, []string{"read", "list"}},
		"gone, the listing fails":          {releasing{reads: []reading{gone}, lists: [][]reading{{twin, broken}}}, numbers.ErrUnreachable, []string{"read", "list"}},
		"gone, the listing is incomplete":  {releasing{reads: []reading{gone}, lists: [][]reading{{{err: failing(numbers.ErrIncomplete, 0)}}}}, numbers.ErrIncomplete, []string{"read", "list"}},
		"gone by its id, and still listed": {releasing{reads: []reading{gone}, lists: [][]reading{{own}}}, nil, []string{"read", "list", "delete", "read"}},

		"unclear, and not listed":            {releasing{reads: []reading{proxy}, lists: [][]reading{{other}}, unclear: isProxy}, nil, []string{"read", "list"}},
		"unclear, and owned again":           {releasing{reads: []reading{proxy}, lists: [][]reading{{twin}}, unclear: isProxy}, numbers.ErrConflict, []string{"read", "list"}},
		"unclear, and listed":                {releasing{reads: []reading{proxy, gone}, lists: [][]reading{{other, own}}, unclear: isProxy}, nil, []string{"read", "list", "delete", "read"}},
		"unclear, listed as another number":  {releasing{reads: []reading{proxy}, lists: [][]reading{{number("a-1", anotherOne, nil)}}, unclear: isProxy}, numbers.ErrConflict, []string{"read", "list"}},
		"unclear afterwards, and not listed": {releasing{reads: []reading{own, proxy}, lists: [][]reading{{twin}}, unclear: isProxy}, nil, []string{"read", "delete", "read", "list"}},
		"unclear afterwards, and listed":     {releasing{reads: []reading{own, proxy}, lists: [][]reading{{own}}, unclear: isProxy}, numbers.ErrVendor, []string{"read", "delete", "read", "list"}},
		"unclear, the listing fails":         {releasing{reads: []reading{own, proxy}, lists: [][]reading{{broken}}, unclear: isProxy}, numbers.ErrUnreachable, []string{"read", "delete", "read", "list"}},
	} {
		t.Run(name, func(t *testing.T) {
			err := driver.Release(t.Context(), "acme", own.row, tt.vendor.steps())
			assert.Equal(t, tt.sent, tt.vendor.sent)
			if tt.kind == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, tt.kind)
			e := asError(t, err)
			assert.Equal(t, "Release", e.Op)
			assert.Equal(t, []numbers.E164{aNumber}, e.Numbers)
		})
	}
}

func TestReleaseRefusesWhatIsNotANumberOfTheVendor(t *testing.T) {
	for _, n := range []*numbers.Number{nil, {Vendor: "another", ID: "1", E164: aNumber}, {Vendor: "acme", E164: aNumber}, {Vendor: "acme", ID: "1"}} {
		vendor := new(releasing)
		asInvalid(t, driver.Release(t.Context(), "acme", n, vendor.steps()), "Number")
		assert.Empty(t, vendor.sent)
	}
}

// A vendor that shows a number for a while after it was given back.
func TestReleaseWaitsForTheReading(t *testing.T) {
	own := reading{row: &numbers.Number{Vendor: "acme", ID: "a-1", E164: aNumber, State: numbers.NumberActive}}
	gone := reading{err: &numbers.Error{Vendor: "acme", Kind: numbers.ErrNotFound}}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		late := &releasing{reads: []reading{own, own, own, gone}, delay: time.Minute}
		require.NoError(t, driver.Release(t.Context(), "acme", own.row, late.steps()))
		assert.Equal(t, []string{"read", "delete", "read", "read", "read"}, late.sent)

		never := &releasing{reads: []reading{own}, delay: time.Minute}
		require.ErrorIs(t, driver.Release(t.Context(), "acme", own.row, never.steps()), numbers.ErrVendor)
		assert.Less(t, time.Since(began), 2*time.Minute)

		refused := &releasing{reads: []reading{own}, delay: time.Minute, refused: &numbers.Error{Vendor: "acme", Kind: numbers.ErrForbidden}}
		require.ErrorIs(t, driver.Release(t.Context(), "acme", own.row, refused.steps()), numbers.ErrForbidden)
		assert.Equal(t, []string{"read", "delete", "read"}, refused.sent, "a refusal is not waited for")

		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(time.Second, func() { cancel(io.ErrClosedPipe) })
		err := driver.Release(ctx, "acme", own.row, (&releasing{reads: []reading{own}, delay: time.Minute}).steps())
		require.ErrorIs(t, err, numbers.ErrUnreachable)
		require.ErrorIs(t, err, io.ErrClosedPipe)
		require.ErrorIs(t, err, context.Canceled)
	})
}

func TestPoll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var pauses []time.Duration
		last := time.Now()
		err := driver.Poll(t.Context(), "acme", 20*time.Second, func() (bool, error) {
			pauses = append(pauses, time.Since(last))
			last = time.Now()
			return false, nil
		})
		require.ErrorIs(t, err, numbers.ErrVendor)
		assert.Equal(t, "acme", asError(t, err).Vendor)
		assert.Equal(t, []time.Duration{0, 250 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 4 * time.Second, 5 * time.Second, 5 * time.Second}, pauses)
		assert.True(t, slices.IsSorted(pauses))

		for _, limit := range []time.Duration{0, time.Hour} {
			calls := 0
			require.ErrorIs(t, driver.Poll(t.Context(), "acme", limit, func() (bool, error) {
				calls++
				return false, io.ErrUnexpectedEOF
			}), io.ErrUnexpectedEOF)
			assert.Equal(t, 1, calls)
		}
		require.NoError(t, driver.Poll(t.Context(), "acme", 0, func() (bool, error) { return true, nil }))
	})
}
