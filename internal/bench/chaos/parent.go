package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// plan is one run at one vendor.
type plan struct {
	subject subject
	numbers int
	seed    uint64
	// deaths is how often the child is killed at a random moment.
	deaths int
	// command makes the child process.
	command func(ctx context.Context) *exec.Cmd
	dir     string
}

// outcome is what came of a run.
type outcome struct {
	Vendor  string
	Numbers int
	// Bought, Twice and Orphans are by the fake's books; the rest by the
	// client's journal.
	Bought, Twice, Orphans                 int
	Placed, Lost, Unknown, Reported, Kills int
	// Suspected are orphans whose answer a death swallowed: the number was
	// refused ever after, and the client gave it up.
	Suspected int
	// Invented are orders that the client believes in and the books don't
	// have.
	Invented int
	Faults   map[numberstest.FaultKind]tally
	Took     time.Duration
}

// tally counts a fault.
type tally struct{ Struck, Committed int }

// ok reports whether nothing was bought twice, lost, unknown or invented, and
// every orphan reported.
func (o outcome) ok() bool {
	return o.Twice == 0 && o.Lost == 0 && o.Unknown == 0 && o.Invented == 0 &&
		o.Reported+o.Suspected == o.Orphans && o.Placed+o.Orphans == o.Numbers
}

// events are where a child is killed.
func events() []numbers.EventKind {
	return []numbers.EventKind{
		numbers.EventPlanned, numbers.EventSending, numbers.EventSent, numbers.EventUnknown,
		numbers.EventResolving, numbers.EventResolved, numbers.EventPending, numbers.EventSettled,
	}
}

// run performs the plan.
func (p plan) run(ctx context.Context, log io.Writer) (outcome, error) {
	began := time.Now()
	srv, token, err := p.subject.serve()
	if err != nil {
		return outcome{}, err
	}
	defer srv.Close()
	dice := rand.New(rand.NewPCG(p.seed, uint64(len(p.subject.name))))
	srv.Inject(p.faults(dice)...)
	j := job{
		Vendor: p.subject.name, URL: srv.URL(), Token: token, Numbers: p.numbers,
		Journal: filepath.Join(p.dir, "journal-"+fmt.Sprint(p.seed)+"-"+p.subject.name),
	}
	kills := 0
	for _, kind := range events() {
		j.DieAt, j.DieAfter = kind, 1+dice.IntN(20)
		// An event that does not come at this vendor, or not any more, ends in
		// a death by the clock, or with nothing left to do.
		killed, err := p.live(ctx, j, 3*time.Second, log)
		if err != nil {
			return outcome{}, err
		}
		if killed {
			kills++
		}
	}
	j.DieAt = ""
	for range p.deaths {
		life := settle + time.Duration(dice.Int64N(int64(p.lifetime())))
		killed, err := p.live(ctx, j, life, log)
		if err != nil {
			return outcome{}, err
		}
		if killed {
			kills++
		}
	}
	if killed, err := p.live(ctx, j, 10*time.Minute, log); err != nil || killed {
		return outcome{}, errors.Join(err, fmt.Errorf("%s: the last child did not come to an end", p.subject.name))
	}
	out, err := p.compare(ctx, srv, j.Journal)
	out.Kills, out.Took = kills, time.Since(began)
	return out, err
}

// lifetime is the longest random life of a child beyond the settle time that
// it waits for at first. It spreads the deaths over the whole run.
func (p plan) lifetime() time.Duration {
	return max(300*time.Millisecond, time.Duration(p.numbers*6/max(p.deaths, 1))*time.Millisecond)
}

// live starts a child and waits for its end; killed where it did not come by
// itself.
func (p plan) live(ctx context.Context, j job, life time.Duration, log io.Writer) (killed bool, err error) {
	encoded, err := json.Marshal(j)
	if err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeout(ctx, life)
	defer cancel()
	cmd := p.command(ctx) // ended by SIGKILL when ctx ends
	var problems bytes.Buffer
	cmd.Env = append(os.Environ(), jobVariable+"="+string(encoded))
	cmd.Stdout, cmd.Stderr = log, &problems
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && !exit.Exited() {
		return true, nil // by a signal: its own, or ours
	}
	if err != nil {
		return false, fmt.Errorf("%s: the child failed: %w: %s", p.subject.name, err, problems.String())
	}
	return false, nil
}

// faults strike a third of the orders. At least half of them are committed
// all the same.
func (p plan) faults(dice *rand.Rand) []numberstest.Fault {
	committed := []numberstest.Fault{
		{Kind: numberstest.LostReply}, {Kind: numberstest.LateCommit, Delay: lateness},
		{Kind: numberstest.DelayedReply, Delay: 2 * patience}, {Kind: numberstest.HangAfter},
		{Kind: numberstest.StatusAfter, Status: 500, NoBody: true}, {Kind: numberstest.StatusAfter, Status: 502},
		{Kind: numberstest.StatusAfter, Status: 503}, {Kind: numberstest.StatusAfter, Status: 504},
		{Kind: numberstest.HalfBody}, {Kind: numberstest.GarbageBody}, {Kind: numberstest.HTMLBody},
		{Kind: numberstest.EmptyBody}, {Kind: numberstest.WrongType}, {Kind: numberstest.StalledBody},
	}
	not := []numberstest.Fault{
		{Kind: numberstest.DroppedRequest}, {Kind: numberstest.HangBefore}, {Kind: numberstest.RateLimited, RetryAfter: "0.02"},
		{Kind: numberstest.StatusBefore, Status: 500, NoBody: true}, {Kind: numberstest.StatusBefore, Status: 502},
		{Kind: numberstest.StatusBefore, Status: 503},
	}
	if p.subject.orphans() {
		// There a 500 for a number that is listed nowhere means that it may have
		// been bought: it would be reported as an orphan, and rightly.
		not = slices.DeleteFunc(not, func(f numberstest.Fault) bool { return f.Status == 500 })
	}
	var list []numberstest.Fault
	ahead := 0 // how many more of list are committed than are not
	for i := range p.numbers * 4 / 3 {
		if dice.IntN(3) != 0 {
			continue
		}
		from := committed
		switch throw := dice.IntN(5); {
		case throw < 2 && ahead > 0:
			from = not
			ahead -= 2
		case throw == 2 && len(p.subject.own) > 0:
			from = p.subject.own
		}
		ahead++
		f := from[dice.IntN(len(from))]
		f.After = i
		list = append(list, f)
	}
	return list
}

// compare holds the fake's books against the journal.
func (p plan) compare(ctx context.Context, srv server, path string) (outcome, error) {
	out := outcome{Vendor: p.subject.name, Numbers: p.numbers, Faults: make(map[numberstest.FaultKind]tally)}
	j, err := journal.Open(path)
	if err != nil {
		return out, err
	}
	defer j.Close()
	settled, err := settledNumbers(ctx, j, p.subject.orphans())
	if err != nil {
		return out, err
	}
	books := srv.Books()
	owned, orphan := make(map[numbers.E164]int), make(map[numbers.E164]bool)
	for _, b := range books.Owned() {
		n := numbers.E164(b.Number)
		owned[n]++
		if !b.Listed {
			orphan[n] = true
		}
	}
	out.Bought = len(owned)
	for i := range p.numbers {
		n := number(i)
		if owned[n] > 1 {
			out.Twice++
		}
		if orphan[n] {
			out.Orphans++
		}
		switch settled[n] {
		case numbers.EntryPlaced:
			out.Placed++
			if owned[n] == 0 || orphan[n] {
				out.Invented++
			}
		case numbers.EntryOrphaned:
			out.Reported++
		case suspected:
			out.Suspected++
		case numbers.EntryUnknown:
			out.Unknown++
		default:
			if owned[n] > 0 {
				out.Lost++
			}
		}
	}
	for _, r := range srv.Requests() {
		for _, kind := range r.Faults {
			t := out.Faults[kind]
			t.Struck++
			if r.Committed {
				t.Committed++
			}
			out.Faults[kind] = t
		}
	}
	return out, nil
}
