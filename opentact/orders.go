package opentact

import (
	"context"
	"iter"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/page"
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
	const op = "Orders.Create"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return s.order(ctx, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/order/tn", Body: r, Numbers: r.numbers(),
	})
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
	const op = "Orders.CreateItems"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return s.order(ctx, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/order/tn", Body: r, Numbers: r.numbers(),
	})
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
	const op = "Orders.CreateOrder"
	if err := r.check(op); err != nil {
		return nil, err
	}
	return s.order(ctx, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: "/order", Body: r, Numbers: r.numbers(),
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
	return s.search(ctx, r, nil)
}

func (s *OrdersService) search(ctx context.Context, r *SearchOrdersRequest, header *http.Header) (*Page[Order], error) {
	const op = "Orders.Search"
	if r == nil {
		r = &SearchOrdersRequest{}
	}
	if err := checkWindow(op, r.Take, r.Skip); err != nil {
		return nil, err
	}
	return rows(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/order/search", Query: r, Body: r, Header: header,
	}, func(o *Order) string { return missing(o.UUID) })
}

// SearchAll walks the orders of Search from r.Skip on; r may be nil. Pages have
// 100 orders unless r says otherwise, the oldest first. Orders that are made
// meanwhile come at the end, then; in another order, some may come twice.
func (s *OrdersService) SearchAll(ctx context.Context, r *SearchOrdersRequest, opts ...numbers.PageOption) iter.Seq2[*Order, error] {
	return s.searchAll(ctx, r, nil, opts...)
}

func (s *OrdersService) searchAll(ctx context.Context, r *SearchOrdersRequest, header *http.Header, opts ...numbers.PageOption) iter.Seq2[*Order, error] {
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
			return s.search(ctx, &at, header)
		},
		id: func(o *Order) string { return o.UUID },
	}.all(ctx, opts)
}

// List reads the account's orders. There is no paging, no filter, and no order
// of the rows is documented. The orders are shallow: Get shows their numbers.
//
// GET /order. OpenTact's documentation of 2020 heads this "POST", under which
// its API of today creates an order; its own example and the server's
// description of 2021 have GET.
func (s *OrdersService) List(ctx context.Context) (*Page[Order], error) {
	return s.list(ctx, nil)
}

func (s *OrdersService) list(ctx context.Context, header *http.Header) (*Page[Order], error) {
	return list(ctx, s.api, &api.Call{
		Op: "Orders.List", Class: api.Read, Method: http.MethodGet, Path: "/order", Header: header,
	}, func(o *Order) string { return missing(o.UUID) })
}

// All walks the orders of List. Where the vendor counts more orders than it
// lists, the walk ends with ErrIncomplete.
func (s *OrdersService) All(ctx context.Context, _ ...numbers.PageOption) iter.Seq2[*Order, error] {
	return s.all(ctx, nil)
}

// all is All, which may show the header of the answer.
func (s *OrdersService) all(ctx context.Context, header *http.Header) iter.Seq2[*Order, error] {
	return page.Walk[*Order, struct{}]{
		Vendor: vendor,
		Op:     "Orders.All",
		Fetch: func(ctx context.Context, _ struct{}) (page.Page[*Order, struct{}], error) {
			pg, err := s.list(ctx, header)
			if err != nil {
				return page.Page[*Order, struct{}]{}, err
			}
			return page.Page[*Order, struct{}]{Items: pointers(pg.Data), Count: pg.count()}, nil
		},
		Key: func(o *Order) string { return o.UUID },
	}.All(ctx)
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
