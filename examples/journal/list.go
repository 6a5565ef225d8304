package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// shown is an entry as JSON.
type shown struct {
	numbers.JournalEntry
	Open        bool           `json:"open"`
	HoldsNow    []numbers.E164 `json:"holds_now,omitempty"`
	Explanation []string       `json:"explanation"`
}

func (p *program) shown(e numbers.JournalEntry) shown {
	return shown{e, e.Open(), held(e, p.now()), explain(e, p.now())}
}

// held returns the numbers that an entry holds at a time.
func held(e numbers.JournalEntry, now time.Time) (list []numbers.E164) {
	for _, n := range slices.Concat(e.Numbers, e.End.Held) {
		if e.Holds(n, now) && !slices.Contains(list, n) {
			list = append(list, n)
		}
	}
	return list
}

// list prints the entries that match, while it reads them.
func (p *program) list(ctx context.Context, b *book, q numbers.JournalQuery) error {
	const page = 200 // the columns fit these rows
	count, row := 0, tabwriter.NewWriter(p.out, 0, 0, 2, ' ', 0)
	encoder := json.NewEncoder(p.out)
	var failed error
	err := b.entries(ctx, q, func(e numbers.JournalEntry) bool {
		if len(p.status) > 0 && !slices.Contains(p.status, e.End.Status) {
			return true
		}
		switch {
		case p.json:
			failed = encoder.Encode(p.shown(e))
		case count%page == 0:
			failed = row.Flush()
			fmt.Fprintln(row, "STARTED\tSTATUS\tACCOUNT\tPURCHASE\tNUMBERS\tHOLDS\tORDER\tID")
			fallthrough
		default:
			fmt.Fprintln(row, strings.Join([]string{
				e.Started.UTC().Format(time.DateTime), statusName(e.End.Status), e.Account, cmp.Or(e.Purchase, e.Reference, "-"),
				short(e.Numbers), short(held(e, p.now())), cmp.Or(e.End.OrderID, "-"), e.ID,
			}, "\t"))
		}
		count++
		return failed == nil && (p.limit <= 0 || count < p.limit)
	})
	if err = cmp.Or(err, failed, row.Flush()); err != nil {
		return err
	}
	if count == 0 {
		return fmt.Errorf("%w: no entry matches", errNothing)
	}
	return nil
}

// short is a list of numbers in a cell.
func short(list []numbers.E164) string {
	switch len(list) {
	case 0:
		return "-"
	case 1:
		return string(list[0])
	}
	return fmt.Sprintf("%s and %d more", list[0], len(list)-1)
}
