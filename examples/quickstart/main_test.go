package main

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func noEnv(string) string { return "" }

// The numbers are of countries where Telnyx sells local ones at once, after
// documents, and with documents alone.
func TestTourOfTheFakes(t *testing.T) {
	for _, number := range []numbers.E164{"+14155550142", "+18005550142", "+493012345678", "+41443643532", "+8613800138000"} {
		t.Run(string(number), func(t *testing.T) { testTour(t, number) })
	}
}

func testTour(t *testing.T, number numbers.E164) {
	vendors, stop, err := fakeVendors(number)
	require.NoError(t, err)
	defer stop()
	var out bytes.Buffer
	require.NoError(t, tour(t.Context(), vendors, options{number: number}, &out))

	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 1+len(vendors))
	for i, v := range vendors {
		line := lines[i+1]
		assert.True(t, strings.HasPrefix(line, v.name), line)
		assert.Regexp(t, `(bought|registered) +1 `, line, "ordered, and listed once")
		books := v.books()
		assert.Equal(t, 1, books.Bought(string(number)), v.name)
		assert.Empty(t, books.Duplicates(), v.name)
		if v.account.Capabilities().Can.Has(numbers.CanRelease) {
			assert.Empty(t, books.Owned(), v.name)
			assert.Contains(t, line, "released")
		} else {
			assert.Contains(t, line, "vendor can't")
		}
	}
}

func TestCommandLine(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), []string{"-number", "+14155550143"}, noEnv, &out))
	assert.Contains(t, out.String(), "VENDOR")
	for _, args := range [][]string{
		{"-number", "4155550143"},
		{"-number", ""},
		{"-buy", "telnyx=4155550143"},
		{"-buy", "telnyx"},
		{"-buy", "=+14155550143"},
		{"-buy", "telnyx", "+14155550143"},
		{"telnyx"},
		{"-buy", "telnyx=+14155550143"}, // no credentials
		{"-unknown"},
	} {
		assert.Error(t, run(t.Context(), args, noEnv, &bytes.Buffer{}), args)
	}
}

func TestRealVendorsAreChosenByTheEnvironment(t *testing.T) {
	env := map[string]string{
		"TNKIT_TELNYX_API_KEY": "KEYx", "TNKIT_VOIPBIN_TOKEN": "t", "TNKIT_OPENTACT_TOKEN": "t",
		"TNKIT_EXCLUSIVE_URL": "https://pbx.example:8887", "TNKIT_EXCLUSIVE_TOKEN": "t",
	}
	vendors, err := realVendors(func(name string) string { return env[name] })
	require.NoError(t, err)
	require.Len(t, vendors, 4)
	for _, v := range vendors {
		assert.True(t, v.real, v.name)
		assert.NotNil(t, v.account, v.name)
	}
	for _, half := range []string{"TNKIT_EXCLUSIVE_URL", "TNKIT_EXCLUSIVE_TOKEN"} {
		_, err = realVendors(func(name string) string {
			if name == half {
				return env[name]
			}
			return ""
		})
		require.ErrorIs(t, err, numbers.ErrInvalid, "%s alone", half)
	}
	vendors, err = realVendors(noEnv)
	require.NoError(t, err)
	assert.Empty(t, vendors)
}
