package numberstest_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// shop is a vendor. A real one is a server, and this is its fake.
type shop struct {
	mu       sync.Mutex
	sold     []sale
	faults   []numberstest.Fault
	requests int
	buys     int
}

type sale struct {
	number, reference string
	at                time.Time
}

var errNoAnswer = errors.New("no answer")

// request counts a request, does what it asks for, and answers with an HTTP
// status. errNoAnswer means that the connection broke off.
func (s *shop) request(op string, do func() int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	buys := op == "sell"
	if s.requests++; buys {
		s.buys++
	}
	for i := range s.faults {
		f := &s.faults[i]
		if f.Times == 0 || !f.On.Matches(numberstest.Request{Op: op, Path: "/" + op, Buys: buys}) {
			continue
		}
		if f.After--; f.After >= 0 {
			continue
		}
		f.Times--
		if f.Commits() {
			do()
		}
		switch f.Kind {
		case numberstest.RateLimited:
			return 429, nil
		case numberstest.StatusBefore, numberstest.StatusAfter:
			return f.Status, nil
		default:
		}
		return 0, errNoAnswer
	}
	return do(), nil
}

func (s *shop) inject(faults ...numberstest.Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		if f.Times == 0 {
			f.Times = 1
		}
		if f.Status == 0 {
			f.Status = 503
		}
		s.faults = append(s.faults, f)
	}
}

// client is the Orderer: what you write for a vendor of your own.
type client struct{ shop *shop }

func (c client) Capabilities() numbers.Capabilities {
	return numbers.Capabilities{
		Vendor: "shop", FoundBy: numbers.ByReference, MaxNumbers: 1, ListingDelay: 10 * time.Second, DefiniteRefusals: true,
	}
}

func (c client) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	if err := driver.CheckRequest(c.Capabilities(), "Place", r); err != nil {
		return nil, err
	}
	if r.Native != nil {
		return nil, c.fail("Place", numbers.ErrInvalid, "Native", r.Numbers)
	}
	if ctx.Err() != nil {
		return nil, c.unsent(context.Cause(ctx), numbers.ErrUnreachable, r)
	}
	// A limiter and a login come before Begin, and the request comes right after it.
	if r.Begin != nil {
		sendBy, err := r.Begin(ctx)
		switch {
		case err != nil:
			return nil, c.unsent(err, numbers.ErrNotPlaced, r)
		case !sendBy.IsZero() && time.Now().After(sendBy):
			return nil, c.unsent(errors.New("it was too late"), numbers.ErrNotPlaced, r)
		}
	}
	started, id := time.Now(), 0
	status, err := c.shop.request("sell", func() int {
		c.shop.sold = append(c.shop.sold, sale{string(r.Numbers[0]), r.Reference, time.Now()})
		id = len(c.shop.sold)
		return 201
	})
	switch {
	case err != nil, status < 400 && (status != 201 || id == 0), status == 408, status == 409, status == 425, status >= 500: // it is unknown
		e := c.fail("Place", numbers.ErrOutcomeUnknown, "", r.Numbers)
		e.Status = status
		e.Attempt = &numbers.Attempt{
			Vendor: "shop", Reference: r.Reference, Numbers: slices.Clone(r.Numbers), Started: started, Ended: time.Now(), Status: status,
		}
		return nil, e
	case status == 429:
		e := c.fail("Place", numbers.ErrRateLimited, "", r.Numbers)
		e.Status, e.RetryAfter = status, 7*time.Second
		return nil, e
	case status != 201:
		e := c.fail("Place", numbers.ErrVendor, "", r.Numbers)
		e.Status = status
		return nil, e
	}
	return c.order(id, sale{string(r.Numbers[0]), r.Reference, started}), nil
}

// unsent is the error of an order that was not sent.
func (c client) unsent(err, kind error, r numbers.OrderRequest) error {
	e := c.fail("Place", kind, "", r.Numbers)
	e.Err = err
	return e
}

func (c client) Order(ctx context.Context, id string) (found *numbers.Order, err error) {
	if id == "" || id == "." || id == ".." {
		return nil, c.fail("Order", numbers.ErrInvalid, "id", nil)
	}
	for o, err := range c.Orders(ctx, numbers.OrderQuery{}) {
		if err != nil || o.ID == id {
			return o, err
		}
	}
	return nil, c.fail("Order", numbers.ErrNotFound, "", nil)
}

func (c client) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	match := q.Match
	return func(yield func(*numbers.Order, error) bool) {
		if ctx.Err() != nil {
			e := c.fail("Orders", numbers.ErrUnreachable, "", nil)
			e.Err = context.Cause(ctx)
			yield(nil, e)
			return
		}
		var list []sale
		status, err := c.shop.request("list", func() int {
			list = append(list, c.shop.sold...)
			return 200
		})
		if err != nil || status != 200 {
			e := c.fail("Orders", numbers.ErrVendor, "", nil)
			e.Status, e.Err = status, err
			yield(nil, e)
			return
		}
		for i, row := range list {
			if o := c.order(i+1, row); match(o) && !yield(o, nil) {
				return
			}
		}
	}
}

func (c client) order(id int, s sale) *numbers.Order {
	item := numbers.Item{E164: numbers.E164(s.number), VendorNumber: s.number, State: numbers.StateComplete}
	return &numbers.Order{
		Vendor: "shop", ID: fmt.Sprint("sale-", id), Reference: s.reference, State: numbers.StateComplete,
		Count: 1, Items: []numbers.Item{item}, Created: s.at,
	}
}

func (c client) fail(op string, kind error, field string, list []numbers.E164) *numbers.Error {
	return &numbers.Error{Op: op, Vendor: "shop", Kind: kind, Field: field, Numbers: list}
}

// shopHarness is how the suites reach it.
var shopHarness = numberstest.Harness{New: func(testing.TB) *numberstest.Subject {
	s := &shop{}
	return &numberstest.Subject{
		Orderer: client{s},
		Number:  func(i int) numbers.E164 { return numbers.E164(fmt.Sprintf("+1202555%04d", i)) },
		Inject:  s.inject,
		Faults: []numberstest.FaultKind{
			numberstest.LostReply, numberstest.DroppedRequest, numberstest.StatusBefore, numberstest.StatusAfter, numberstest.RateLimited,
		},
		Books: func() numberstest.Books {
			s.mu.Lock()
			defer s.mu.Unlock()
			var books numberstest.Books
			for _, row := range s.sold {
				books.Purchases = append(books.Purchases, numberstest.Purchase{Number: row.number, Reference: row.reference, At: row.at, Listed: true})
			}
			return books
		},
		Requests: func() (all, buys int) {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.requests, s.buys
		},
	}
}}

// An Orderer for a vendor of your own, and the suites that check it against the
// contract. In your test file the last lines are
//
//	func TestOrderer(t *testing.T) { numberstest.Run(t, shopHarness) }
//	func TestAccount(t *testing.T) { numberstest.RunAccount(t, shopHarness) }
func ExampleRun() {
	testOrderer := func(t *testing.T) { numberstest.Run(t, shopHarness) }
	testAccount := func(t *testing.T) { numberstest.RunAccount(t, shopHarness) }
	_, _ = testOrderer, testAccount
}
