package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// print shows the figures of a vendor and of each fault.
func (o outcome) print(w io.Writer, never map[numbers.EventKind]string) error {
	fmt.Fprintf(w, "%s: %d customers, %d numbers, %s\n", o.Vendor, o.Customers, o.Numbers, o.Took.Round(time.Second))
	fmt.Fprintf(w, "  bought twice %d  lost %d  unknown %d  told to two %d  invented %d  missing %d  sent late %d\n",
		o.Twice, o.Lost, o.Unknown, o.Shared, o.Invented, o.Missing, o.Late)
	fmt.Fprintf(w, "  bought %d  orphans %d, reported %d (and %d that had no answer)  pending %d  failed %d\n",
		o.Bought, o.Orphans, o.Reported, o.Doubtful, o.Waiting, o.Failed)
	fmt.Fprintf(w, "  stopped %d times, killed %d times at random, and once at each of: %s\n", o.Stops, o.Kills, join(o.DiedAt))
	for _, kind := range events() {
		if why := never[kind]; why != "" {
			fmt.Fprintf(w, "  %s can't come: %s\n", kind, why)
		}
	}
	fmt.Fprintf(w, "  orders sent %d, faulted %d, of these committed %d; other requests %d, faulted %d; over HTTP/2 %d\n",
		o.Orders, o.OrderFaults, o.OrderCommits, o.Reads, o.ReadFaults, o.HTTP2)
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "fault\tinjected\tstruck\torders\tcommitted\treads\tover HTTP/2\t")
	for _, kind := range slices.Concat(numberstest.TransportFaults(), numberstest.SemanticFaults()) {
		t, ok := o.Faults[kind]
		if !ok {
			continue
		}
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t\n", kind, t.Injected, t.Struck, t.Orders, t.Committed, t.Reads, t.HTTP2)
	}
	return table.Flush()
}

func join(list []numbers.EventKind) string {
	words := make([]string, len(list))
	for i, kind := range list {
		words[i] = string(kind)
	}
	return strings.Join(words, ", ")
}
