package wire_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers/wire"
)

// Each benchmark calls UnmarshalJSON as encoding/json does, beside what the standard library's type costs.

func BenchmarkTimeDecode(b *testing.B) {
	for name, literal := range map[string]string{
		"micro":  `"2018-01-01T00:00:00.123456Z"`,
		"space":  `"2021-03-02 15:04:05.123456"`,
		"zone":   `"2024-09-13T09:12:19.728170+00:00"`,
		"offset": `"2024-09-13T09:12:19.728170+02:00"`,
		"unset":  `"9999-01-01 00:00:00.000000"`,
		"blank":  `""`,
	} {
		b.Run(name, func(b *testing.B) { benchmarkDecode(b, literal, new(wire.Time)) })
	}
	b.Run("time.Time", func(b *testing.B) { benchmarkDecode(b, `"2018-01-01T00:00:00.123456Z"`, new(time.Time)) })
}

func BenchmarkAmountDecode(b *testing.B) {
	b.Run("quoted", func(b *testing.B) { benchmarkDecode(b, `"1.00000"`, new(wire.Amount)) })
	b.Run("bare", func(b *testing.B) { benchmarkDecode(b, `99.87895`, new(wire.Amount)) })
}

func BenchmarkTNDecode(b *testing.B) {
	b.Run("quoted", func(b *testing.B) { benchmarkDecode(b, `"+12029822917"`, new(wire.TN)) })
	b.Run("bare", func(b *testing.B) { benchmarkDecode(b, `12029822917`, new(wire.TN)) })
	b.Run("exponent", func(b *testing.B) { benchmarkDecode(b, `1.2029822917e10`, new(wire.TN)) })
}

func BenchmarkBoolDecode(b *testing.B) { benchmarkDecode(b, `"true"`, new(wire.Bool)) }

func benchmarkDecode(b *testing.B, literal string, into json.Unmarshaler) {
	data := []byte(literal)
	b.ReportAllocs()
	for b.Loop() {
		if err := into.UnmarshalJSON(data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTimeEncode(b *testing.B) {
	t := wire.TimeLiteral("2018-01-01T00:00:00.123456Z")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.MarshalJSON(); err != nil {
			b.Fatal(err)
		}
	}
}
