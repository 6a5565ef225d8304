package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

func readme(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	return string(data)
}

// The README shows what the program really prints.
func TestReadmeShowsTheRealOutput(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, run(t.Context(), nil, noEnv, &out))
	assert.Contains(t, readme(t), "$ go run ./examples/quickstart\n"+out.String())
}

// The README's table is what the Capabilities say.
func TestReadmeShowsTheRealCapabilities(t *testing.T) {
	vendors, stop, err := fakeVendors("+13125550123")
	require.NoError(t, err)
	defer stop()

	var table strings.Builder
	line := func(name string, cell func(numbers.Capabilities) string) {
		fmt.Fprintf(&table, "| %s |", name)
		for _, v := range vendors {
			fmt.Fprintf(&table, " %s |", cell(v.account.Capabilities()))
		}
		table.WriteString("\n")
	}
	yes := func(a numbers.Ability) func(numbers.Capabilities) string {
		return func(c numbers.Capabilities) string {
			if c.Can.Has(a) {
				return "yes"
			}
			return "–"
		}
	}
	line("search", yes(numbers.CanSearch))
	line("quote", yes(numbers.CanQuote))
	line("reserve", yes(numbers.CanReserve))
	line("order, read, list", func(c numbers.Capabilities) string {
		if c.Billing == numbers.Registers {
			return "registers"
		}
		return "buys"
	})
	line("numbers in one order", func(c numbers.Capabilities) string {
		if c.MaxNumbers == 0 {
			return "many"
		}
		return fmt.Sprint(c.MaxNumbers)
	})
	line("cancel", yes(numbers.CanCancel))
	line("list owned numbers", yes(numbers.CanListOwned))
	line("release", yes(numbers.CanRelease))
	line("assign", yes(numbers.CanAssign))
	line("a lost order is found by", func(c numbers.Capabilities) string { return c.FoundBy.String() })
	line("capped purchase", func(c numbers.Capabilities) string {
		switch {
		case c.Billing == numbers.Registers:
			return "costs nothing"
		case c.Prices:
			return "yes"
		}
		return "refused"
	})
	assert.Contains(t, readme(t), table.String())
}
