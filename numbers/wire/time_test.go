package wire_test

import (
	"bytes"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"math"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/wire"
)

var knownTimes = []struct {
	literal string
	want    time.Time
}{
	{"2017-07-21T17:32:28Z", date(2017, 7, 21, 17, 32, 28, 0)},
	{"2018-01-01T00:00:00.000000Z", date(2018, 1, 1, 0, 0, 0, 0)},
	{"2020-10-28T10:47:28.270Z", date(2020, 10, 28, 10, 47, 28, 270e6)},
	{"2026-02-11T16:10:35.85842Z", date(2026, 2, 11, 16, 10, 35, 858420e3)},
	{"2026-02-11T16:10:35.8Z", date(2026, 2, 11, 16, 10, 35, 800e6)},
	{"2026-02-11T16:10:35.123456789Z", date(2026, 2, 11, 16, 10, 35, 123456789)},
	{"2026-02-11T16:10:35.000000001Z", date(2026, 2, 11, 16, 10, 35, 1)},
	{"2026-02-11T16:10:35.000000000Z", date(2026, 2, 11, 16, 10, 35, 0)},
	{"2026-02-11T16:10:35.1234567899Z", date(2026, 2, 11, 16, 10, 35, 123456789)},
	{"2026-02-11T16:10:35.123456789012345678901234567890Z", date(2026, 2, 11, 16, 10, 35, 123456789)},
	{"2026-02-11T16:10:35.12345678901234567890123456789012345Z", date(2026, 2, 11, 16, 10, 35, 123456789)}, // the longest
	{"2024-09-13T09:12:19.728170+00:00", date(2024, 9, 13, 9, 12, 19, 728170e3)},
	{"2024-09-13T09:12:19+00:00", date(2024, 9, 13, 9, 12, 19, 0)},
	{"2024-09-13T09:12:19.728170-00:00", date(2024, 9, 13, 9, 12, 19, 728170e3)},
	{"2024-09-13T09:12:19.728170+02:00", date(2024, 9, 13, 7, 12, 19, 728170e3)},
	{"2024-09-13T09:12:19-05:30", date(2024, 9, 13, 14, 42, 19, 0)},
	{"2021-03-02 15:04:05.657788", date(2021, 3, 2, 15, 4, 5, 657788e3)},
	{"2021-03-02 15:04:05.000000", date(2021, 3, 2, 15, 4, 5, 0)},
	{"2021-03-02 15:04:05", date(2021, 3, 2, 15, 4, 5, 0)},
	{"2021-03-02 15:04:05.123456789", date(2021, 3, 2, 15, 4, 5, 123456789)},
	{"2021-03-02 15:04:05Z", date(2021, 3, 2, 15, 4, 5, 0)},
	{"2021-03-02 15:04:05+01:00", date(2021, 3, 2, 14, 4, 5, 0)},
	{"2021-03-02T15:04:05.123456", date(2021, 3, 2, 15, 4, 5, 123456e3)},
	{"2021-03-02T15:04:05", date(2021, 3, 2, 15, 4, 5, 0)},
	{"2021-03-02T15:04:05,123Z", date(2021, 3, 2, 15, 4, 5, 123e6)}, // ISO 8601 has the comma
	{"0002-01-01T00:00:00Z", date(2, 1, 1, 0, 0, 0, 0)},
	{"9998-12-31T23:59:59.999999Z", date(9998, 12, 31, 23, 59, 59, 999999e3)},
}

func date(year, month, day, hour, minute, sec, nsec int) time.Time {
	return time.Date(year, time.Month(month), day, hour, minute, sec, nsec, time.UTC)
}

func TestTimeKnown(t *testing.T) {
	for _, tt := range knownTimes {
		t.Run(tt.literal, func(t *testing.T) {
			v := assertKept[wire.Time](t, `"`+tt.literal+`"`)
			known, ok := v.Known()
			assert.True(t, ok)
			assert.Equal(t, tt.want, known, "to the nanosecond and in UTC, so that DeepEqual and == hold")
			assert.Equal(t, tt.want, v.Time)
			assert.Equal(t, tt.literal, v.Literal())
			assert.Equal(t, tt.literal, v.String())
			assert.True(t, v == wire.TimeLiteral(tt.literal))
			assert.Equal(t, fmt.Sprintf("wire.TimeLiteral(%q)", tt.literal), fmt.Sprintf("%#v", v))
		})
	}
}

func TestTimeUnknown(t *testing.T) {
	for _, literal := range []string{
		"", " ", "text", "never", "<string>", "9999-01-01 00:00:00.000000", "9999-01-01T00:00:00.000000Z", "9999-12-31T23:59:59Z",
		"9999-12-31T23:00:00-05:00", "0001-01-01T00:00:00Z", "0001-01-01T00:00:00+08:00", "0000-00-00 00:00:00",
		"2018-02-30T00:00:00Z", "2018-13-01T00:00:00Z", "2018-01-01T24:00:00Z", "2016-12-31T23:59:60Z", "2018-01-01T00:00:00.Z",
		"2018-01-01T1:00:00Z", "2018-01-01T00:00Z", "2018-01-01", "2018-01-01t00:00:00z",
		"2018-01-01T00:00:00+0000", "2018-01-01T00:00:00+25:00", "2018-01-01T00:00:00 UTC", "2018-01-01_00:00:00",
		"2018-01-01T00:00:00Zjunk", "2018-01-01  00:00:00", "Mon, 02 Jan 2006 15:04:05 MST", "1514764800",
		"2018-01-01T00:00:00." + strings.Repeat("0", 37) + "Z", // longer than is looked at
		"\x00\"\\é\u2028<&>",
	} {
		t.Run(literal, func(t *testing.T) {
			quoted, err := json.Marshal(literal)
			require.NoError(t, err)
			v := assertKept[wire.Time](t, string(quoted))
			known, ok := v.Known()
			assert.False(t, ok)
			assert.True(t, known.IsZero())
			assert.True(t, v.Time.IsZero())
			assert.False(t, v.IsZero(), "present, though unknown")
			assert.Equal(t, literal, v.Literal())
			assert.True(t, v == wire.TimeLiteral(literal))
		})
	}
}

func TestTimeAbsent(t *testing.T) {
	var v wire.Time
	_, ok := v.Known()
	assert.False(t, ok)
	assert.Empty(t, v.Literal())
	assert.Equal(t, "wire.Time{}", fmt.Sprintf("%#v", v))
	assert.NotEqual(t, v, wire.TimeLiteral(""))
}

func TestTimeRefuses(t *testing.T) {
	for _, literal := range []string{`0`, `1514764800`, `1.5e9`, `true`, `false`, `[]`, `{}`, `["2018-01-01T00:00:00Z"]`} {
		t.Run(literal, func(t *testing.T) { assertRefused[wire.Time](t, literal, "Time") })
	}
}

func TestNewTime(t *testing.T) {
	tests := []struct {
		in   time.Time
		want string
	}{
		{date(2018, 1, 1, 0, 0, 0, 0), "2018-01-01T00:00:00.000000Z"},
		{date(2018, 1, 1, 0, 0, 0, 120e6), "2018-01-01T00:00:00.120000Z"},
		{date(2018, 1, 1, 0, 0, 0, 123456999), "2018-01-01T00:00:00.123456Z"},
		{date(1950, 1, 1, 0, 0, 0, 999999999), "1950-01-01T00:00:00.999999Z"},
		{date(2018, 1, 1, 2, 0, 0, 0).In(time.FixedZone("", -3*3600)), "2018-01-01T02:00:00.000000Z"},
	}
	for _, tt := range tests {
		v := wire.NewTime(tt.in)
		assert.Equal(t, tt.want, v.Literal())
		assert.Equal(t, tt.in.UTC().Truncate(time.Microsecond), v.Time)
		assert.True(t, v == mustDecode[wire.Time](t, `"`+tt.want+`"`), "what is made equals what is read")
		assert.Equal(t, tt.want, wire.Time{Time: tt.in}.Literal())
		assert.Equal(t, `"f":"`+tt.want+`"`, encode(t, wire.Time{Time: tt.in}))
	}
	assert.True(t, wire.NewTime(time.Time{}).IsZero())

	now := wire.NewTime(time.Now())
	assert.True(t, now == mustDecode[wire.Time](t, `"`+now.Literal()+`"`), "no monotonic clock is left")

	_, ok := wire.NewTime(date(9999, 1, 1, 0, 0, 0, 0)).Known()
	assert.False(t, ok)
}

func TestTimeOutOfRange(t *testing.T) {
	for _, year := range []int{-1, 10000, math.MaxInt32} {
		v := wire.NewTime(date(year, 1, 1, 0, 0, 0, 0))
		_, err := json.Marshal(v)
		require.ErrorContains(t, err, "wire.Time: want a year from 0 to 9999, got ")
		_, err = v.MarshalText()
		require.Error(t, err)
		require.Error(t, v.EncodeValues("when", new(url.Values)))
		_, ok := v.Known()
		assert.False(t, ok)
	}
	assert.Equal(t, `"f":"0000-01-01T00:00:00.000000Z"`, encode(t, wire.NewTime(date(0, 1, 1, 0, 0, 0, 0))))
	assert.Equal(t, `"f":"9999-12-31T23:59:59.000000Z"`, encode(t, wire.NewTime(date(9999, 12, 31, 23, 59, 59, 0))))
}

// time.Time brings these along; unless they are hidden, they write the time and forget the literal.
func TestTimeInOtherEncodings(t *testing.T) {
	times := []wire.Time{
		{}, wire.TimeLiteral(""), wire.TimeLiteral("never"), wire.TimeLiteral("9999-01-01 00:00:00.000000"),
		wire.TimeLiteral("2024-09-13T09:12:19.728170+02:00"), wire.TimeLiteral("2021-03-02 15:04:05.657780"),
	}
	var buf bytes.Buffer
	require.NoError(t, gob.NewEncoder(&buf).Encode(times))
	var fromGob []wire.Time
	require.NoError(t, gob.NewDecoder(&buf).Decode(&fromGob))
	assert.Equal(t, times, fromGob)

	for _, v := range times {
		b, err := v.MarshalBinary()
		require.NoError(t, err)
		back := wire.TimeLiteral("before")
		require.NoError(t, back.UnmarshalBinary(b))
		assert.Equal(t, v, back)

		text, err := v.AppendText([]byte("at "))
		require.NoError(t, err)
		assert.Equal(t, "at "+v.Literal(), string(text))
		if !v.IsZero() {
			require.NoError(t, back.UnmarshalText([]byte(v.Literal())))
			assert.Equal(t, v, back)
		}
	}
	assert.Error(t, new(wire.Time).UnmarshalBinary([]byte("2018-01-01T00:00:00Z")))

	x, err := xml.Marshal(times[5])
	require.NoError(t, err)
	assert.Equal(t, `<Time>2021-03-02 15:04:05.657780</Time>`, string(x))

	keys, err := json.Marshal(map[wire.Time]int{times[4]: 1})
	require.NoError(t, err)
	assert.Equal(t, `{"2024-09-13T09:12:19.728170+02:00":1}`, string(keys))
}

func TestTimeDecodeAllocatesNothing(t *testing.T) {
	for _, literal := range []string{
		`"2018-01-01T00:00:00.123456Z"`, `"2017-07-21T17:32:28Z"`, `"2020-10-28T10:47:28.270Z"`, `"2024-09-13T09:12:19.728170+00:00"`,
		`"2021-03-02 15:04:05.657788"`, `"2026-02-11T16:10:35.123456789Z"`, `"9999-01-01 00:00:00.000000"`, `""`, `null`,
	} {
		data := []byte(literal)
		var v wire.Time
		assert.Zero(t, testing.AllocsPerRun(100, func() { _ = v.UnmarshalJSON(data) }), literal)
	}
}
