package numbers_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func TestParseE164(t *testing.T) {
	for _, s := range []string{"+12025550123", "+1234567", "+123456789012345", "+441632960961", "+8991234567890"} {
		n, err := numbers.ParseE164(s)
		require.NoError(t, err)
		assert.Equal(t, s, n.String())
		assert.Equal(t, s[1:], n.Digits())
		assert.True(t, n.Valid())
	}
	for s, says := range map[string]string{
		"": "empty", "+": "fewer than 7", "12025550123": `"+"`, "+123456": "fewer than 7", "+1234567890123456": "more than 15",
		"+02025550123": "begins with 0", "+1 202 555 0123": "not a digit", "+1202555CALL": "not a digit", "+1202555012٣": "not a digit",
		"+１2025550123": "not a digit", "＋12025550123": `"+"`, "+12025550123 ": "not a digit", " +12025550123": `"+"`, "++2025550123": "not a digit",
		"0012025550123": `"+"`, "tel:+12025550123": `"+"`, "+12025550123\n": "not a digit", "+12025550123;ext=5": "not a digit",
	} {
		n, err := numbers.ParseE164(s)
		assert.Empty(t, n)
		assert.False(t, numbers.E164(s).Valid())
		requireRefused(t, err, numbers.ErrInvalid, "Number")
		assert.ErrorContains(t, err, says, "%q", s)
	}
	_, err := numbers.ParseE164("+" + strings.Repeat("1", 1<<20))
	assert.Less(t, len(err.Error()), 200, "it does not repeat what it was given")
}

func TestParseE164Loose(t *testing.T) {
	for _, s := range []string{
		"+12025550123", "+1 202 555 0123", "+1 (202) 555-0123", "+1.202.555.0123", "+1/202/555/0123", "+1\u00a0202\u2011555\u20130123",
		"+1\u202f202\u2010555\u20120123", "\t+1-202-555-0123 ", "(+1) 202 555 0123",
	} {
		n, err := numbers.ParseE164Loose(s)
		require.NoError(t, err, "%q", s)
		assert.Equal(t, numbers.E164("+12025550123"), n)
	}
	n, err := numbers.ParseE164Loose("+39 (06) 698 12345")
	require.NoError(t, err, "in Italy the zero is a part of the number")
	assert.Equal(t, numbers.E164("+390669812345"), n)
	for _, s := range []string{"", " ", "202-555-0123", "1 202 555 0123", "001 202 555 0123", "+1 202 555 0123 x5", "+1 202 555 CALL", "+44 (0)161 ABC", "+1_202_555_0123",
		"+44 (0)20 7946 0958", "+44(0)2079460958", "+49 ( 0 ) 30 123456", "+44 (\u00a00) 20 7946 0958"} {
		n, err := numbers.ParseE164Loose(s)
		assert.Empty(t, n)
		requireRefused(t, err, numbers.ErrInvalid, "Number")
	}
}

func FuzzParseE164(f *testing.F) {
	for _, s := range []string{"", "+", "+12025550123", "+1 (202) 555-0123", "12025550123", "+0123456789", "+1234567890123456", "+１２３４５６７", "+12\u00a03456789"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := numbers.ParseE164(s)
		loose, looseErr := numbers.ParseE164Loose(s)
		if (err == nil) != numbers.E164(s).Valid() {
			t.Fatalf("%q: Valid and ParseE164 disagree", s)
		}
		if err == nil && (string(n) != s || loose != n || looseErr != nil) {
			t.Fatalf("%q: strictly %q, loosely %q, %v", s, n, loose, looseErr)
		}
		if err != nil && n != "" || looseErr != nil && loose != "" {
			t.Fatalf("%q: %q and %q beside an error", s, n, loose)
		}
		if looseErr != nil {
			return
		}
		again, err := numbers.ParseE164(loose.String())
		if err != nil || again != loose || "+"+loose.Digits() != string(loose) {
			t.Fatalf("%q: %q does not parse again: %v", s, loose, err)
		}
		// Every digit is one that was there, in its place.
		digits := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r
			}
			return -1
		}, s)
		if digits != loose.Digits() {
			t.Fatalf("%q has the digits %q, and %q is made of it", s, digits, loose)
		}
	})
}
