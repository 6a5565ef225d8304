package numberstest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// MemoryOptions are the options of [NewMemory]. The zero value is a vendor
// that keeps references, settles at once, and can do everything.
type MemoryOptions struct {
	// Vendor is the name in orders and errors; "" = "memory".
	Vendor string
	// Account is the account's name.
	Account string
	// Capabilities other than Vendor replace the defaults, where not zero.
	Capabilities numbers.Capabilities
	// SettleAfter is how long an order stays pending.
	SettleAfter time.Duration
	// Price is what each number costs; nil = the vendor states none.
	Price *numbers.Price
	// Offers are what Search finds, beside any number that is ordered anyway.
	Offers []numbers.Offer
}

// Memory is a numbers.Orderer that lives in memory: for tests of code that
// orders numbers, and as an example of an adapter. It has no network, so that
// its time is package time's, virtual inside a testing/synctest bubble. It is
// safe for concurrent use.
type Memory struct {
	opts MemoryOptions
	caps numbers.Capabilities

	mu      sync.Mutex
	nextID  int
	orders  []*memoryOrder
	owned   []*memoryNumber
	faults  []*memoryFault
	books   Books
	calls   []string
	holds   map[numbers.E164]time.Time
	pending []late
}

type memoryOrder struct {
	order   numbers.Order
	settles time.Time
	stuck   bool
	listed  time.Time
	failed  map[numbers.E164]bool
}

type memoryNumber struct {
	number numbers.Number
	listed time.Time
}

type memoryFault struct {
	fault Fault
	skip  int
	left  int
}

type late struct {
	at time.Time
	do func()
}

var (
	_ numbers.Orderer   = (*Memory)(nil)
	_ numbers.Searcher  = (*Memory)(nil)
	_ numbers.Quoter    = (*Memory)(nil)
	_ numbers.Reserver  = (*Memory)(nil)
	_ numbers.Canceler  = (*Memory)(nil)
	_ numbers.Inventory = (*Memory)(nil)
	_ numbers.Releaser  = (*Memory)(nil)
	_ numbers.Assigner  = (*Memory)(nil)
)

// NewMemory makes an in-memory account without numbers.
func NewMemory(opts MemoryOptions) *Memory {
	caps := opts.Capabilities
	caps.Vendor, caps.Account = opts.Vendor, opts.Account
	if caps.Vendor == "" {
		caps.Vendor = "memory"
	}
	if caps.Can == 0 {
		caps.Can = numbers.CanSearch | numbers.CanQuote | numbers.CanReserve | numbers.CanCancel |
			numbers.CanListOwned | numbers.CanRelease | numbers.CanAssign
		caps.HoldFor = 30 * time.Minute
	}
	if caps.Honours == 0 {
		caps.Honours = numbers.SearchCountry | numbers.SearchStartsWith | numbers.SearchLimit
	}
	if caps.Assigns == 0 {
		caps.Assigns = numbers.AssignConnection
	}
	if caps.AssignsOwned == 0 {
		caps.AssignsOwned = numbers.AssignConnection | numbers.AssignMessagingProfile
	}
	if caps.Recognises == numbers.ByNothing {
		caps.Recognises = numbers.ByReference
	}
	caps.DefiniteRefusals = true
	caps.Prices = opts.Price != nil
	return &Memory{opts: opts, caps: caps, holds: make(map[numbers.E164]time.Time)}
}

// Capabilities implements numbers.Orderer.
func (m *Memory) Capabilities() numbers.Capabilities { return m.caps }

// Inject makes the next orders go wrong, and with a StatusBefore whose On is
// set, every request. The kinds LostReply, LateCommit,
// DroppedRequest, StatusBefore, StatusAfter, RateLimited, PartialOrder,
// StuckPending, LateListing and OrphanPurchase are known; another one, or a
// fault that is not valid, panics, since a test that injects nothing tests
// nothing.
func (m *Memory) Inject(faults ...Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, f := range faults {
		if err := f.Validate(); err != nil {
			panic(err)
		}
		switch f.Kind {
		case LostReply, LateCommit, DroppedRequest, StatusBefore, StatusAfter, RateLimited,
			PartialOrder, StuckPending, LateListing, OrphanPurchase:
		default:
			panic(fmt.Sprintf("numberstest: Memory has no fault %q", f.Kind))
		}
		left := f.Times
		if left == 0 {
			left = 1
		}
		m.faults = append(m.faults, &memoryFault{fault: f, skip: f.After, left: left})
	}
}

// Books returns what was really bought.
func (m *Memory) Books() Books {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.due()
	return Books{Purchases: slices.Clone(m.books.Purchases)}
}

// Calls returns the names of the operations that reached the vendor.
func (m *Memory) Calls() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls)
}

// enter is the beginning of every operation that reaches the vendor.
func (m *Memory) enter(ctx context.Context, op string) error {
	if err := ctx.Err(); err != nil {
		return &numbers.Error{Op: op, Vendor: m.caps.Vendor, Account: m.opts.Account, Kind: numbers.ErrUnreachable, Err: context.Cause(ctx)}
	}
	m.calls = append(m.calls, op)
	m.due()
	if f, ok := m.takeIf(func(f Fault) bool { return f.Kind == StatusBefore && f.On != Match{} }); ok {
		return m.refusal(op, f, nil)
	}
	return nil
}

// refusal is what StatusBefore answers: 4xx are definite, as over HTTP.
func (m *Memory) refusal(op string, f Fault, list []numbers.E164) *numbers.Error {
	kinds := map[int]error{
		401: numbers.ErrUnauthorized, 402: numbers.ErrInsufficientFunds, 403: numbers.ErrForbidden, 404: numbers.ErrNotFound,
		409: numbers.ErrConflict, 423: numbers.ErrLocked, 429: numbers.ErrRateLimited,
	}
	kind := kinds[f.Status]
	switch {
	case kind == nil && f.Status >= 400 && f.Status < 500:
		kind = numbers.ErrInvalid
	case kind == nil:
		kind = numbers.ErrVendor
	}
	e := m.fail(op, kind, list, "", "")
	e.Status = f.Status
	return e
}

// due does what was to be done by now.
func (m *Memory) due() {
	now := time.Now()
	waiting := m.pending
	m.pending = nil
	for _, l := range waiting {
		if l.at.After(now) {
			m.pending = append(m.pending, l)
			continue
		}
		l.do()
	}
}

// take returns the next fault of a kind of the list.
func (m *Memory) take(kinds ...FaultKind) (Fault, bool) {
	return m.takeIf(func(f Fault) bool { return slices.Contains(kinds, f.Kind) && f.On == Match{} })
}

func (m *Memory) takeIf(fits func(Fault) bool) (Fault, bool) {
	for _, f := range m.faults {
		if f.left == 0 || !fits(f.fault) {
			continue
		}
		if f.skip > 0 {
			f.skip--
			continue
		}
		if f.left > 0 {
			f.left--
		}
		return f.fault, true
	}
	return Fault{}, false
}

// Place implements numbers.Orderer.
func (m *Memory) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	if err := r.Validate(op, m.caps); err != nil {
		return nil, err
	}
	if r.Native != nil {
		return nil, m.fail(op, numbers.ErrInvalid, r.Numbers, "Native: Memory has no request of its own", "Native")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx, op); err != nil {
		return nil, err
	}
	started := time.Now()
	unknown := func(status int) error {
		e := m.fail(op, numbers.ErrOutcomeUnknown, r.Numbers, "", "")
		e.Status = status
		e.Attempt = &numbers.Attempt{Vendor: m.caps.Vendor, Account: m.opts.Account, Reference: r.Reference, Numbers: r.Numbers, Started: started}
		return e
	}
	fault, hit := m.take(LostReply, LateCommit, DroppedRequest, StatusBefore, StatusAfter, RateLimited, OrphanPurchase)
	if !hit {
		o, err := m.commit(r)
		if err != nil {
			return nil, err
		}
		return m.show(o), nil
	}
	status := fault.Status
	if status == 0 && (fault.Kind == StatusBefore || fault.Kind == StatusAfter) {
		status = 503
	}
	if fault.Kind == StatusBefore && status > 399 && status < 500 && status != 409 {
		return nil, m.refusal(op, fault, r.Numbers)
	}
	switch fault.Kind {
	case RateLimited:
		e := m.fail(op, numbers.ErrRateLimited, r.Numbers, "", "")
		e.RetryAfter, _ = time.ParseDuration(fault.RetryAfter + "s")
		return nil, e
	case DroppedRequest, StatusBefore:
	case LateCommit:
		m.pending = append(m.pending, late{time.Now().Add(fault.Delay), func() { _, _ = m.commit(r) }})
	case OrphanPurchase:
		for _, n := range r.Numbers {
			m.books.Purchases = append(m.books.Purchases, Purchase{Number: string(n), Reference: r.Reference, At: started})
		}
		status = 500
	default:
		if _, err := m.commit(r); err != nil {
			return nil, err
		}
	}
	return nil, unknown(status)
}

// commit buys.
func (m *Memory) commit(r numbers.OrderRequest) (*memoryOrder, error) {
	now := time.Now()
	for _, n := range r.Numbers {
		if m.sold(n) {
			return nil, m.fail("Place", numbers.ErrNumberUnavailable, []numbers.E164{n}, "", "")
		}
	}
	m.nextID++
	o := &memoryOrder{settles: now.Add(m.opts.SettleAfter), listed: now, failed: make(map[numbers.E164]bool)}
	o.order = numbers.Order{
		Vendor: m.caps.Vendor, Account: m.opts.Account, ID: fmt.Sprintf("order-%d", m.nextID),
		Reference: r.Reference, Count: len(r.Numbers), Created: now, Updated: now,
	}
	if m.caps.Recognises != numbers.ByReference {
		o.order.Reference = ""
	}
	if _, ok := m.take(StuckPending); ok {
		o.stuck = true
	}
	if f, ok := m.take(LateListing); ok {
		o.listed = now.Add(f.Delay)
	}
	if f, ok := m.take(PartialOrder); ok {
		for i, n := range r.Numbers {
			if slices.Contains(f.Numbers, string(n)) || len(f.Numbers) == 0 && i == 0 {
				o.failed[n] = true
			}
		}
	}
	for _, n := range r.Numbers {
		o.order.Items = append(o.order.Items, numbers.Item{E164: n, VendorNumber: string(n), Price: m.opts.Price})
		if o.failed[n] {
			continue
		}
		own := &memoryNumber{listed: o.listed, number: numbers.Number{
			Vendor: m.caps.Vendor, Account: m.opts.Account, ID: "number-" + string(n[1:]) + "-" + o.order.ID,
			E164: n, VendorNumber: string(n), State: numbers.NumberActive, VendorState: "active", Created: now,
		}}
		if r.Assign != nil {
			own.number.Assignment = *r.Assign
		}
		m.owned = append(m.owned, own)
		m.books.Purchases = append(m.books.Purchases, Purchase{
			Number: string(n), OrderID: o.order.ID, Reference: r.Reference, At: now, Listed: true,
		})
	}
	o.order.Price = times(m.opts.Price, len(r.Numbers)-len(o.failed))
	m.orders = append(m.orders, o)
	return o, nil
}

func (m *Memory) sold(n numbers.E164) bool {
	for _, p := range m.books.Purchases {
		if p.Number == string(n) && p.Owns() {
			return true
		}
	}
	return false
}

// show returns the order as it stands now.
func (m *Memory) show(o *memoryOrder) *numbers.Order {
	out := o.order
	out.Items = slices.Clone(o.order.Items)
	settled := !o.stuck && !time.Now().Before(o.settles)
	for i := range out.Items {
		item := &out.Items[i]
		switch {
		case item.State == numbers.StateCancelled:
		case !settled:
			item.State = numbers.StatePending
		case o.failed[item.E164]:
			item.State, item.Err = numbers.StateFailed, m.fail("Place", numbers.ErrNumberUnavailable, []numbers.E164{item.E164}, "", "")
		default:
			item.State = numbers.StateComplete
		}
	}
	out.State = stateOf(out.Items)
	out.VendorState = string(out.State)
	return &out
}

// stateOf is the state of an order whose items are known.
func stateOf(items []numbers.Item) numbers.State {
	count := make(map[numbers.State]int)
	for _, i := range items {
		count[i.State]++
	}
	for _, s := range []numbers.State{numbers.StateComplete, numbers.StateFailed, numbers.StateCancelled} {
		if count[s] == len(items) {
			return s
		}
	}
	if count[numbers.StatePending] > 0 {
		return numbers.StatePending
	}
	return numbers.StatePartial
}

// Order implements numbers.Orderer.
func (m *Memory) Order(ctx context.Context, id string) (*numbers.Order, error) {
	if id == "" || id == "." || id == ".." {
		return nil, m.fail("Order", numbers.ErrInvalid, nil, "it is empty, or a relative path", "id")
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.enter(ctx, "Order"); err != nil {
		return nil, err
	}
	for _, o := range m.orders {
		if o.order.ID == id && !time.Now().Before(o.listed) {
			return m.show(o), nil
		}
	}
	return nil, m.fail("Order", numbers.ErrNotFound, nil, "", "")
}

// memoryPage is how many rows one request lists.
const memoryPage = 10

// Orders implements numbers.Orderer. It reads ten orders a request, by their
// place in a list that only grows.
func (m *Memory) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return pages(ctx, m, "Orders", func() []*numbers.Order {
		var all []*numbers.Order
		for _, o := range m.orders {
			if !time.Now().Before(o.listed) {
				all = append(all, m.show(o))
			}
		}
		return all
	}, func(o *numbers.Order) bool { return q.Match(o) })
}

// pages walks what list returns, which may grow meanwhile.
func pages[T any](ctx context.Context, m *Memory, op string, list func() []*T, match func(*T) bool) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for at := 0; ; at += memoryPage {
			m.mu.Lock()
			err := m.enter(ctx, op)
			var all, rows []*T
			if err == nil {
				all = list()
				rows = all[min(at, len(all)):min(at+memoryPage, len(all))]
			}
			m.mu.Unlock()
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range rows {
				if match(row) && !yield(row, nil) {
					return
				}
			}
			if at+memoryPage >= len(all) {
				return
			}
		}
	}
}

func (m *Memory) fail(op string, kind error, list []numbers.E164, message, field string) *numbers.Error {
	return &numbers.Error{Op: op, Vendor: m.caps.Vendor, Account: m.opts.Account, Kind: kind, Numbers: list, Message: message, Field: field}
}

// unsupported is the answer of what the Capabilities don't declare.
func (m *Memory) unsupported(op string, ability numbers.Ability) error {
	if m.caps.Can.Has(ability) {
		return nil
	}
	return m.fail(op, errors.ErrUnsupported, nil, "", "")
}
