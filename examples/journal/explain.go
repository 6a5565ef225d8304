package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// explain prints one entry.
func (p *program) explain(ctx context.Context, b *book, id string) error {
	e, err := b.entry(ctx, id)
	if err != nil {
		return err
	}
	if p.json {
		return json.NewEncoder(p.out).Encode(p.shown(e))
	}
	p.print(e)
	return nil
}

// print prints all that an entry has, and what it means.
func (p *program) print(e numbers.JournalEntry) {
	lines := [][2]string{
		{"entry", e.ID}, {"status", statusName(e.End.Status)}, {"vendor", e.Vendor}, {"account", e.Account}, {"scope", e.Scope},
		{"purchase", e.Purchase}, {"reference", e.Reference}, {"numbers", join(e.Numbers)}, {"holds now", join(held(e, p.now()))},
		{"order", e.End.OrderID}, {"started", when(e.Started)}, {"sent until", when(e.SendBy)}, {"answer until", when(e.Deadline)},
		{"ended", when(e.Ended)}, {"recorded", when(e.End.Time)}, {"reason", e.End.Reason},
	}
	for _, line := range lines {
		if line[1] != "" {
			fmt.Fprintf(p.out, "%-13s %s\n", line[0], line[1])
		}
	}
	fmt.Fprintln(p.out)
	for _, sentence := range explain(e, p.now()) {
		fmt.Fprintln(p.out, sentence)
	}
}

func join(list []numbers.E164) string {
	texts := make([]string, len(list))
	for i, n := range list {
		texts[i] = string(n)
	}
	return strings.Join(texts, " ")
}

func when(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateTime)
}

// explain returns what an entry means at a time, in sentences.
func explain(e numbers.JournalEntry, now time.Time) (list []string) {
	say := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	holds := join(held(e, now))
	switch e.End.Status {
	case "":
		explainRunning(e, now, say)
	case numbers.EntryUnknown:
		answer := "no answer came"
		if e.Status != 0 {
			answer = fmt.Sprintf("the vendor answered with HTTP status %d", e.Status)
		}
		say("The outcome is unknown: %s, which proves nothing.", answer)
		say("Account.Recover, or Buy with the same reference, reads the vendor's orders and resolves it.")
		if holds == "" {
			say("It holds no number: ordering its numbers again is safe at this vendor, and settles the question.")
		}
	case numbers.EntryOrphaned:
		say("The vendor may have sold the numbers, and does not list them.")
		say("It holds its numbers until a later reading shows the order, or until a person dismisses it.")
		say("Ask the vendor before you dismiss it: a number that was sold is billed.")
	case numbers.EntryPlaced:
		say("The vendor has the order %s.", e.End.OrderID)
		switch {
		case holds == "":
			say("It holds no number any more: the vendor's lists show what it bought.")
		case e.End.HeldUntil.IsZero():
			say("It holds %s until a reading shows that the order has settled.", holds)
		default:
			say("It holds %s until %s: until then the vendor's lists may miss what was bought.", holds, when(e.End.HeldUntil))
		}
	case numbers.EntryRefused:
		say("The order was definitely not placed. It holds nothing, and its reference is free.")
	case numbers.EntryNotPlaced:
		say("Readings showed, or a person declared, that the order was not placed. It holds nothing, and its reference is free.")
	default:
		say("The status %q is not known to this program.", e.End.Status)
	}
	if !e.Free() && e.Reference != "" {
		say("No other attempt in %q can use the reference %q.", e.ReferenceScope(), e.Reference)
	}
	return list
}

func explainRunning(e numbers.JournalEntry, now time.Time, say func(format string, args ...any)) {
	over := cmp.Or(e.Deadline, e.Started).Add(numbers.ClockSlack)
	switch {
	case !e.Ended.IsZero():
		say("Its process has ended without recording an outcome. The order may have been sent.")
	case now.Before(e.Deadline):
		say("It may be running: the order may be sent until %s, and answered until %s.", when(e.SendBy), when(e.Deadline))
	case now.Before(over):
		say("It should be over. Until %s its process may still run, if its clock is slow.", when(over))
	default:
		say("It is over, and no outcome was recorded: its process ended, or could not write. The order may have been sent.")
	}
	say("It holds all its numbers. Account.Recover, or Buy with the same reference, resolves it.")
}

// holder prints who holds a number, or that nobody does.
func (p *program) holder(ctx context.Context, b *book, n numbers.E164) error {
	var all, holders []numbers.JournalEntry
	err := b.entries(ctx, numbers.JournalQuery{Numbers: []numbers.E164{n}, Account: p.query.Account}, func(e numbers.JournalEntry) bool {
		all = append(all, e)
		if e.Holds(n, p.now()) {
			holders = append(holders, e)
		}
		return true
	})
	switch {
	case err != nil:
		return err
	case p.json:
		for _, e := range holders {
			if err := json.NewEncoder(p.out).Encode(p.shown(e)); err != nil {
				return err
			}
		}
	case len(holders) > 0:
		for _, e := range holders {
			fmt.Fprintf(p.out, "%s at account %q is held by purchase %q.\n\n", n, e.Account, cmp.Or(e.Purchase, e.Reference))
			p.print(e)
		}
	case len(all) > 0:
		last := all[len(all)-1]
		fmt.Fprintf(p.out, "%s is held by nobody. Its last entry is %s, %s, of purchase %q.\n", n, last.ID, statusName(last.End.Status), cmp.Or(last.Purchase, last.Reference))
	}
	if len(holders) == 0 {
		return fmt.Errorf("%w: nobody holds %s", errNothing, n)
	}
	return nil
}
