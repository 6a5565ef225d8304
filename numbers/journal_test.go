package numbers_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
)

const (
	n1 = numbers.E164("+12025550101")
	n2 = numbers.E164("+12025550102")
	n3 = numbers.E164("+12025550103")
)

var journalStart = time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC)

// entryStatuses are all that an entry can have.
var entryStatuses = []numbers.EntryStatus{
	"", numbers.EntryUnknown, numbers.EntryOrphaned, numbers.EntryRefused, numbers.EntryNotPlaced, numbers.EntryPlaced,
}

func endedEntry(status numbers.EntryStatus, held ...numbers.E164) numbers.JournalEntry {
	return numbers.JournalEntry{
		Attempt: numbers.Attempt{ID: "e", Account: "main", Purchase: "k", Reference: "k~1", Numbers: []numbers.E164{n1, n2}, Started: journalStart},
		End:     numbers.JournalEnd{Status: status, Held: held},
	}
}

func TestEntryOpenAndFree(t *testing.T) {
	open := []numbers.EntryStatus{"", numbers.EntryUnknown, numbers.EntryOrphaned}
	free := []numbers.EntryStatus{numbers.EntryRefused, numbers.EntryNotPlaced}
	for _, status := range entryStatuses {
		assert.Equal(t, slices.Contains(open, status), endedEntry(status).Open(), "%q", status)
		assert.Equal(t, slices.Contains(free, status), endedEntry(status).Free(), "%q", status)
	}
}

func TestEntryHolds(t *testing.T) {
	until := journalStart.Add(time.Hour)
	for _, c := range []struct {
		name   string
		status numbers.EntryStatus
		held   []numbers.E164
		until  time.Time
		at     time.Time
		want   []numbers.E164
	}{
		{"no end", "", nil, time.Time{}, journalStart, []numbers.E164{n1, n2}},
		{"no end, years later", "", []numbers.E164{n1}, until, journalStart.AddDate(9, 0, 0), []numbers.E164{n1, n2}},
		{"possible orphan", numbers.EntryOrphaned, nil, time.Time{}, journalStart, []numbers.E164{n1, n2}},
		{"possible orphan, whatever it says", numbers.EntryOrphaned, []numbers.E164{n1}, until, until, []numbers.E164{n1, n2}},
		{"unknown without Held", numbers.EntryUnknown, nil, time.Time{}, journalStart, nil},
		{"unknown", numbers.EntryUnknown, []numbers.E164{n2}, time.Time{}, journalStart.AddDate(9, 0, 0), []numbers.E164{n2}},
		{"unknown until a time", numbers.EntryUnknown, []numbers.E164{n1, n2}, until, until.Add(-1), []numbers.E164{n1, n2}},
		{"unknown at that time", numbers.EntryUnknown, []numbers.E164{n1, n2}, until, until, nil},
		{"placed without Held", numbers.EntryPlaced, nil, until, journalStart, nil},
		{"pending", numbers.EntryPlaced, []numbers.E164{n1}, time.Time{}, journalStart.AddDate(9, 0, 0), []numbers.E164{n1}},
		{"placed until a time", numbers.EntryPlaced, []numbers.E164{n1}, until, until.Add(-1), []numbers.E164{n1}},
		{"placed at that time", numbers.EntryPlaced, []numbers.E164{n1}, until, until, nil},
		{"placed after it", numbers.EntryPlaced, []numbers.E164{n1}, until, until.Add(1), nil},
		{"placed, before it journalStart", numbers.EntryPlaced, []numbers.E164{n1}, until, journalStart.Add(-time.Hour), []numbers.E164{n1}},
		{"other numbers than it asked for", numbers.EntryPlaced, []numbers.E164{n3}, until, journalStart, []numbers.E164{n3}},
		{"refused", numbers.EntryRefused, []numbers.E164{n1, n2}, time.Time{}, journalStart, nil},
		{"not placed", numbers.EntryNotPlaced, []numbers.E164{n1, n2}, until, journalStart, nil},
	} {
		e := endedEntry(c.status, c.held...)
		e.End.HeldUntil = c.until
		var got []numbers.E164
		for _, n := range []numbers.E164{n1, n2, n3} {
			if e.Holds(n, c.at) {
				got = append(got, n)
			}
		}
		assert.Equal(t, c.want, got, c.name)
	}
}

func TestEntryInTheWay(t *testing.T) {
	until := journalStart.Add(time.Hour)
	placed, unknown := endedEntry(numbers.EntryPlaced, n1), endedEntry(numbers.EntryUnknown)
	placed.End.HeldUntil = until
	fleet, nameless := endedEntry(""), endedEntry("")
	fleet.Scope, nameless.Reference = "fleet", ""
	for _, c := range []struct {
		name string
		e    numbers.JournalEntry
		a    numbers.Attempt
		want bool
	}{
		{"its own, without an end", endedEntry(""), numbers.Attempt{ID: "e", Account: "main", Reference: "k~1", Numbers: []numbers.E164{n1}}, false},
		{"its own, unknown", unknown, numbers.Attempt{ID: "e"}, true},
		{"its own, refused", endedEntry(numbers.EntryRefused), numbers.Attempt{ID: "e"}, true},
		{"its own, placed", placed, numbers.Attempt{ID: "e"}, true},

		{"its reference", endedEntry(""), numbers.Attempt{Account: "main", Reference: "k~1"}, true},
		{"its reference, placed and held no longer", placed, numbers.Attempt{Account: "main", Reference: "k~1", Started: until}, true},
		{"its reference, unknown and held no longer", unknown, numbers.Attempt{Account: "main", Reference: "k~1"}, true},
		{"its reference, possibly orphaned", endedEntry(numbers.EntryOrphaned), numbers.Attempt{Account: "main", Reference: "k~1"}, true},
		{"its reference, refused", endedEntry(numbers.EntryRefused, n1), numbers.Attempt{Account: "main", Reference: "k~1", Numbers: []numbers.E164{n1}}, false},
		{"its reference, not placed", endedEntry(numbers.EntryNotPlaced, n1), numbers.Attempt{Account: "main", Reference: "k~1", Numbers: []numbers.E164{n1}}, false},
		{"its purchase", endedEntry(""), numbers.Attempt{Account: "main", Purchase: "k", Reference: "k"}, false},
		{"no reference", nameless, numbers.Attempt{Account: "main"}, false},
		{"its reference at another account", endedEntry(""), numbers.Attempt{Account: "second", Reference: "k~1", Numbers: []numbers.E164{n1}}, false},
		{"its reference in another scope", endedEntry(""), numbers.Attempt{Account: "main", Scope: "fleet", Reference: "k~1"}, false},
		{"its reference in the scope, at another account", fleet, numbers.Attempt{Account: "second", Scope: "fleet", Reference: "k~1"}, true},
		{"its reference in the scope, which is an account's name", fleet, numbers.Attempt{Account: "fleet", Reference: "k~1"}, true},

		{"its number", endedEntry(""), numbers.Attempt{Account: "main", Reference: "other", Numbers: []numbers.E164{n3, n2}}, true},
		{"its number in another scope", fleet, numbers.Attempt{Account: "main", Reference: "other", Numbers: []numbers.E164{n2}}, true},
		{"its number at another account", fleet, numbers.Attempt{Account: "second", Scope: "fleet", Reference: "other", Numbers: []numbers.E164{n1}}, false},
		{"another number", endedEntry(""), numbers.Attempt{Account: "main", Reference: "other", Numbers: []numbers.E164{n3}}, false},
		{"no number", endedEntry(""), numbers.Attempt{Account: "main", Reference: "other"}, false},
		{"its number, held", placed, numbers.Attempt{Account: "main", Reference: "other", Numbers: []numbers.E164{n1}, Started: until.Add(-1)}, true},
		{"its number, held until it started", placed, numbers.Attempt{Account: "main", Reference: "other", Numbers: []numbers.E164{n1}, Started: until}, false},
		{"its number, not held", placed, numbers.Attempt{Account: "main", Reference: "other", Numbers: []numbers.E164{n2}, Started: journalStart}, false},
	} {
		assert.Equal(t, c.want, c.e.InTheWay(c.a), c.name)
	}
}

func TestEntryAccepts(t *testing.T) {
	accepted := map[numbers.EntryStatus][]numbers.EntryStatus{
		"":                     entryStatuses[1:],
		numbers.EntryUnknown:   entryStatuses[1:],
		numbers.EntryOrphaned:  entryStatuses[2:],
		numbers.EntryRefused:   entryStatuses[3:],
		numbers.EntryNotPlaced: entryStatuses[3:],
		numbers.EntryPlaced:    entryStatuses[5:],
	}
	for _, before := range entryStatuses {
		for _, after := range entryStatuses {
			e, end := endedEntry(before), numbers.JournalEnd{Status: after, OrderID: "Order-1"}
			if before == numbers.EntryPlaced {
				e.End.OrderID = "Order-1"
			}
			assert.Equal(t, slices.Contains(accepted[before], after), e.Accepts(end), "%q after %q", after, before)
			end.OrderID = ""
			assert.Equal(t, after != numbers.EntryPlaced && slices.Contains(accepted[before], after), e.Accepts(end), "%q after %q, without an order", after, before)
		}
	}
	placed := endedEntry(numbers.EntryPlaced, n1)
	placed.End.OrderID = "Order-1"
	assert.True(t, placed.Accepts(numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "ORDER-1"}))
	assert.False(t, placed.Accepts(numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "Order-2"}))

	unknown := endedEntry(numbers.EntryUnknown, n1)
	for _, held := range [][]numbers.E164{nil, {n1}} {
		assert.True(t, unknown.Accepts(numbers.JournalEnd{Status: numbers.EntryUnknown, Held: held}))
	}
	for _, held := range [][]numbers.E164{{n2}, {n1, n2}} {
		assert.False(t, unknown.Accepts(numbers.JournalEnd{Status: numbers.EntryUnknown, Held: held}), "another attempt may hold it now")
		assert.True(t, unknown.Accepts(numbers.JournalEnd{Status: numbers.EntryPlaced, OrderID: "o", Held: held}))
		assert.True(t, endedEntry("").Accepts(numbers.JournalEnd{Status: numbers.EntryUnknown, Held: held}))
	}
}

func TestJournalQueryMatch(t *testing.T) {
	e := endedEntry(numbers.EntryPlaced)
	e.End.OrderID = "Order-1"
	fleet := e
	fleet.Scope = "fleet"
	for _, c := range []struct {
		name string
		q    numbers.JournalQuery
		e    numbers.JournalEntry
		want bool
	}{
		{"nothing is asked", numbers.JournalQuery{}, e, true},
		{"nothing is asked of nothing", numbers.JournalQuery{}, numbers.JournalEntry{}, true},
		{"id", numbers.JournalQuery{IDs: []string{"x", "e"}}, e, true},
		{"another id", numbers.JournalQuery{IDs: []string{"E"}}, e, false},
		{"scope that is the account", numbers.JournalQuery{Scope: "main"}, e, true},
		{"scope", numbers.JournalQuery{Scope: "fleet"}, fleet, true},
		{"another scope", numbers.JournalQuery{Scope: "main"}, fleet, false},
		{"account", numbers.JournalQuery{Account: "main"}, fleet, true},
		{"another account", numbers.JournalQuery{Account: "second"}, e, false},
		{"purchase", numbers.JournalQuery{Purchase: "k"}, e, true},
		{"reference", numbers.JournalQuery{Purchase: "k~1"}, e, false},
		{"a number", numbers.JournalQuery{Numbers: []numbers.E164{n3, n2}}, e, true},
		{"another number", numbers.JournalQuery{Numbers: []numbers.E164{n3}}, e, false},
		{"order", numbers.JournalQuery{OrderIDs: []string{"x", "ORDER-1"}}, e, true},
		{"another order", numbers.JournalQuery{OrderIDs: []string{"Order-2"}}, e, false},
		{"no order", numbers.JournalQuery{OrderIDs: []string{""}}, endedEntry(""), false},
		{"open", numbers.JournalQuery{Open: true}, endedEntry(numbers.EntryOrphaned), true},
		{"not open", numbers.JournalQuery{Open: true}, e, false},
		{"started at", numbers.JournalQuery{StartedFrom: journalStart}, e, true},
		{"started too early", numbers.JournalQuery{StartedFrom: journalStart.Add(1)}, e, false},
		{"started before", numbers.JournalQuery{StartedBefore: journalStart.Add(1)}, e, true},
		{"started too late", numbers.JournalQuery{StartedBefore: journalStart}, e, false},
		{"all", numbers.JournalQuery{
			IDs: []string{"e"}, Scope: "main", Account: "main", Purchase: "k", Numbers: []numbers.E164{n1}, OrderIDs: []string{"order-1"},
			StartedFrom: journalStart, StartedBefore: journalStart.Add(1),
		}, e, true},
		{"all but one", numbers.JournalQuery{IDs: []string{"e"}, Scope: "main", Account: "main", Purchase: "k", Numbers: []numbers.E164{n3}}, e, false},
	} {
		assert.Equal(t, c.want, c.q.Match(c.e), c.name)
	}
}

// goldenEntry is an entry with a value in every field.
func goldenEntry() numbers.JournalEntry {
	return numbers.JournalEntry{
		Attempt: numbers.Attempt{
			ID: "0f6c", Vendor: "telnyx", Account: "main", Scope: "fleet", Purchase: "job-1", Reference: "job-1~1", Numbers: []numbers.E164{n1, n2},
			Started: journalStart, SendBy: journalStart.Add(15 * time.Second), Deadline: journalStart.Add(75 * time.Second), Ended: journalStart.Add(3 * time.Second),
			Status: 503, Before: []string{"order-0"},
		},
		End: numbers.JournalEnd{
			Status: numbers.EntryPlaced, OrderID: "order-1", Held: []numbers.E164{n1}, HeldUntil: journalStart.Add(12 * time.Minute),
			Reason: "resolved", Time: journalStart.Add(4 * time.Second),
		},
	}
}

// TestJournalJSON: what others have stored stays readable.
func TestJournalJSON(t *testing.T) {
	full := goldenEntry()
	least := numbers.Attempt{Vendor: "telnyx", Numbers: []numbers.E164{n1}, Started: journalStart}
	for name, value := range map[string]any{
		"attempt":             full.Attempt,
		"attempt_least":       least,
		"journal_entry":       full,
		"journal_entry_least": numbers.JournalEntry{Attempt: least},
	} {
		golden(t, name, value)
	}
}

// golden compares the JSON of a value with testdata, and reads it back.
func golden(t *testing.T, name string, value any) {
	t.Helper()
	got, err := json.MarshalIndent(value, "", "  ")
	require.NoError(t, err, name)
	want, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got)+"\n", name)
	back := reflect.New(reflect.TypeOf(value))
	require.NoError(t, json.Unmarshal(want, back.Interface()), name)
	assert.Equal(t, value, back.Elem().Interface(), name)
}

// TestGoldenEntryIsFull: a field that is added is in the golden file, too.
func TestGoldenEntryIsFull(t *testing.T) {
	e := goldenEntry()
	for _, v := range []reflect.Value{reflect.ValueOf(e.Attempt), reflect.ValueOf(e.End)} {
		for field, value := range v.Fields() {
			assert.False(t, value.IsZero(), "%s.%s", v.Type(), field.Name)
			name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
			assert.Equal(t, strings.ToLower(name), name)
			assert.NotEmpty(t, name, "%s.%s", v.Type(), field.Name)
		}
	}
}
