package opentact

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The states of an order: from created over verify and processing to success
// or failed, which are final. A success may have numbers that failed.
const (
	OrderCreated    = "created"
	OrderVerify     = "verify"
	OrderProcessing = "processing"
	OrderSuccess    = "success"
	OrderFailed     = "failed"
)

// The directions of an order of rows.
const (
	Ascending  = "ASC"
	Descending = "DESC"
)

// Order is an order of one or more numbers, in the forms of all three
// generations of OpenTact's API:
//
//   - That of 2020 has the features once for all numbers, and TNs and TNLeases.
//   - That of 2021 has Items that were accepted and Errors that were not.
//   - Today's has counters and TNItems.
//
// A list shows an order without its numbers: the objects beside it are {} and
// the arrays empty.
type Order struct {
	CreatedOn  wire.Time `json:"created_on,omitzero"`
	ModifiedOn wire.Time `json:"modified_on,omitzero"`
	UUID       string    `json:"uuid"`
	// State is one of the constants above, or one not known yet.
	State string `json:"state"`

	// The features that were ordered (2020).
	Voice     wire.Bool `json:"voice,omitzero"`
	Fax       wire.Bool `json:"fax,omitzero"`
	SMS       wire.Bool `json:"sms,omitzero"`
	MMS       wire.Bool `json:"mms,omitzero"`
	Emergency wire.Bool `json:"emergency,omitzero"`

	// The numbers of the order by their state (today).
	Total      *int `json:"total,omitempty"`
	Success    *int `json:"success,omitempty"`
	Processing *int `json:"processing,omitempty"`
	Failed     *int `json:"failed,omitempty"`

	// TNs are the numbers.
	TNs []Related[TN] `json:"tns,omitzero"`
	// Items were accepted, Errors were not (2021).
	Items  []OrderItem  `json:"items,omitzero"`
	Errors []OrderError `json:"errors,omitzero"`
	// TNItems are the numbers with their states (today).
	TNItems []OrderTNItem `json:"tn_items,omitzero"`

	Account       Related[Account]       `json:"account,omitzero"`
	Profile       Related[Profile]       `json:"profile,omitzero"`
	SIPConnection Related[SIPConnection] `json:"sip_connection,omitzero"`
	SIPControlApp Related[SIPControlApp] `json:"sip_control_app,omitzero"`
	CreatedBy     Related[User]          `json:"created_by,omitzero"`
	ModifiedBy    Related[User]          `json:"modified_by,omitzero"`
	// Request is what was ordered, as the vendor keeps it.
	Request *OrderRequest `json:"request,omitempty"`
	// Price is nil until the vendor knows it, and empty in lists.
	Price     *OrderPrice `json:"price,omitempty"`
	AutoRenew wire.Bool   `json:"autorenew,omitzero"`
	// TNLeases are what the order has brought.
	TNLeases []Related[Lease] `json:"tnleases,omitzero"`

	listed listing // zero unless a list has it
}

// OrderRequest is what was ordered, as the vendor keeps it. Where it was sent
// true, true or "true" comes back.
type OrderRequest struct {
	Voice         wire.Bool `json:"voice,omitzero"`
	Fax           wire.Bool `json:"fax,omitzero"`
	SMS           wire.Bool `json:"sms,omitzero"`
	MMS           wire.Bool `json:"mms,omitzero"`
	Emergency     wire.Bool `json:"emergency,omitzero"`
	TNs           []wire.TN `json:"tns,omitzero"`
	AutoRenew     wire.Bool `json:"autorenew,omitzero"`
	Profile       *string   `json:"profile,omitempty"`
	SIPConnection *string   `json:"sip_connection,omitempty"`
	SIPControlApp *string   `json:"sip_control_app,omitempty"`
	// Items are the numbers since 2021.
	Items []OrderItem `json:"items,omitzero"`
}

// OrderItem is one number of an order since 2021: with features as flags in
// 2021, with a list of them today.
type OrderItem struct {
	TN        wire.TN   `json:"tn,omitzero"`
	Voice     wire.Bool `json:"voice,omitzero"`
	Fax       wire.Bool `json:"fax,omitzero"`
	SMS       wire.Bool `json:"sms,omitzero"`
	MMS       wire.Bool `json:"mms,omitzero"`
	Emergency wire.Bool `json:"emergency,omitzero"`
	Features  []string  `json:"features,omitzero"`
	Profile   *string   `json:"profile,omitempty"`
	AutoRenew wire.Bool `json:"autorenew,omitzero"`
}

// OrderError is a number that an order of 2021 did not bring.
type OrderError struct {
	Item        OrderItem `json:"item"`
	Reason      string    `json:"reason"`
	Description *string   `json:"description,omitempty"`
}

// OrderTNItem is one number of an order of today.
type OrderTNItem struct {
	TN wire.TN `json:"tn,omitzero"`
	// State is one of the states of an order.
	State string `json:"state"`
	// Reason says why a number failed.
	Reason *string `json:"reason,omitempty"`
}

// SearchOrdersRequest asks for one page of orders. What is not set is not sent.
type SearchOrdersRequest struct {
	// Take is 1 to 100; 0 = not sent, which means 10. Skip is how many orders
	// stand before the first one.
	Take int `url:"take,omitempty" json:"-"`
	Skip int `url:"skip,omitempty" json:"-"`
	// State is one of the states of an order.
	State *string `url:"-" json:"state,omitempty"`
	// Mode joins the filters: AND or OR.
	Mode           *string      `url:"-" json:"mode,omitempty"`
	Order          *OrdersOrder `url:"-" json:"order,omitempty"`
	CreatedOnFrom  wire.Time    `url:"-" json:"created_on_from,omitzero"`
	CreatedOnTo    wire.Time    `url:"-" json:"created_on_to,omitzero"`
	ModifiedOnFrom wire.Time    `url:"-" json:"modified_on_from,omitzero"`
	ModifiedOnTo   wire.Time    `url:"-" json:"modified_on_to,omitzero"`
}

// OrdersOrder is the order of listed orders: [Ascending] or [Descending].
type OrdersOrder struct {
	CreatedOn  *string `json:"created_on,omitempty"`
	ModifiedOn *string `json:"modified_on,omitempty"`
}

// OrdersService orders numbers. OpenTact publishes no way to change, cancel or
// delete an order.
type OrdersService struct{ api *api.Client }

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
	if err := (window{r.Take, r.Skip}).check(op); err != nil {
		return nil, err
	}
	return s.orders(ctx, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/order/search", Query: r, Body: r,
	}, cmp.Or(r.Take, MaxTake))
}

// SearchAll walks the orders of Search from r.Skip on; r may be nil. Pages have
// 100 orders unless r says otherwise, the oldest first. Orders that are made
// meanwhile come at the end, then; in another order, some may come twice.
func (s *OrdersService) SearchAll(ctx context.Context, r *SearchOrdersRequest, opts ...numbers.PageOption) iter.Seq2[*Order, error] {
	var from SearchOrdersRequest
	if r != nil {
		from = *r
	}
	if from.Order == nil {
		from.Order = &OrdersOrder{CreatedOn: new(Ascending)}
	}
	return all(ctx, "Orders.SearchAll", window{from.Take, from.Skip}, func(ctx context.Context, at window) (*Page[Order], error) {
		r := from
		r.Take, r.Skip = at.take, at.skip
		return s.Search(ctx, &r)
	}, (*Order).key, opts)
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
	}, 0)
}

// orders performs a call that lists orders, and notes with each how it was listed.
func (s *OrdersService) orders(ctx context.Context, call *api.Call, size int) (*Page[Order], error) {
	var header http.Header
	call.Header = &header
	pg, err := list(ctx, s.api, call, size, (*Order).check)
	if err != nil {
		return nil, err
	}
	date, _ := http.ParseTime(header.Get("Date"))
	for i := range pg.Data {
		pg.Data[i].listed = listing{date: date, counted: !pg.Total.IsZero()}
	}
	return pg, nil
}

// listing is what the answer that lists an order says besides.
type listing struct {
	date    time.Time // when it was answered, by the vendor's clock; zero where not known
	counted bool      // it counts all orders
}

func (o *Order) key() string { return o.UUID }

// All walks the orders of List. It ends with ErrIncomplete where the answer can't
// be shown to have all of them: the vendor counts more orders than it lists, or it
// sends one order in place of a list (the documentation of 2020 does), or a page
// without saying how many orders there are.
func (s *OrdersService) All(ctx context.Context, _ ...numbers.PageOption) iter.Seq2[*Order, error] {
	return whole(ctx, "Orders.All", 0, s.List, (*Order).key)
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
	return get(ctx, s.api, call, (*Order).check)
}

func (o *Order) check() string { return checkID(o.UUID) }
