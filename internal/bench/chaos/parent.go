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
	"syscall"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// plan is one run at one vendor.
type plan struct {
	subject subject
	numbers int
	seed    uint64
	// deaths is how often the child is killed at a random moment.
	deaths int
	// stops is how often it is stopped for longer than the fence, and goes on.
	stops int
	// command makes the child process.
	command func(ctx context.Context) *exec.Cmd
	dir     string
}

// run is a plan under way.
type run struct {
	plan
	srv    server
	dice   *rand.Rand
	job    job
	assign *numbers.Assignment
	log    io.Writer
	reads  deck
	frames deck
	count  uint64 // of lives
	// injected are all faults so far.
	injected []numberstest.Fault
	// diedAt are the events at which a child was killed, kills are the deaths at
	// random moments.
	diedAt []numbers.EventKind
	kills  int
	// stopped counts the stops.
	stopped int
}

// run performs the plan.
func (p plan) run(ctx context.Context, log io.Writer) (outcome, error) {
	began := time.Now()
	srv, token, err := p.subject.serve()
	if err != nil {
		return outcome{}, err
	}
	defer srv.Close()
	file := func(name string) string {
		return filepath.Join(p.dir, fmt.Sprint(name, "-", p.seed, "-", p.subject.name))
	}
	r := &run{
		plan: p, srv: srv, log: log, reads: deck{all: damagedReads()},
		frames: deck{all: slices.Concat(frames(false), frames(true))},
		dice:   rand.New(rand.NewPCG(p.seed, uint64(len(p.subject.name)))),
		job:    job{Vendor: p.subject.name, URL: srv.URL(), Token: token, Journal: file("journal"), Reports: file("reports"), Numbers: p.numbers, Seed: p.seed},
	}
	if p.subject.assign != nil {
		r.assign = p.subject.assign(srv)
	}
	r.inject(p.orderFaults(r.dice)...)
	r.inject(p.oddFaults(r.dice)...)
	lived := r.lives(ctx)
	out, err := r.compare(ctx) // also where something went wrong: it may show what
	out.DiedAt, out.Kills, out.Stops, out.Took = r.diedAt, r.kills, r.stopped, time.Since(began)
	return out, errors.Join(lived, err)
}

// lives lets children live and die, and the last one finish.
func (r *run) lives(ctx context.Context) error {
	if err := r.dieAtEvents(ctx); err != nil {
		return err
	}
	if err := r.dieAtRandom(ctx); err != nil {
		return err
	}
	r.job.Active = r.numbers
	end, err := r.live(ctx, 10*time.Minute)
	if err == nil && end != finished {
		err = fmt.Errorf("%s: the last child did not come to an end", r.subject.name)
	}
	return err
}

func (r *run) inject(list ...numberstest.Fault) {
	r.srv.Inject(list...)
	r.injected = append(r.injected, list...)
}

// events are where a child is killed.
func events() []numbers.EventKind {
	return []numbers.EventKind{
		numbers.EventPlanned, numbers.EventSending, numbers.EventSent, numbers.EventUnknown, numbers.EventResolving,
		numbers.EventResolved, numbers.EventPending, numbers.EventSettled, numbers.EventAssigned,
	}
}

// dieAtEvents lets a child die at each event that can come. Each life has
// something new to order, and meets what leads to its event.
func (r *run) dieAtEvents(ctx context.Context) error {
	const tries = 10
	for _, kind := range events() {
		if r.subject.never[kind] != "" {
			continue
		}
		r.job.DieAt, r.job.DieAfter = kind, 1+r.dice.IntN(1+min(19, r.numbers/400))
		for try := 0; ; try++ {
			if try == tries {
				return fmt.Errorf("%s: the event %q did not come in %d lives", r.subject.name, kind, tries)
			}
			r.leadTo(kind)
			r.job.Active = min(r.job.Active+max(r.numbers/24, 1), r.numbers*3/4)
			end, err := r.live(ctx, 20*time.Second)
			if err != nil {
				return err
			}
			if end == died {
				r.diedAt = append(r.diedAt, kind)
				break
			}
		}
	}
	r.job.DieAt = "" // from here on by the clock
	return nil
}

// leadTo makes an event come in the next life.
func (r *run) leadTo(kind numbers.EventKind) {
	switch kind {
	case numbers.EventUnknown, numbers.EventResolving, numbers.EventResolved:
		for range r.job.DieAfter {
			r.inject(numberstest.Fault{Kind: numberstest.LostReply})
		}
	case numbers.EventPending:
		r.inject(numberstest.Fault{Kind: numberstest.StuckPending, Numbers: []string{string(number(min(r.job.Active+r.numbers/48, r.numbers-1)))}})
	default:
	}
}

// dieAtRandom kills children at random moments. They are spread over the whole
// run: each life has a little more to do than the one before, and about the
// time that it takes on this machine.
func (r *run) dieAtRandom(ctx context.Context) error {
	const lives = 4 // for each death
	life := 2 * settle
	from := r.job.Active
	for i := 0; r.kills < r.deaths; i++ {
		if i == 2*lives*r.deaths {
			return fmt.Errorf("%s: in %d lives only %d deaths: the children are too fast", r.subject.name, i, r.kills)
		}
		r.job.Active = min(from+(r.numbers-from)*max(i+1, lives*r.kills)/(lives*r.deaths), r.numbers)
		end, err := r.live(ctx, time.Duration(1+r.dice.Int64N(int64(life))))
		switch {
		case err != nil:
			return err
		case end == finished:
			life = max(life*3/4, settle/10)
		default:
			life = min(life*5/4, 4*settle)
			r.kills++
		}
	}
	return nil
}

// end is how a child ended.
type end int

const (
	finished end = iota // with nothing left to do
	died                // at its event
	killed              // when its time was over
)

// live starts a child and waits for its end. Every other child speaks HTTP/2,
// some assign what they buy, and all meet faults when they read.
func (r *run) live(ctx context.Context, life time.Duration) (end, error) {
	r.inject(r.readFaults(6, 40+r.job.Active/50)...)
	j := r.job
	r.count++
	if j.HTTP2 = (r.count+r.seed)%2 == 0; j.HTTP2 {
		onOrder, onRead := r.frames.deal(r.dice), r.frames.deal(r.dice)
		onRead.On = r.subject.reads[r.dice.IntN(len(r.subject.reads))]
		r.inject(onOrder, onRead)
	}
	if r.dice.IntN(4) == 0 || j.DieAt == numbers.EventAssigned {
		j.Assign = r.assign
	}
	encoded, err := json.Marshal(j)
	if err != nil {
		return finished, err
	}
	if r.stopped < r.stops && r.job.DieAt == "" {
		life += stopFor
	}
	ctx, cancel := context.WithTimeout(ctx, life)
	defer cancel()
	cmd := r.command(ctx) // ended by SIGKILL when ctx ends
	var problems bytes.Buffer
	cmd.Env = append(os.Environ(), jobVariable+"="+string(encoded))
	cmd.Stdout, cmd.Stderr = r.log, &problems
	if err = cmd.Start(); err == nil {
		if r.stopped < r.stops && r.job.DieAt == "" {
			r.stop(ctx, cmd)
		}
		err = cmd.Wait()
	}
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
		return finished, fmt.Errorf("%s: the child failed: %w: %s", r.subject.name, err, problems.String())
	}
	return finished, nil
}

// stop stops the child at a random moment for longer than its orders may be sent, and lets
// it go on: what it had claimed and not sent by then must never be sent.
func (r *run) stop(ctx context.Context, cmd *exec.Cmd) {
	select {
	case <-time.After(time.Duration(r.dice.Int64N(int64(settle)))):
	case <-ctx.Done():
		return
	}
	if cmd.Process.Signal(syscall.SIGSTOP) != nil {
		return // it has ended
	}
	select {
	case <-time.After(stopFor):
		r.stopped++
	case <-ctx.Done():
	}
	_ = cmd.Process.Signal(syscall.SIGCONT)
}

// stopFor is longer than an order may be sent after its claim.
const stopFor = 16 * time.Second
