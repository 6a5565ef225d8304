package opentact

import (
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// OrdersService orders numbers. OpenTact publishes no way to change, cancel or
// delete an order.
type OrdersService struct{ api *api.Client }

// Create orders numbers in the form of 2020.
//
// POST /order/tn, answered with 200 or 201 and the order in state created; see
// Get for what becomes of it. It may cost money, and OpenTact has no
// idempotency key: it is sent once, and ErrOutcomeUnknown means that the order
// may exist; look for it by List before ordering again. Without enough balance
// it is ErrInsufficientFunds (402); a profile, number or connection that does
// not exist is ErrNotFound (404).
//
// Source: OpenTact's documentation of 2020, "CreateTNOrder".
func (s *OrdersService) Create(ctx context.Context, r *CreateTNOrderRequest) (*Order, error) {
	return s.create(ctx, r, nil)
}

// Price says what an order in the form of 2020 would cost. It buys nothing.
//
// POST /order/price with the body of Create, answered with 200.
//
// Source: OpenTact's documentation of 2020, "GetOrderPrice".
func (s *OrdersService) Price(ctx context.Context, r *CreateTNOrderRequest) (*OrderPrice, error) {
	const op = "Orders.Price"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return s.price(ctx, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/order/price", Body: r, Numbers: r.numbers(),
	})
}

// CreateItems orders numbers in the form of 2021, each with features of its
// own.
//
// POST /order/tn, as Create in all else. What is refused of single numbers is
// in the order's Errors.
//
// Source: the server's own description of October 2021.
func (s *OrdersService) CreateItems(ctx context.Context, r *CreateItemsRequest) (*Order, error) {
	return s.create(ctx, r, nil)
}

// PriceItems says what an order in the form of 2021 would cost. It buys
// nothing.
//
// POST /order/price with the body of CreateItems, answered with 200.
//
// Source: the server's own description of October 2021.
func (s *OrdersService) PriceItems(ctx context.Context, r *CreateItemsRequest) (*OrderPrice, error) {
	const op = "Orders.PriceItems"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return s.price(ctx, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/order/price", Body: r, Numbers: r.numbers(),
	})
}

// CreateOrder orders numbers in today's form.
//
// POST /order, answered with 201 and the order's counters; its numbers are
// shown by Get. It may cost money and is sent once, as Create.
//
// Source: OpenTact's documentation of 2022 to 2024.
func (s *OrdersService) CreateOrder(ctx context.Context, r *CreateOrderRequest) (*Order, error) {
	return s.create(ctx, r, nil)
}

// createRequest is a request that orders, in the form of one generation.
type createRequest interface {
	operation() (op, path string)
	check(op string) error
	numbers() []numbers.E164
}

// create orders by any of the requests. begin is numbers.OrderRequest.Begin, and
// may be nil.
func (s *OrdersService) create(ctx context.Context, r createRequest, begin func(context.Context) (time.Time, error)) (*Order, error) {
	op, path := r.operation()
	if err := r.check(op); err != nil {
		return nil, err
	}
	return s.order(ctx, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: path, Body: r, Numbers: r.numbers(), Begin: begin,
	})
}

// Search reads one page of orders, with their counters and without their
// numbers; r may be nil.
//
// POST /order/search with take (1 to 100, default 10) and skip in the query.
//
// Source: OpenTact's documentation of 2022 to 2024; the limits of take are
// those of its searches in the documentation of 2020.
func (s *OrdersService) Search(ctx context.Context, r *SearchOrdersRequest) (*Page[Order], error) {
	const op = "Orders.Search"
	if r == nil {
		r = &SearchOrdersRequest{}
	}
	if err := checkWindow(op, r.Take, r.Skip); err != nil {
		return nil, err
	}
	return s.orders(ctx, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/order/search", Query: r, Body: r,
	}, rows)
}

// SearchAll walks the orders of Search from r.Skip on; r may be nil. Pages have
// 100 orders unless r says otherwise, the oldest first. Orders that are made
// meanwhile come at the end, then; in another order, some may come twice.
func (s *OrdersService) SearchAll(ctx context.Context, r *SearchOrdersRequest, opts ...numbers.PageOption) iter.Seq2[*Order, error] {
	return rowsOf(s.searchPages(ctx, r, opts))
}

// searchPages is SearchAll by whole pages.
func (s *OrdersService) searchPages(ctx context.Context, r *SearchOrdersRequest, opts []numbers.PageOption) iter.Seq2[*Page[Order], error] {
	var from SearchOrdersRequest
	if r != nil {
		from = *r
	}
	if from.Order == nil {
		from.Order = &OrdersOrder{CreatedOn: new(Ascending)}
	}
	return window[Order]{
		op: "Orders.SearchAll", take: from.Take, skip: from.Skip,
		fetch: func(ctx context.Context, take, skip int) (*Page[Order], error) {
			at := from
			at.Take, at.Skip = take, skip
			return s.Search(ctx, &at)
		},
		id: func(o *Order) string { return o.UUID },
	}.pages(ctx, opts)
}

// List reads the account's orders. There is no paging, no filter, and no order
// of the rows is documented. The orders are shallow: Get shows their numbers.
//
// GET /order. OpenTact's documentation of 2020 heads this "POST", under which
// its API of today creates an order; its own example and the server's
// description of 2021 have GET.
func (s *OrdersService) List(ctx context.Context) (*Page[Order], error) {
	return s.orders(ctx, &api.Call{
		Op: "Orders.List", Class: api.Read, Method: http.MethodGet, Path: "/order",
	}, list)
}

// orders performs a call that lists orders, and notes when it was answered.
func (s *OrdersService) orders(ctx context.Context, call *api.Call, perform func(context.Context, *api.Client, *api.Call, func(*Order) string) (*Page[Order], error)) (*Page[Order], error) {
	var header http.Header
	call.Header = &header
	pg, err := perform(ctx, s.api, call, func(o *Order) string { return missing(o.UUID) })
	if err == nil {
		pg.date, _ = http.ParseTime(header.Get("Date"))
	}
	return pg, err
}

// All walks the orders of List. It ends with ErrIncomplete where the answer can't
// be shown to have all of them: the vendor counts more orders than it lists, or it
// sends one order in place of a list (the documentation of 2020 does), or a page
// without saying how many orders there are.
func (s *OrdersService) All(ctx context.Context, _ ...numbers.PageOption) iter.Seq2[*Order, error] {
	return rowsOf(s.listPages(ctx))
}

// listPages is All by whole pages, of which there is one.
func (s *OrdersService) listPages(ctx context.Context) iter.Seq2[*Page[Order], error] {
	return whole(ctx, "Orders.All", s.List)
}

// Get reads an order with its numbers.
//
// GET /order/{uuid}. An order that does not exist is ErrNotFound (404, "Order
// not found"), and one of another account ErrForbidden (401, "Forbidden").
//
// The answer holds passwords, tokens and personal data of the account's users.
func (s *OrdersService) Get(ctx context.Context, uuid string) (*Order, error) {
	return s.order(ctx, &api.Call{
		Op: "Orders.Get", Class: api.Read, Method: http.MethodGet, Path: "/order/{uuid}", Args: []string{uuid},
	})
}

// order performs a call whose answer is an order.
func (s *OrdersService) order(ctx context.Context, call *api.Call) (*Order, error) {
	o := new(Order)
	call.Into = o
	call.Check = func() string { return missing(o.UUID) }
	if err := s.api.Do(ctx, call); err != nil {
		return nil, err
	}
	return o, nil
}

// price performs a call whose answer is a price.
func (s *OrdersService) price(ctx context.Context, call *api.Call) (*OrderPrice, error) {
	p := new(OrderPrice)
	call.Into = p
	call.Check = func() string {
		if p.NRC.IsZero() && p.MRC.IsZero() && p.Items == nil {
			return "it has no price"
		}
		return ""
	}
	if err := s.api.Do(ctx, call); err != nil {
		return nil, err
	}
	return p, nil
}
