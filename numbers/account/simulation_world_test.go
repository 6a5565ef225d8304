package account_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// simWorld is one history: a vendor and a journal that replicas share, their clocks,
// and what goes wrong. It is drawn from a seed. Each draw has a key of its own, such as
// "the third Place of k by replica 1", and nearly everything takes a drawn time, so that
// the same seed draws the same history, whatever the order is in which goroutines run.
type simWorld struct {
	simPlan
	seed   uint64
	mutant simMutant
	began  time.Time
	sale   *numberstest.Memory
	book   numbers.Journal
	dated  time.Duration // how far the vendor's clock is ahead
	calm   atomic.Bool   // nothing goes wrong any more

	mu       sync.Mutex
	keys     map[string]int
	aliases  map[string]string // of ids and references that are random
	log      []string
	counts   map[string]int
	wrong    []string
	canceled map[string]bool // orders
	machines []*simReplica
}

// simMutant is what is done wrong on purpose, to show that it is found.
type simMutant struct {
	book         func() numbers.Journal // in place of the MemoryJournal
	noFence      bool                   // the time to send is not looked at
	listingDelay time.Duration          // what the Capabilities say of the listing delay; 0 = the truth
	ahead        time.Duration          // how far the first replica's clock is ahead
}

func newSimWorld(seed uint64, mutant simMutant) *simWorld {
	w := &simWorld{
		seed: seed, mutant: mutant, began: time.Now(), book: new(account.MemoryJournal),
		keys: make(map[string]int), aliases: make(map[string]string), counts: make(map[string]int),
		canceled: make(map[string]bool),
	}
	if mutant.book != nil {
		w.book = mutant.book()
	}
	d := w.dice("plan")
	w.simPlan = drawPlan(d)
	w.sale = numberstest.NewMemory(w.vendor)
	w.dated = drawOffset(d)
	for range w.replicas {
		w.machines = append(w.machines, newSimReplica(w, len(w.machines)))
	}
	w.outside(d)
	if mutant.ahead != 0 {
		w.machines[0].offset, w.machines[0].rate = mutant.ahead, 0
	}
	return w
}

// outside lets somebody buy numbers without an Account, and give them back.
func (w *simWorld) outside(d *rand.Rand) {
	ctx := context.Background()
	for _, n := range w.pool {
		if !happens(d, w.outsider) {
			continue
		}
		order, err := w.sale.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{n}, Reference: outsider})
		if err != nil {
			panic(err)
		}
		for own, err := range w.sale.Owned(ctx, numbers.OwnedQuery{Numbers: []numbers.E164{n}}) {
			if err := cmp.Or(err, w.sale.Release(ctx, own)); err != nil {
				panic(err)
			}
		}
		w.logf("somebody else bought %s as %s, and gave it back", n, order.ID)
	}
}

// outsider is the reference of what was bought without an Account.
const outsider = "outsider"

// dice are for one use of a key.
func (w *simWorld) dice(key string) *rand.Rand {
	w.mu.Lock()
	w.keys[key]++
	nth := w.keys[key]
	w.mu.Unlock()
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", key, nth)
	return rand.New(rand.NewPCG(w.seed, h.Sum64()))
}

// alias names an id or a reference that is random by when it was first seen. The
// references of a purchase's orders keep their endings.
func (w *simWorld) alias(kind, random string) string {
	if random == "" {
		return ""
	}
	base, ending, _ := strings.Cut(random, "~")
	w.mu.Lock()
	defer w.mu.Unlock()
	name, ok := w.aliases[base]
	if !ok {
		name = fmt.Sprintf("%s%d", kind, len(w.aliases)+1)
		w.aliases[base] = name
	}
	if ending != "" {
		name += "~" + ending
	}
	return name
}

// reference is a reference as it can be part of a key.
func (w *simWorld) reference(r string) string {
	if strings.HasPrefix(r, "tnkit-") {
		return w.alias("u", r)
	}
	return r
}

// logf notes what happened.
func (w *simWorld) logf(format string, args ...any) {
	line := fmt.Sprintf("%17.9fs ", time.Since(w.began).Seconds()) + fmt.Sprintf(format, args...)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, line)
}

// count counts what happened.
func (w *simWorld) count(what string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.counts[what]++
}

// fail notes what must not happen.
func (w *simWorld) fail(kind, format string, args ...any) {
	text := kind + ": " + fmt.Sprintf(format, args...)
	w.logf("WRONG %s", text)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.wrong = append(w.wrong, text)
}

// drawOffset draws a clock: from half of what is allowed behind the true time to half of
// it ahead, so that no two clocks differ by more than is allowed.
func drawOffset(d *rand.Rand) time.Duration {
	const most = int64(numbers.ClockSlack / 2)
	if d.IntN(2) == 0 { // the extremes are the most interesting
		return time.Duration(pick(d, -most, most))
	}
	return time.Duration(d.Int64N(2*most+1) - most)
}

// simReplica is one machine: its clock goes on while processes come and go.
type simReplica struct {
	w      *simWorld
	name   string
	offset time.Duration // how far its clock was ahead in the beginning
	rate   float64       // how much faster it is
	most   int           // Capabilities.MaxNumbers of its processes

	mu      sync.Mutex
	process *simProcess
	all     []*simProcess
}

func newSimReplica(w *simWorld, n int) *simReplica {
	r := &simReplica{w: w, name: fmt.Sprintf("r%d", n)}
	d := w.dice(r.name)
	r.offset = drawOffset(d)
	r.rate = pick(d, 0, 0, 1e-4, -1e-4) * d.Float64()
	r.most = pick(d, 0, 0, 1, 2)
	if w.vendor.Capabilities.OrdersAreOwned {
		r.most = 1
	}
	r.start(0)
	return r
}

// clock is what the machine takes for the time.
func (r *simReplica) clock() time.Time {
	const most = numbers.ClockSlack / 2
	now := time.Now()
	ahead := r.offset + time.Duration(r.rate*float64(now.Sub(r.w.began)))
	if r.w.mutant.ahead == 0 {
		ahead = min(max(ahead, -most), most)
	}
	return now.Add(ahead)
}

// start makes a new process, which begins to work after a pause.
func (r *simReplica) start(after time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := &simProcess{r: r, w: r.w, name: fmt.Sprintf("%s.%d", r.name, len(r.all)), until: time.Now().Add(after)}
	p.ctx, p.kill = context.WithCancel(context.Background())
	acct, err := account.New("main", &simOrderer{p}, &account.Options{Journal: &simJournal{p}})
	if err != nil {
		panic(err)
	}
	account.SetClock(acct, r.clock, func(n time.Duration) time.Duration {
		return upTo(rand.New(rand.NewPCG(r.w.seed, uint64(time.Since(r.w.began)))), n) - 1
	})
	p.acct, r.process = acct, p
	r.all = append(r.all, p)
}

// running is the process that runs now.
func (r *simReplica) running() *simProcess {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.process
}

// simProcess is a process on a machine, until it is killed.
type simProcess struct {
	r    *simReplica
	w    *simWorld
	name string
	acct *account.Account
	ctx  context.Context // ends when the process is killed
	kill context.CancelFunc

	mu    sync.Mutex
	until time.Time // the process is stopped until then
}

// simActor is the key under which a context has the name of who acts.
type simActor struct{}

// as returns a context that ends with the process, for somebody who acts in it.
func (p *simProcess) as(actor string) context.Context {
	return context.WithValue(p.ctx, simActor{}, actor)
}

// dice are for one step of one actor in the process.
func (p *simProcess) dice(ctx context.Context, op, key string) *rand.Rand {
	actor, _ := ctx.Value(simActor{}).(string)
	return p.w.dice(op + " " + p.name + " " + actor + " " + key)
}

var errKilled = errors.New("the process was killed")

// die kills the process: nothing more that it does is recorded or sent. Another takes
// its place.
func (p *simProcess) die(after time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() != nil {
		return
	}
	p.kill()
	p.w.count("processes killed")
	p.w.logf("%s is killed, the next one starts after %s", p.name, after)
	p.r.start(after)
}

// halt stops the process for a while, as SIGSTOP does.
func (p *simProcess) halt(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.until = time.Now().Add(d)
	p.w.count("processes stopped")
	p.w.logf("%s is stopped for %s", p.name, d)
}

// awake waits while the process is stopped.
func (p *simProcess) awake(d *rand.Rand) {
	for {
		p.mu.Lock()
		left := time.Until(p.until)
		p.mu.Unlock()
		if left <= 0 {
			return
		}
		time.Sleep(left + upTo(d, time.Millisecond))
	}
}

// step is a moment in which a process can be slow, stopped or killed. weight is how much
// more likely that is than usual. It returns why the process can't go on.
func (p *simProcess) step(ctx context.Context, d *rand.Rand, usual time.Duration, weight float64) error {
	pause, w := upTo(d, usual), p.w
	if w.calm.Load() {
		weight = 0
	}
	if happens(d, weight*w.slow) {
		pause += upTo(d, 20*time.Second)
	}
	timer := time.NewTimer(pause)
	select {
	case <-timer.C:
	case <-ctx.Done():
		timer.Stop()
		time.Sleep(upTo(d, time.Microsecond))
	}
	if happens(d, weight*w.stop) {
		p.halt(pick(d, upTo(d, 5*time.Second), upTo(d, 20*time.Second), upTo(d, 100*time.Second), 11*time.Minute+upTo(d, 5*time.Minute)))
	}
	p.awake(d)
	if happens(d, weight*w.crash) {
		p.die(upTo(d, time.Minute))
	}
	if p.ctx.Err() != nil {
		return errKilled
	}
	return ctx.Err()
}
