package numberstest

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// MemoryOptions are the options of [NewMemory]. The zero value means a vendor that keeps
// references, settles orders at once, and has all abilities.
type MemoryOptions struct {
	// Vendor is the name in orders and errors; "" = "memory".
	Vendor string
	// Capabilities replace the defaults if they are not zero. Vendor,
	// DefiniteRefusals, Orphans, Native and Prices can't be replaced. With
	// OrdersAreOwned the defaults are those of a vendor without orders of its own:
	// one number in an order, found by the number, and no Cancel.
	Capabilities numbers.Capabilities
	// Limiter delays Place before it calls OrderRequest.Begin; nil = no limit.
	Limiter numbers.Limiter
	// BeforeSend is called by Place after Begin and before the order is sent. A function
	// that sleeps simulates a process that is paused there. nil = no call.
	BeforeSend func()
	// SettleAfter is how long an order stays pending.
	SettleAfter time.Duration
	// ListedAfter is how long a new order, and its numbers, are missing from listings and
	// readings by id. It is the default of Capabilities.ListingDelay.
	ListedAfter time.Duration
	// Price is the price of each number; nil = the vendor does not state prices.
	Price *numbers.Price
	// OrderPrice is the price in an order, independent of the quotation. Its items
	// then have no price. nil = the sum of the bought numbers.
	OrderPrice *numbers.Price
	// Offers are the numbers that Search finds. Other numbers can also be ordered.
	Offers []numbers.Offer
	// SellsTwice makes the vendor sell a number as often as it is ordered, also to an
	// account that owns it. Only the client then prevents a double purchase.
	SellsTwice bool
	// Repeatable makes the vendor sell numbers that it may never list. It answers 500
	// if such a number, or any other sold number, is ordered again. An attempt
	// without an answer that is not listed is then Repeatable.
	Repeatable bool
	// NamelessRefusals makes a refusal of several numbers leave out which numbers are
	// gone.
	NamelessRefusals bool
}

// Memory is a numbers.Orderer in memory, for tests of code that orders numbers, and as an
// example of an adapter. A Memory uses no network. It uses the clock of package time,
// which is virtual inside a testing/synctest bubble. It is safe for concurrent use.
type Memory struct {
	opts MemoryOptions
	caps numbers.Capabilities

	mu      sync.Mutex
	nextID  int
	orders  []*memoryOrder
	byID    map[string]*memoryOrder
	owned   []*memoryNumber
	sold    map[numbers.E164]int // how often it is owned now
	holds   map[numbers.E164]time.Time
	faults  []*memoryFault
	books   Books
	calls   []string
	pending []late
	at      time.Time // the result of now while a late event is executed
}

var (
	_ numbers.Orderer   = (*Memory)(nil)
	_ numbers.Searcher  = (*Memory)(nil)
	_ numbers.Quoter    = (*Memory)(nil)
	_ numbers.Reserver  = (*Memory)(nil)
	_ numbers.Resolver  = (*Memory)(nil)
	_ numbers.Canceler  = (*Memory)(nil)
	_ numbers.Inventory = (*Memory)(nil)
	_ numbers.Releaser  = (*Memory)(nil)
	_ numbers.Assigner  = (*Memory)(nil)
)

// everything has the default abilities of a Memory.
const everything = numbers.CanSearch | numbers.CanQuote | numbers.CanReserve | numbers.CanResolve | numbers.CanCancel |
	numbers.CanListOwned | numbers.CanRelease | numbers.CanAssign

// anyField has the default search fields of a Memory.
const anyField = numbers.SearchCountry | numbers.SearchType | numbers.SearchAreaCode | numbers.SearchLocality |
	numbers.SearchRegion | numbers.SearchRateCenter | numbers.SearchStartsWith | numbers.SearchContains |
	numbers.SearchEndsWith | numbers.SearchFeatures | numbers.SearchLimit

// NewMemory returns a new account in memory that has no numbers.
func NewMemory(opts MemoryOptions) *Memory {
	caps := opts.Capabilities
	caps.Vendor = orElse(opts.Vendor, "memory")
	if caps.OrdersAreOwned {
		caps.Can = orElse(caps.Can, everything&^numbers.CanCancel)
		caps.FoundBy, caps.MaxNumbers = orElse(caps.FoundBy, numbers.ByNumber), 1
	}
	caps.Can = orElse(caps.Can, everything)
	caps.FoundBy = orElse(caps.FoundBy, numbers.ByReference)
	caps.ListingDelay = orElse(caps.ListingDelay, opts.ListedAfter)
	caps.DefiniteRefusals, caps.Prices = true, opts.Price != nil
	caps.Native, caps.Orphans = (*MemoryRequest)(nil), true
	caps.Assigns = orElse(caps.Assigns, numbers.AssignConnection)
	if caps.Can.Has(numbers.CanSearch) {
		caps.SearchFields = orElse(caps.SearchFields, anyField)
	}
	if caps.Can.Has(numbers.CanReserve) {
		caps.HoldFor = orElse(caps.HoldFor, 30*time.Minute)
	}
	if caps.Can.Has(numbers.CanAssign) {
		caps.AssignsOwned = orElse(caps.AssignsOwned, numbers.AssignConnection|numbers.AssignMessagingProfile)
	}
	opts.Offers = slices.Clone(opts.Offers)
	return &Memory{
		opts: opts, caps: caps,
		byID:  make(map[string]*memoryOrder),
		sold:  make(map[numbers.E164]int),
		holds: make(map[numbers.E164]time.Time),
	}
}

func orElse[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// Capabilities implements numbers.Orderer.
func (m *Memory) Capabilities() numbers.Capabilities { return m.caps }

// Books returns the records of what was really bought.
func (m *Memory) Books() Books {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.due()
	return Books{Purchases: slices.Clone(m.books.Purchases)}
}

// Calls returns the names of the operations that reached the vendor, in order:
// "Place", "Order", "Orders", … A listing counts once for each page.
func (m *Memory) Calls() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.calls)
}

// Lock makes the vendor refuse to release a number that the account owns.
func (m *Memory) Lock(n numbers.E164) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, row := range m.owned {
		if row.number.E164 == n && row.number.State != numbers.NumberReleased {
			row.number.Locked = true
		}
	}
}

func (m *Memory) fail(op string, kind error, message, field string, list ...numbers.E164) *numbers.Error {
	return &numbers.Error{Op: op, Vendor: m.caps.Vendor, Kind: kind, Numbers: list, Message: message, Field: field}
}

// unsupported returns the error of an ability that the Capabilities don't declare.
func (m *Memory) unsupported(op string, ability numbers.Ability) error {
	if m.caps.Can.Has(ability) {
		return nil
	}
	return m.fail(op, errors.ErrUnsupported, "", "")
}

// late is an event at a later time.
type late struct {
	at time.Time
	do func()
}

// due executes the events whose time has come, each at its own time.
func (m *Memory) due() {
	now := time.Now()
	slices.SortStableFunc(m.pending, func(a, b late) int { return a.at.Compare(b.at) })
	for len(m.pending) > 0 && !m.pending[0].at.After(now) {
		l := m.pending[0]
		m.pending = m.pending[1:]
		m.at = l.at
		l.do()
	}
	m.at = time.Time{}
}

// now returns the vendor's time. While a late event is executed, this is the time of the
// event.
func (m *Memory) now() time.Time {
	if !m.at.IsZero() {
		return m.at
	}
	return time.Now()
}

// MemoryRequest is the create request of a Memory. In OrderRequest.Native it is a
// template, and its Numbers must be empty.
type MemoryRequest struct {
	Numbers    []string
	Reference  string
	Note       string
	Assignment numbers.Assignment
	// Labels are copied into the order unchanged.
	Labels map[string]string
}

// MemoryOrder is the order of a Memory. Order.Native has a *MemoryOrder.
type MemoryOrder struct {
	ID string
	MemoryRequest
}

func (r MemoryRequest) clone() MemoryRequest {
	r.Numbers, r.Labels = slices.Clone(r.Numbers), maps.Clone(r.Labels)
	return r
}
