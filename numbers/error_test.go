package numbers_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

// allKinds are the kinds of errors but ErrOutcomeUnknown.
func allKinds() []error {
	return []error{
		numbers.ErrNotFound, numbers.ErrUnauthorized, numbers.ErrForbidden, numbers.ErrInvalid, numbers.ErrNumberUnavailable,
		numbers.ErrAlreadyOwned, numbers.ErrInsufficientFunds, numbers.ErrRequirements, numbers.ErrConflict, numbers.ErrLocked,
		numbers.ErrRateLimited, numbers.ErrUnreachable, numbers.ErrVendor, numbers.ErrIncomplete, numbers.ErrOverCap,
		numbers.ErrPriceUnknown, numbers.ErrNotPlaced, numbers.ErrPending, errors.ErrUnsupported,
	}
}

func TestErrorText(t *testing.T) {
	for want, e := range map[string]*numbers.Error{
		"<nil>":                       nil,
		"numbers":                     {},
		"numbers: Buy":                {Op: "Buy"},
		"telnyx: Place: not found":    {Op: "Place", Vendor: "telnyx", Kind: numbers.ErrNotFound},
		"telnyx/main: invalid":        {Vendor: "telnyx", Account: "main", Kind: numbers.ErrInvalid},
		"numbers/main: Recover":       {Op: "Recover", Account: "main"},
		"telnyx: Place: invalid: EOF": {Op: "Place", Vendor: "telnyx", Kind: numbers.ErrInvalid, Err: io.EOF},
		"telnyx: Place +12025550000 +12025550001 +12025550002 and 2 more: invalid (field Numbers): too many": {
			Op: "Place", Vendor: "telnyx", Kind: numbers.ErrInvalid, Field: "Numbers", Numbers: several(5), Message: "too many", Err: io.EOF},
		"telnyx: Place: rate limited: slow down (HTTP 429, code 10011, request r-1, retry after 7s)": {
			Op: "Place", Vendor: "telnyx", Kind: numbers.ErrRateLimited, Message: "slow down", Status: 429, Code: "10011", RequestID: "r-1", RetryAfter: 7 * time.Second},
		`telnyx/main: Buy +12025550000: conflict: it was not sent (held by "job 1", retry after 1m0s)`: {
			Op: "Buy", Vendor: "telnyx", Account: "main", Kind: numbers.ErrConflict, Numbers: several(1), Message: "it was not sent", HeldBy: "job 1", RetryAfter: time.Minute},
	} {
		assert.Equal(t, want, e.Error())
	}
}

// TestErrorTextIsOneLine: what a vendor sends can't break a log.
func TestErrorTextIsOneLine(t *testing.T) {
	nasty := "a\nb\r\tc\x00\x1b[31md\u0085e\u2028f\u2029g\u202eh\ufeffi\u00a0j\xffk é 号 🙂"
	e := &numbers.Error{
		Op: nasty, Vendor: nasty, Account: nasty, Kind: errors.New(nasty), Field: nasty, Numbers: []numbers.E164{numbers.E164(nasty)},
		Code: nasty, Message: nasty, RequestID: nasty,
	}
	text := e.Error()
	assert.True(t, utf8.ValidString(text))
	for _, r := range text {
		assert.True(t, unicode.IsPrint(r), "%q in %q", r, text)
	}
	assert.Contains(t, text, "é 号 🙂")

	long := &numbers.Error{Message: strings.Repeat("ä", 10_000), Code: strings.Repeat("x", 10_000), Err: errors.New(strings.Repeat("y", 10_000)), Numbers: several(10_000)}
	assert.Less(t, len(long.Error()), 1500)
	assert.True(t, utf8.ValidString(long.Error()))
	long.Message = ""
	assert.Less(t, len(long.Error()), 1500)
}

func TestErrorKinds(t *testing.T) {
	for _, kind := range allKinds() {
		err := fmt.Errorf("outer: %w", &numbers.Error{Kind: kind, Err: fmt.Errorf("inner: %w", io.EOF)})
		require.ErrorIs(t, err, kind)
		require.ErrorIs(t, err, io.EOF)
		for _, other := range append(allKinds(), numbers.ErrOutcomeUnknown) {
			if !errors.Is(other, kind) {
				require.NotErrorIs(t, err, other)
			}
		}
	}
	require.ErrorIs(t, &numbers.Error{Err: io.EOF}, io.EOF)
	assert.Nil(t, (*numbers.Error)(nil).Unwrap())
	assert.Nil(t, (&numbers.Error{}).Unwrap())
}

// TestUnknownOutcomesHaveNoOtherKind wherever in the chain they are.
func TestUnknownOutcomesHaveNoOtherKind(t *testing.T) {
	vendors := &vendorError{code: 7}
	for _, kind := range allKinds() {
		inner := &numbers.Error{Kind: kind, Err: vendors}
		unknown := &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: vendors}
		for name, err := range map[string]error{
			"a cause with a kind":       &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: inner},
			"a bare cause":              &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: kind},
			"joined":                    &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: errors.Join(io.EOF, inner)},
			"unknown below a kind":      &numbers.Error{Kind: kind, Err: unknown},
			"unknown far below a kind":  &numbers.Error{Kind: kind, Err: fmt.Errorf("x: %w", &numbers.Error{Err: unknown})},
			"unknown below the unknown": &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: unknown},
		} {
			require.ErrorIs(t, err, numbers.ErrOutcomeUnknown, name)
			for _, other := range allKinds() {
				require.NotErrorIs(t, err, other, name)
			}
		}
	}
	own, ok := errors.AsType[*vendorError](&numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: vendors})
	require.True(t, ok, "the vendor's own error is there for errors.As")
	assert.Equal(t, 7, own.code)
	require.ErrorIs(t, &numbers.Error{Kind: numbers.ErrOutcomeUnknown, Err: context.Canceled}, context.Canceled)
}

type vendorError struct{ code int }

func (e *vendorError) Error() string { return fmt.Sprint("code ", e.code) }

func TestKindOfReturnsTheKindOfTheOutermostError(t *testing.T) {
	for _, kind := range append(allKinds(), numbers.ErrOutcomeUnknown) {
		for _, err := range []error{kind, &numbers.Error{Kind: kind}, fmt.Errorf("outer: %w", &numbers.Error{Kind: kind, Err: io.EOF}), errors.Join(io.EOF, kind)} {
			assert.Equal(t, kind, numbers.KindOf(err))
			assert.True(t, numbers.HasKind(err))
		}
	}
	limited := &numbers.Error{Kind: numbers.ErrRateLimited}
	assert.Equal(t, numbers.ErrVendor, numbers.KindOf(&numbers.Error{Kind: numbers.ErrVendor, Err: limited}))
	assert.Equal(t, numbers.ErrOutcomeUnknown, numbers.KindOf(&numbers.Error{Kind: numbers.ErrRateLimited, Err: numbers.ErrOutcomeUnknown}), "an unknown outcome is nothing else")
	assert.Equal(t, numbers.ErrRateLimited, numbers.KindOf(&numbers.Error{Err: limited}))
	for err, kind := range map[error]error{
		io.EOF: numbers.ErrVendor, context.Canceled: numbers.ErrUnreachable, context.DeadlineExceeded: numbers.ErrUnreachable, &numbers.Error{}: numbers.ErrVendor,
	} {
		assert.Equal(t, kind, numbers.KindOf(err))
		assert.False(t, numbers.HasKind(err), "an error of Place without a kind proves nothing")
	}
	assert.NoError(t, numbers.KindOf(nil))
	assert.False(t, numbers.HasKind(nil))
}

func FuzzErrorText(f *testing.F) {
	f.Add("Place", "telnyx", "message", "code", "+12025550100", 429)
	f.Add("\n", "\x00", strings.Repeat("ä", 600), "\u202e", "+1\r2", -1)
	f.Fuzz(func(t *testing.T, op, vendor, message, code, number string, status int) {
		e := &numbers.Error{Op: op, Vendor: vendor, Message: message, Code: code, Numbers: []numbers.E164{numbers.E164(number)}, Status: status}
		text := e.Error()
		if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) || len(text) > 5*510 {
			t.Errorf("%q", text)
		}
	})
}
