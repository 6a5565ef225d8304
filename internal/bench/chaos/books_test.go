package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const one numbers.E164 = "+13122000000"

// Every way in which the books and what customers were told can differ shows in a figure.
func TestCompareNumber(t *testing.T) {
	var (
		never  []numberstest.Purchase
		once   = []numberstest.Purchase{{Number: string(one), Listed: true}}
		twice  = append(once, once...)
		orphan = []numberstest.Purchase{{Number: string(one)}}
		lost   = []numberstest.Request{{Buys: true, Faults: []numberstest.FaultKind{numberstest.LostReply}, Body: []byte(`{"number":"+13122000000"}`)}}
		list   = []numbers.E164{one}
	)
	for _, tt := range []struct {
		name     string
		books    []numberstest.Purchase
		requests []numberstest.Request
		told     []report
		want     outcome
		ok       bool
	}{
		{"bought", once, nil, []report{{Bought: list}, {Elsewhere: list}}, outcome{Bought: 1}, true},
		{"orphaned", orphan, nil, []report{{Orphaned: list}}, outcome{Orphans: 1, Reported: 1}, true},
		{"pending", never, nil, []report{{Pending: list}}, outcome{Waiting: 1}, true},
		{"failed for all who wanted it", never, nil, []report{{Failed: list}, {Failed: list}}, outcome{Failed: 1}, true},
		{"failed for one, bought by the other", once, nil, []report{{Failed: list}, {Bought: list}}, outcome{Bought: 1}, true},
		{"no answer, and reported", never, lost, []report{{Orphaned: list}}, outcome{Doubtful: 1}, true},
		{"bought twice", twice, nil, []report{{Bought: list}}, outcome{Bought: 1, Twice: 1}, false},
		{"told to two", once, nil, []report{{Bought: list}, {Bought: list}}, outcome{Bought: 1, Shared: 1}, false},
		{"lost", once, nil, nil, outcome{Lost: 1}, false},
		{"lost, and told to be another's", once, nil, []report{{Elsewhere: list}, {Elsewhere: list}}, outcome{Lost: 1}, false},
		{"an orphan that is not reported", orphan, nil, nil, outcome{Orphans: 1, Lost: 1}, false},
		{"an orphan that is told to be bought", orphan, nil, []report{{Bought: list}}, outcome{Orphans: 1, Invented: 1}, false},
		{"open", once, nil, []report{{Open: list}}, outcome{Unknown: 1}, false},
		{"invented", never, nil, []report{{Bought: list}}, outcome{Invented: 1}, false},
		{"reported without a reason", never, nil, []report{{Orphaned: list}}, outcome{Invented: 1}, false},
		{"reported, and listed", once, nil, []report{{Orphaned: list}}, outcome{Invented: 1}, false},
		{"missing", never, nil, nil, outcome{Missing: 1}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := outcome{Numbers: 1}
			for i := range tt.told {
				tt.told[i].Customer = i
			}
			got.compareNumber(readLedger(numberstest.Books{Purchases: tt.books}, tt.requests), one, readClaims(tt.told)[one])
			tt.want.Numbers = 1
			assert.Equal(t, tt.want, got)
			assert.Equal(t, tt.ok, got.ok())
		})
	}
	assert.False(t, outcome{Late: 1}.ok())
}

// Each number of a run is wanted by two customers, except those at both ends.
func TestCustomersCompete(t *testing.T) {
	for _, s := range subjects() {
		wanted := make(map[numbers.E164]int)
		for _, c := range customers(s, 300) {
			for _, n := range c.wants {
				wanted[n]++
			}
		}
		for i := range 300 {
			n := number(i)
			assert.Positive(t, wanted[n])
			if i >= 3 && i < 297 {
				assert.Equal(t, 2, wanted[n], "%s: %s", s.name, n)
			}
		}
	}
}

// A report that a death cut off takes the next one with it, and no other.
func TestTornReport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "reports")
	write := func(tear bool, ids ...int) {
		told, err := openReports(path)
		require.NoError(t, err)
		for _, id := range ids {
			require.NoError(t, told.add(report{Customer: id}))
		}
		require.NoError(t, told.file.Close())
		if tear {
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.NoError(t, os.Truncate(path, info.Size()-3))
		}
	}
	write(true, 1, 2)
	write(false, 3, 4)
	told, err := openReports(path)
	require.NoError(t, err)
	defer told.file.Close()
	assert.Contains(t, told.last, 1)
	assert.Contains(t, told.last, 4)
	assert.Len(t, told.last, 2)
}
