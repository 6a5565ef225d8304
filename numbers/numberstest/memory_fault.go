package numberstest

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

// faultKinds are the kinds that a Memory has. It has none that damage an answer on
// the wire: it has no wire. What it sells without an answer is listed, unless the
// vendor is Repeatable.
func (m *Memory) faultKinds() []FaultKind {
	kinds := []FaultKind{
		LostReply, LateCommit, DroppedRequest, DelayedReply, HangBefore, HangAfter, StatusBefore, StatusAfter, RateLimited,
		PartialOrder, StuckPending, LateListing, DuplicateListing, OrphanPurchase,
	}
	if m.opts.Repeatable {
		kinds = append(kinds, LostOrphan)
	}
	return kinds
}

// memoryTimeout is how long a call waits for an answer that never comes.
const memoryTimeout = time.Minute

type memoryFault struct {
	Fault
	skip int
	left int
}

// Inject activates faults. The transport faults strike the calls that their On selects,
// by default the next orders. Match.Op is the name of a method, and Match.PathPrefix "/"
// selects every call.
//
// The kinds LostReply, LateCommit, DroppedRequest, DelayedReply, HangBefore,
// HangAfter, StatusBefore, StatusAfter, RateLimited, PartialOrder, StuckPending,
// LateListing, DuplicateListing, OrphanPurchase (answered with 500) and, with
// MemoryOptions.Repeatable, LostOrphan are supported. Inject panics for another kind
// and for an invalid fault, because a test without its fault tests nothing.
func (m *Memory) Inject(faults ...Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range faults {
		if err := f.Validate(); err != nil {
			panic(err)
		}
		if !slices.Contains(m.faultKinds(), f.Kind) {
			panic(fmt.Sprintf("numberstest: Memory has no fault %q", f.Kind))
		}
		m.faults = append(m.faults, &memoryFault{Fault: f, skip: f.After, left: max(f.Times, -1)})
		if f.Times == 0 {
			m.faults[len(m.faults)-1].left = 1
		}
	}
}

// take returns the next fault that fits; of several that are ready the one that
// was injected first, and the others stay ready.
func (m *Memory) take(fits func(Fault) bool) (Fault, bool) {
	var hit *memoryFault
	for _, f := range m.faults {
		switch {
		case f.left == 0 || !fits(f.Fault):
		case f.skip > 0:
			f.skip--
		case hit == nil:
			hit = f
		}
	}
	if hit == nil {
		return Fault{}, false
	}
	if hit.left > 0 {
		hit.left--
	}
	return hit.Fault, true
}

func (m *Memory) takeKind(kind FaultKind) (Fault, bool) {
	return m.take(func(f Fault) bool { return f.Kind == kind })
}

// call is one request to the vendor: do is what the vendor does. It runs under
// the lock; what a fault takes its time for passes without it.
func (m *Memory) call(ctx context.Context, op string, do func() error) error {
	return m.callOr(ctx, op, time.Time{}, do, func() {})
}

// callOr is call for what must be sent by a time, and can be bought and never
// shown.
func (m *Memory) callOr(ctx context.Context, op string, sendBy time.Time, do func() error, orphan func()) error {
	fault, struck, err := m.strike(ctx, op, sendBy, do, orphan)
	if !struck || err != nil {
		return err
	}
	switch fault.Kind {
	case DelayedReply:
		if !pass(ctx, fault.Delay) {
			return m.lost(op, 0, ctxerr.Of(ctx))
		}
		return nil
	case HangBefore, HangAfter:
		if !pass(ctx, memoryTimeout) {
			return m.lost(op, 0, ctxerr.Of(ctx))
		}
		return m.lost(op, 0, nil)
	default:
	}
	return m.answer(op, fault)
}

// strike does what is asked of the vendor, where the fault lets it.
func (m *Memory) strike(ctx context.Context, op string, sendBy time.Time, do func() error, orphan func()) (Fault, bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if ctx.Err() != nil {
		e := m.fail(op, numbers.ErrUnreachable, "nothing was sent", "")
		e.Err = ctxerr.Of(ctx)
		return Fault{}, false, e
	}
	if !sendBy.IsZero() && time.Now().After(sendBy) {
		return Fault{}, false, m.fail(op, numbers.ErrNotPlaced, "nothing was sent: it was too late", "")
	}
	m.calls = append(m.calls, op)
	m.due()
	buys := op == "Place"
	request := Request{Op: op, Path: "/" + op, Buys: buys}
	fault, struck := m.take(func(f Fault) bool {
		return (!f.Kind.Semantic() && f.On.Matches(request)) || buys && (f.Kind == OrphanPurchase || f.Kind == LostOrphan)
	})
	switch {
	case struck && fault.Kind == LateCommit:
		m.pending = append(m.pending, late{time.Now().Add(fault.Delay), func() { _ = do() }})
	case struck && (fault.Kind == OrphanPurchase || fault.Kind == LostOrphan):
		orphan()
	case !struck || fault.Commits():
		if err := do(); err != nil {
			return Fault{}, false, err
		}
	}
	return fault, struck, nil
}

// pass lets time pass. It reports whether ctx held that long.
func pass(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// answer is what the caller gets to see of a fault.
func (m *Memory) answer(op string, f Fault) error {
	switch f.Kind {
	case RateLimited:
		e := m.fail(op, numbers.ErrRateLimited, "", "")
		e.Status = orElse(f.Status, http.StatusTooManyRequests)
		if seconds, err := strconv.Atoi(f.RetryAfter); err == nil {
			e.RetryAfter = time.Duration(seconds) * time.Second
		}
		return e
	case OrphanPurchase:
		return m.lost(op, orElse(f.Status, http.StatusInternalServerError), nil)
	case StatusBefore, StatusAfter:
		status := orElse(f.Status, http.StatusServiceUnavailable)
		if status == http.StatusNotFound && (f.Body != "" || f.NoBody || op == "Orders" || op == "Owned") {
			return m.lostRead(op, status) // not the vendor's word, or not about one object
		}
		return m.status(op, status)
	default:
	}
	return m.lost(op, 0, nil)
}

// status is the error of an HTTP status: most 4xx are definite.
func (m *Memory) status(op string, status int) error {
	kinds := map[int]error{
		http.StatusUnauthorized: numbers.ErrUnauthorized, http.StatusPaymentRequired: numbers.ErrInsufficientFunds,
		http.StatusForbidden: numbers.ErrForbidden, http.StatusNotFound: numbers.ErrNotFound, http.StatusConflict: numbers.ErrConflict,
		http.StatusLocked: numbers.ErrLocked, http.StatusTooManyRequests: numbers.ErrRateLimited,
	}
	kind := kinds[status]
	switch {
	case status < 400 || status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooEarly,
		status == http.StatusConflict && op == "Place":
		return m.lost(op, status, nil)
	case kind == nil:
		kind = numbers.ErrInvalid
	}
	e := m.fail(op, kind, "", "")
	e.Status = status
	return e
}

// lostRead is the error of an answer that says nothing, and is a refusal all the
// same.
func (m *Memory) lostRead(op string, status int) error {
	e := m.fail(op, numbers.ErrVendor, "", "")
	e.Status = status
	return e
}

// lost is the error of an answer that never came, or says nothing.
func (m *Memory) lost(op string, status int, cause error) error {
	e := m.fail(op, numbers.ErrUnreachable, "", "")
	switch {
	case op == "Place":
		e.Kind = numbers.ErrOutcomeUnknown
	case status != 0:
		e.Kind = numbers.ErrVendor
	}
	e.Status, e.Err = status, cause
	return e
}
