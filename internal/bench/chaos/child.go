package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
)

// job is what the parent tells a child, by its environment.
type job struct {
	Vendor  string `json:"vendor"`
	URL     string `json:"url"`
	Token   string `json:"token"`
	Journal string `json:"journal"`
	Numbers int    `json:"numbers"`
	// Assign is what the numbers are connected to after they were bought.
	Assign *numbers.Assignment `json:"assign,omitempty"`
	// DieAt kills the child at the DieAfter-th event of this kind.
	DieAt    numbers.EventKind `json:"die_at"`
	DieAfter int               `json:"die_after"`
}

// jobVariable is the environment variable with the job.
const jobVariable = "TNKIT_CHAOS_JOB"

// number is the i-th number to buy.
func number(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1312%07d", 2000000+i)) }

// child buys until every number is accounted for, however often it is killed
// and started again.
func child(ctx context.Context, encoded string, out io.Writer) error {
	var j job
	if err := json.Unmarshal([]byte(encoded), &j); err != nil {
		return err
	}
	s, err := find(j.Vendor)
	if err != nil {
		return err
	}
	o, err := s.client(j.URL, j.Token, clientOptions())
	if err != nil {
		return err
	}
	book, err := journal.Open(j.Journal)
	if err != nil {
		return err
	}
	defer book.Close()
	return (&buyer{job: j, subject: s, orderer: o, journal: book, out: bufio.NewWriter(out)}).run(ctx)
}

type buyer struct {
	job
	subject subject
	orderer numbers.Orderer
	journal *journal.Journal
	out     *bufio.Writer
	seen    int
}

func (b *buyer) run(ctx context.Context) error {
	account := numbers.Account{Name: "main", Orderer: b.orderer}
	for {
		// What a crash or a failed reading left open comes first.
		if _, err := numbers.Recover(ctx, b.journal, account); err != nil {
			if ctx.Err() != nil {
				return err
			}
			b.say("recovering failed: %v", err)
			continue
		}
		missing, err := b.missing(ctx)
		if err != nil {
			return err
		}
		if len(missing) == 0 {
			b.say("done")
			return b.out.Flush()
		}
		// Several rounds before the next look at the journal: it is long.
		for len(missing) > 0 && ctx.Err() == nil {
			n := min(perBuy, len(missing))
			if err := b.buy(ctx, missing[:n]); err != nil {
				b.say("%v", err)
			}
			missing = missing[n:]
		}
	}
}

// perBuy is how many numbers one Buy asks for.
const perBuy = 200

// buy buys some numbers.
func (b *buyer) buy(ctx context.Context, list []numbers.E164) error {
	o := numbers.Journaled(b.orderer, "main", b.journal)
	if b.orderer.Capabilities().MaxNumbers != 1 {
		o = limited{Orderer: o, most: b.subject.most}
	}
	_, err := numbers.Buy(ctx, o, numbers.OrderRequest{Numbers: list, Assign: b.Assign}, &numbers.BuyOptions{
		Concurrency: 8,
		OnEvent:     b.event,
		Wait:        numbers.WaitOptions{MinInterval: 5 * time.Millisecond, MaxInterval: 50 * time.Millisecond},
	})
	if pe, ok := errors.AsType[*numbers.PurchaseError](err); ok {
		return fmt.Errorf("%d of %d: %w", len(pe.Errs), len(list), pe.Errs[0])
	}
	return err
}

// limited lets orders have fewer numbers than the vendor would take.
type limited struct {
	numbers.Orderer
	most int
}

func (l limited) Unwrap() numbers.Orderer { return l.Orderer }

func (l limited) Capabilities() numbers.Capabilities {
	c := l.Orderer.Capabilities()
	c.MaxNumbers = l.most
	return c
}

// missing are the numbers that are neither bought nor possibly bought, by the
// journal.
func (b *buyer) missing(ctx context.Context) ([]numbers.E164, error) {
	settled, err := settledNumbers(ctx, b.journal, b.subject.orphans())
	if err != nil {
		return nil, err
	}
	var list []numbers.E164
	for i := range b.Numbers {
		if n := number(i); settled[n] == "" {
			list = append(list, n)
		}
	}
	return list, nil
}

// suspected is the status of a number that is given up as an orphan: an
// attempt for it ended without an answer, and every one since was refused.
const suspected numbers.EntryStatus = "suspected"

// settledNumbers maps each number to the status of the entry that forbids to
// buy it again.
func settledNumbers(ctx context.Context, j numbers.Journal, orphans bool) (map[numbers.E164]numbers.EntryStatus, error) {
	const enough = 3 // refusals in a row
	settled := make(map[numbers.E164]numbers.EntryStatus)
	silent, refused := make(map[numbers.E164]bool), make(map[numbers.E164]int)
	for e, err := range j.Entries(ctx) {
		if err != nil {
			return nil, err
		}
		for _, n := range e.Attempt.Numbers {
			switch {
			case e.Open():
				settled[n] = numbers.EntryUnknown
			case e.End.Status == numbers.EntryRefused: // a rate limit
			case e.End.Status == numbers.EntryNotPlaced:
				if e.Attempt.Status == 0 {
					silent[n], refused[n] = true, 0
				} else if refused[n]++; orphans && silent[n] && e.Attempt.Status == 400 && refused[n] >= enough {
					settled[n] = suspected
				}
			default:
				settled[n] = e.End.Status
			}
		}
	}
	return settled, nil
}

// event dies where the parent asked for it, as a machine does: at once.
func (b *buyer) event(e numbers.Event) {
	if e.Kind != b.DieAt {
		return
	}
	if b.seen++; b.seen >= b.DieAfter {
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	}
}

func (b *buyer) say(format string, args ...any) {
	fmt.Fprintf(b.out, format+"\n", args...)
	b.out.Flush()
}

func find(name string) (subject, error) {
	for _, s := range subjects() {
		if s.name == name {
			return s, nil
		}
	}
	return subject{}, fmt.Errorf("no vendor %q", name)
}
