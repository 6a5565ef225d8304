package driver_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// scripted is an Orderer whose readings a test writes down.
type scripted struct {
	foundBy        numbers.Recognition
	cantListOwned  bool
	ordersAreOwned bool

	listing
	second  *listing // where the second one is another
	byID    map[string]*numbers.Order
	byIDErr error
	owned   []*numbers.Number
	lost    error // with which the inventory ends

	queries []numbers.OrderQuery // what was asked for
	reads   []string
	looks   []numbers.OwnedQuery
}

// listing is what a listing of orders yields.
type listing struct {
	orders []*numbers.Order
	broken error // with which it ends
}

func of(orders ...*numbers.Order) listing { return listing{orders: orders} }

func (s *scripted) Capabilities() numbers.Capabilities {
	c := numbers.Capabilities{Vendor: "acme", FoundBy: s.foundBy, OrdersAreOwned: s.ordersAreOwned, Can: numbers.CanListOwned}
	if s.cantListOwned {
		c.Can = 0
	}
	return c
}

func (s *scripted) Place(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
	panic("resolving never sends an order")
}

func (s *scripted) Order(_ context.Context, id string) (*numbers.Order, error) {
	s.reads = append(s.reads, id)
	return s.byID[id], s.byIDErr
}

// Orders yields what matches q, and what perhaps does, because it hides its numbers.
func (s *scripted) Orders(_ context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	l := s.listing
	if s.queries = append(s.queries, q); len(s.queries) > 1 && s.second != nil {
		l = *s.second
	}
	whole := q
	whole.Numbers = nil
	return func(yield func(*numbers.Order, error) bool) {
		for _, o := range l.orders {
			fits := o == nil || q.Match(o) || !o.HasAllItems() && whole.Match(o)
			if fits && !yield(o, nil) {
				return
			}
		}
		if l.broken != nil {
			yield(nil, l.broken)
		}
	}
}

func (s *scripted) Owned(_ context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	s.looks = append(s.looks, q)
	return func(yield func(*numbers.Number, error) bool) {
		for _, n := range s.owned {
			if !yield(n, nil) {
				return
			}
		}
		if s.lost != nil {
			yield(nil, s.lost)
		}
	}
}

// resolve makes one reading for attempts.
func resolve(t *testing.T, o numbers.Orderer, absent func(numbers.Attempt) numbers.Resolution, attempts ...numbers.Attempt) ([]numbers.Resolution, []error) {
	t.Helper()
	resolutions, errs := driver.ResolveByListing(t.Context(), o, attempts, absent)
	require.Len(t, resolutions, len(attempts))
	require.Len(t, errs, len(attempts))
	return resolutions, errs
}

func owning(id string, n numbers.E164) *numbers.Number {
	return &numbers.Number{Vendor: "acme", ID: id, E164: n, State: numbers.NumberActive}
}

func underWay(a numbers.Attempt) numbers.Attempt {
	a.Ended = time.Time{}
	return a
}

func notAsked(t *testing.T) func(numbers.Attempt) numbers.Resolution {
	return func(a numbers.Attempt) numbers.Resolution {
		assert.Fail(t, "it is not the vendor's to say", "%v", a.Numbers)
		return numbers.Resolution{}
	}
}

func TestAbsenceMeansWhatTheVendorSays(t *testing.T) {
	a, b := attempt(aNumber), attempt(anotherOne)
	a.Status, b.Status = 503, 502
	o := &scripted{foundBy: numbers.ByNumber}
	resolutions, errs := resolve(t, o, nil, a, b)
	assert.Equal(t, []error{nil, nil}, errs)
	assert.Equal(t, []numbers.Resolution{{Outcome: numbers.NotPlaced}, {Outcome: numbers.NotPlaced}}, resolutions)

	resolutions, errs = resolve(t, o, func(a numbers.Attempt) numbers.Resolution {
		if a.Status == 503 {
			return numbers.Resolution{Outcome: numbers.PossiblyOrphaned, MaybeSold: true}
		}
		return numbers.Resolution{Outcome: numbers.Repeatable}
	}, a, b)
	assert.Equal(t, []error{nil, nil}, errs)
	assert.Equal(t, []numbers.Resolution{{Outcome: numbers.PossiblyOrphaned, MaybeSold: true}, {Outcome: numbers.Repeatable}}, resolutions)
}

func TestOfAnAttemptUnderWayOnlyPresenceIsShown(t *testing.T) {
	o := &scripted{foundBy: numbers.ByNumber, owned: []*numbers.Number{owning("n1", anotherOne)}}
	resolutions, errs := resolve(t, o, notAsked(t), underWay(attempt(aNumber)), underWay(attempt(anotherOne)))
	assert.Equal(t, []error{nil, nil}, errs)
	assert.Equal(t, make([]numbers.Resolution, 2), resolutions, "perhaps they have not been sent yet")
	assert.Empty(t, o.looks, "the inventory shows nothing of them either")

	o.orders = []*numbers.Order{anOrder("o1", aNumber)}
	resolutions, errs = resolve(t, o, notAsked(t), underWay(attempt(aNumber)))
	assert.Equal(t, []error{nil}, errs)
	assert.Equal(t, []numbers.Resolution{{Outcome: numbers.Placed, Order: o.orders[0]}}, resolutions)
}

func TestNoAttemptsNeedNoReading(t *testing.T) {
	for _, foundBy := range []numbers.Recognition{numbers.ByNumber, numbers.ByReference} {
		o := &scripted{foundBy: foundBy}
		resolve(t, o, nil)
		assert.Empty(t, o.queries)
	}
}

// many are attempts of one number each, by a reference each, later and later.
func many(count int) []numbers.Attempt {
	list := make([]numbers.Attempt, count)
	for i := range list {
		list[i] = attempt(numbers.E164(fmt.Sprintf("+1312555%04d", i)))
		list[i].Reference, list[i].Started = fmt.Sprint("job-", i), started.Add(time.Duration(i-count/2)*time.Second)
	}
	return list
}

func TestOneListingIsReadForManyAttempts(t *testing.T) {
	const count = 25
	attempts := many(count)
	oldest := started.Add(-count / 2 * time.Second)
	all := make([]numbers.E164, count)
	for i, a := range attempts {
		all[i] = a.Numbers[0]
	}
	for name, tt := range map[string]struct {
		foundBy numbers.Recognition
		want    numbers.OrderQuery
	}{
		"by number":    {numbers.ByNumber, numbers.OrderQuery{Numbers: all, Recent: oldest}},
		"by reference": {numbers.ByReference, numbers.OrderQuery{Recent: oldest}},
	} {
		t.Run(name, func(t *testing.T) {
			o := &scripted{foundBy: tt.foundBy}
			for i := 1; i < count; i += 2 { // every other one
				o.orders = append(o.orders, by(attempts[i].Reference, anOrder(fmt.Sprint("o", i), attempts[i].Numbers...)))
			}
			resolutions, errs := resolve(t, o, nil, attempts...)
			for i := range attempts {
				require.NoError(t, errs[i])
				if i%2 == 1 {
					require.Equal(t, numbers.Placed, resolutions[i].Outcome)
					assert.Equal(t, fmt.Sprint("o", i), resolutions[i].Order.ID)
				} else {
					assert.Equal(t, numbers.NotPlaced, resolutions[i].Outcome)
				}
			}
			assert.Equal(t, []numbers.OrderQuery{tt.want}, o.queries)
			assert.Len(t, o.looks, 1)
		})
	}
}

func TestAFewAttemptsAreReadByTheirReferences(t *testing.T) {
	o := &scripted{foundBy: numbers.ByReference, listing: of(by("job-1", anOrder("o1", many(2)[1].Numbers...)))}
	resolutions, errs := resolve(t, o, nil, many(2)...)
	assert.Equal(t, []error{nil, nil}, errs)
	assert.Equal(t, numbers.NotPlaced, resolutions[0].Outcome)
	assert.Equal(t, numbers.Placed, resolutions[1].Outcome)
	assert.Equal(t, []numbers.OrderQuery{{Reference: "job-0"}, {Reference: "job-1"}}, o.queries)

	o = &scripted{foundBy: numbers.ByReference}
	resolve(t, o, nil, referenced(aNumber), attempt(anotherOne))
	assert.Equal(t, []numbers.OrderQuery{{Numbers: []numbers.E164{aNumber, anotherOne}, Recent: started}}, o.queries, "one has none")
}

func TestNothingIsTooOldForAnAttemptWithoutAStart(t *testing.T) {
	lost := attempt(aNumber)
	lost.Started = time.Time{}
	o := &scripted{foundBy: numbers.ByNumber}
	resolve(t, o, nil, attempt(anotherOne), lost)
	require.Len(t, o.queries, 1)
	assert.Zero(t, o.queries[0].Recent)
}

func TestAReadingThatFailsShowsNothing(t *testing.T) {
	incomplete := &numbers.Error{Kind: numbers.ErrIncomplete, Message: "a page is missing"}
	for name, tt := range map[string]struct {
		broken error
		kind   error
		shows  bool // what is there is shown
	}{
		"it breaks off":                {&numbers.Error{Kind: numbers.ErrUnreachable}, numbers.ErrUnreachable, false},
		"it is refused":                {&numbers.Error{Kind: numbers.ErrUnauthorized}, numbers.ErrUnauthorized, false},
		"it has no kind":               {errors.New("broken pipe"), numbers.ErrVendor, false},
		"the context ends":             {context.Canceled, numbers.ErrUnreachable, false},
		"it says what no reading can":  {&numbers.Error{Kind: numbers.ErrOutcomeUnknown}, numbers.ErrVendor, false},
		"it can't show that it is all": {incomplete, numbers.ErrIncomplete, true},
	} {
		t.Run(name, func(t *testing.T) {
			o := &scripted{foundBy: numbers.ByNumber, listing: listing{broken: tt.broken, orders: []*numbers.Order{
				anOrder("o1", aNumber), anOrder("o2", anotherOne), anOrder("o3", anotherOne),
			}}}
			resolutions, errs := resolve(t, o, notAsked(t), attempt(aNumber), attempt(anotherOne), attempt(aThird), underWay(attempt(aThird)))
			for i, err := range errs {
				if i == 0 && tt.shows {
					require.NoError(t, err)
					assert.Equal(t, numbers.Resolution{Outcome: numbers.Placed, Order: o.orders[0]}, resolutions[i])
					continue
				}
				e := asError(t, err)
				assert.Equal(t, tt.kind, e.Kind)
				assert.Equal(t, tt.kind, numbers.KindOf(e), "an unknown outcome would be a statement about a purchase")
				assert.Contains(t, e.Message, "the reading failed")
				assert.Empty(t, resolutions[i])
			}
			assert.Empty(t, o.looks)
		})
	}
}

func TestAListingWithARowThatIsNone(t *testing.T) {
	for name, row := range map[string]*numbers.Order{"nil": nil, "no id": anOrder("", aThird)} {
		t.Run(name, func(t *testing.T) {
			o := &scripted{foundBy: numbers.ByNumber, listing: of(anOrder("o1", aNumber), row)}
			resolutions, errs := resolve(t, o, notAsked(t), attempt(aNumber), attempt(aThird))
			for i := range errs {
				require.ErrorIs(t, errs[i], numbers.ErrVendor)
				assert.ErrorContains(t, errs[i], "an order without an id")
				assert.Empty(t, resolutions[i])
			}
		})
	}
}

func TestTheFirstReferenceThatCannotBeReadEndsTheReading(t *testing.T) {
	o := &scripted{foundBy: numbers.ByReference, listing: listing{broken: &numbers.Error{Kind: numbers.ErrUnreachable}}}
	_, errs := resolve(t, o, notAsked(t), many(3)...)
	for _, err := range errs {
		require.ErrorIs(t, err, numbers.ErrUnreachable)
	}
	assert.Equal(t, []numbers.OrderQuery{{Reference: "job-0"}}, o.queries)
}
