package wire

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestTheCommonFormIsReadAsAllOthersAre compares the short way with the long one, of
// random times and of literals that are almost such times.
func TestTheCommonFormIsReadAsAllOthersAre(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	common := 0
	for i := range 200_000 {
		at := time.Unix(random.Int64N(253_402_300_800), random.Int64N(1e9)).UTC()
		lit := timeUTC.append(nil, at)
		if digits := random.IntN(11); digits > 0 {
			lit = append(appendFraction(lit[:len(lit)-1], at.Nanosecond(), min(digits, 9)), 'Z')
		}
		for range i % 3 {
			lit[random.IntN(len(lit))] = "0123456789TZ:-. x"[random.IntN(17)]
		}
		got, form, ok := readCommon(lit)
		if !ok {
			continue
		}
		common++
		want, wantForm := readAny(lit)
		require.Equal(t, want, got, "%s", lit)
		require.Equal(t, wantForm, form, "%s", lit)
	}
	require.Greater(t, common, 60_000)
	for _, lit := range []string{
		"2018-02-29T00:00:00Z", "2018-13-01T00:00:00Z", "2018-00-01T00:00:00Z", "2018-01-00T00:00:00Z", "2018-01-01T24:00:00Z", "2018-01-01T00:60:00Z",
		"2018-01-01T00:00:60Z", "9999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "2018-01-01T00:00:00.Z", "2018-01-01T00:00:00.1234567890Z", "2018-01-01T00:00:000Z",
	} {
		_, _, ok := readCommon([]byte(lit))
		require.False(t, ok, lit)
	}
}
