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

// The states of an order. It goes through created, verify and processing to
// success or failed, which are final. A success may have numbers that failed.
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
//   - In 2020 it has one set of features for all numbers, TNs and TNLeases.
//   - In 2021 it has the accepted numbers in Items, and the others in Errors.
//   - Today it has counters and TNItems.
//
// A list shows an order without its numbers: the related objects are {} and the
// arrays are empty.
type Order struct {
	CreatedOn  wire.Time `json:"created_on,omitzero"`
	ModifiedOn wire.Time `json:"modified_on,omitzero"`
	UUID       string    `json:"uuid"`
	// State is one of the constants above, or a new one.
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
	// Request is the vendor's copy of the request.
	Request *RequestCopy `json:"request,omitempty"`
	// Price is null until the vendor has calculated it, and {} in lists.
	Price     Related[OrderPrice] `json:"price,omitzero"`
	AutoRenew wire.Bool           `json:"autorenew,omitzero"`
	// TNLeases are the leases that the order made.
	TNLeases []Related[Lease] `json:"tnleases,omitzero"`

	listed listing // zero unless a list has it
}

// RequestCopy is the vendor's copy of the request. A true that was sent
// returns as true or "true".
type RequestCopy struct {
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

// OrderItem is one number of an order since 2021. Its features are flags in
// 2021, and a list today.
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

// OrderError is a number that an order of 2021 refused.
type OrderError struct {
	Item        OrderItem `json:"item"`
	Reason      string    `json:"reason"`
	Description *string   `json:"description,omitempty"`
}

// OrderTNItem is one number of today's order.
type OrderTNItem struct {
	TN wire.TN `json:"tn,omitzero"`
	// State is one of the states of an order.
	State string `json:"state"`
	// Reason is why the number failed.
	Reason *string `json:"reason,omitempty"`
}

// SearchOrdersRequest asks for one page of orders. A field that is not set is
// not sent.
type SearchOrdersRequest struct {
	// Take is 1 to 100; 0 = not sent, which means 10. Skip is the count of
	// orders before the first one.
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
// numbers. r may be nil.
//
// POST /order/search with take (1 to 100, default 10) and skip in the query.
//
// Source: OpenTact's documentation of 2022 to 2024. The limits of take are
// those of the searches in the documentation of 2020.
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

// SearchAll yields the orders of Search from r.Skip on. r may be nil. A page has 100
// orders, the oldest first, unless r sets another size or direction. Orders that are made
// during the walk are then at the end. With another direction, they may move other orders
// to later pages.
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

// List reads all orders of the account. It has no pages and no filters, and the
// order of the rows is not documented. Get shows the numbers of an order.
//
// GET /order. The heading in OpenTact's documentation of 2020 is "POST", which
// creates an order in today's API. The example there, and the server's own
// description of 2021, have GET.
func (s *OrdersService) List(ctx context.Context) (*Page[Order], error) {
	return s.orders(ctx, &api.Call{
		Op: "Orders.List", Class: api.Read, Method: http.MethodGet, Path: "/order",
	}, 0)
}

// orders performs a call that lists orders, and stores in each order how it was listed.
func (s *OrdersService) orders(ctx context.Context, call *api.Call, size int) (*Page[Order], error) {
	var header http.Header
	call.Header = &header
	pg, err := list(ctx, s.api, call, size, (*Order).check)
	if pg == nil {
		return nil, err
	}
	date, _ := http.ParseTime(header.Get("Date"))
	for i := range pg.Data {
		pg.Data[i].listed = listing{date: date, counted: !pg.Total.IsZero()}
	}
	return pg, err
}

// listing has facts about the answer that lists an order.
type listing struct {
	date    time.Time // the time of the answer, by the vendor's clock; zero = unknown
	counted bool      // it counts all orders
}

func (o *Order) key() string { return o.UUID }

// All yields the orders of List. It ends with ErrIncomplete if the answer may not have
// all orders: the vendor counts more orders than it lists, sends one order in place of a
// list (as in the documentation of 2020), or sends a page without a total.
func (s *OrdersService) All(ctx context.Context, _ ...numbers.PageOption) iter.Seq2[*Order, error] {
	return whole(ctx, "Orders.All", 0, s.List, (*Order).key)
}

// Get reads an order with its numbers.
//
// GET /order/{uuid}. An order that does not exist is ErrNotFound (404, "Order
// not found"). An order of another account is ErrForbidden (401, "Forbidden").
//
// The answer contains passwords, tokens and personal data of the account's
// users.
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
