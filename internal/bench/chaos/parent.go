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
	// DiedAt are the events at which the client was killed; Kills counts those
	// deaths, too.
	DiedAt []numbers.EventKind
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
		numbers.EventResolving, numbers.EventResolved, numbers.EventSettled, numbers.EventAssigned, numbers.EventPending,
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
	if p.subject.assign != nil {
		j.Assign = p.subject.assign(srv)
	}
	diedAt, err := p.dieAtEvents(ctx, &j, dice, log)
	if err != nil {
		return outcome{}, err
	}
	j.DieAt = "" // from here on by the clock
	kills, err := p.dieAtRandom(ctx, j, dice, log)
	if err != nil {
		return outcome{}, err
	}
	j.Numbers = p.numbers
	if end, err := p.live(ctx, j, 10*time.Minute, log); err != nil || end != finished {
		return outcome{}, errors.Join(err, fmt.Errorf("%s: the last child did not come to an end", p.subject.name))
	}
	out, err := p.compare(ctx, srv, j.Journal)
	out.DiedAt, out.Kills, out.Took = diedAt, kills+len(diedAt), time.Since(began)
	return out, err
}

// dieAtEvents lets a child die at each event, and returns those that came. Each
// has something to do, and an event that does not come at this vendor leaves
// work for the others.
func (p plan) dieAtEvents(ctx context.Context, j *job, dice *rand.Rand, log io.Writer) ([]numbers.EventKind, error) {
	const tries = 3
	var diedAt []numbers.EventKind
	j.Numbers = 0
	for _, kind := range events() {
		j.DieAt, j.DieAfter = kind, 1+dice.IntN(1+min(19, p.numbers/400))
		for range tries {
			j.Numbers = min(j.Numbers+max(p.numbers/24, 1), p.numbers*3/4)
			end, err := p.live(ctx, *j, 3*time.Second, log)
			if err != nil {
				return nil, err
			}
			if end == died {
				diedAt = append(diedAt, kind)
				break
			}
		}
	}
	return diedAt, nil
}

// dieAtRandom kills children at random moments, and returns how many. They are
// spread over the whole run: each life has a little more to do than the one
// before, and about the time that it takes on this machine.
func (p plan) dieAtRandom(ctx context.Context, j job, dice *rand.Rand, log io.Writer) (kills int, err error) {
	const lives = 4 // for each death
	life := 2 * settle
	from := j.Numbers
	for i := 0; kills < p.deaths && i < lives*p.deaths; i++ {
		j.Numbers = from + (p.numbers-from)*max(i+1, lives*kills)/(lives*p.deaths)
		end, err := p.live(ctx, j, time.Duration(1+dice.Int64N(int64(life))), log)
		switch {
		case err != nil:
			return kills, err
		case end == finished:
			life = max(life*3/4, settle/10)
		default:
			life = min(life*5/4, 4*settle)
			kills++
		}
	}
	return kills, nil
}

// end is how a child ended.
type end int

const (
	finished end = iota // with nothing left to do
	died                // at its event
	killed              // when its time was over
)

// live starts a child and waits for its end.
func (p plan) live(ctx context.Context, j job, life time.Duration, log io.Writer) (end, error) {
	encoded, err := json.Marshal(j)
	if err != nil {
		return finished, err
	}
	ctx, cancel := context.WithTimeout(ctx, life)
	defer cancel()
	cmd := p.command(ctx) // ended by SIGKILL when ctx ends
	var problems bytes.Buffer
	cmd.Env = append(os.Environ(), jobVariable+"="+string(encoded))
	cmd.Stdout, cmd.Stderr = log, &problems
	err = cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && !exit.Exited() {
		if ctx.Err() != nil {
			return killed, nil
		}
		return died, nil
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return finished, nil // its time was over before it began, or as it ended
	}
	if err != nil {
		return finished, fmt.Errorf("%s: the child failed: %w: %s", p.subject.name, err, problems.String())
	}
	return finished, nil
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
