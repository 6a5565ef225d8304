package opentact

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// CreateTNOrderRequest orders numbers, or requests their price, in the form of
// 2020. A nil field is not sent, and OpenTact uses its default.
type CreateTNOrderRequest struct {
	// Voice is true by default.
	Voice *bool `json:"voice,omitempty"`
	Fax   *bool `json:"fax,omitempty"`
	// SMS is true by default.
	SMS       *bool `json:"sms,omitempty"`
	MMS       *bool `json:"mms,omitempty"`
	Emergency *bool `json:"emergency,omitempty"`
	// TNs are the numbers with country code and without a plus sign:
	// 12029822917. There must be at least one, and each number only once. They
	// are sent as JSON numbers.
	TNs []int64 `json:"tns"`
	// AutoRenew is true by default. false releases the numbers when their first
	// month ends.
	AutoRenew *bool `json:"autorenew,omitempty"`
	// Profile is the name of a TN profile: 1 to 255 characters. The default is
	// "US".
	Profile *string `json:"profile,omitempty"`
	// SIPConnection and SIPControlApp are the UUIDs of the trunk and the
	// application that the numbers are connected to.
	SIPConnection *string `json:"sip_connection,omitempty"`
	SIPControlApp *string `json:"sip_control_app,omitempty"`
}

func (*CreateTNOrderRequest) operation() (op, path string) { return "Orders.Create", "/order/tn" }

func (r *CreateTNOrderRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.TNs) == 0 {
		return api.Invalid(vendor, op, "TNs", "it is empty")
	}
	if err := checkTNs(op, func(i int) string { return fmt.Sprintf("TNs[%d]", i) }, r.TNs); err != nil {
		return err
	}
	return checkProfile(op, "Profile", r.Profile)
}

func (r *CreateTNOrderRequest) numbers() []numbers.E164 { return spelled(r.TNs) }

func checkTN(op, field string, n int64) error {
	if n < 0 {
		return api.Invalid(vendor, op, field, "it is negative")
	}
	return nil
}

// checkTNs checks the numbers of an order. field names one of them.
func checkTNs(op string, field func(i int) string, tns []int64) error {
	first := make(map[int64]int, len(tns))
	for i, n := range tns {
		if err := checkTN(op, field(i), n); err != nil {
			return err
		}
		if j, twice := first[n]; twice {
			return api.Invalid(vendor, op, field(i), fmt.Sprintf("it is in the order twice; the first is %s", field(j)))
		}
		first[n] = i
	}
	return nil
}

func itemField(i int) string { return fmt.Sprintf("Items[%d].TN", i) }

// longestProfile is the largest count of characters in the name of a profile.
const longestProfile = 255

func checkProfile(op, field string, name *string) error {
	if name == nil {
		return nil
	}
	if n := utf8.RuneCountInString(*name); n < 1 || n > longestProfile {
		return api.Invalid(vendor, op, field, fmt.Sprintf("it has %d characters, and must have 1 to %d", n, longestProfile))
	}
	return nil
}

// spelled returns the numbers of a request in the form of errors.
func spelled(tns []int64) []numbers.E164 {
	list := make([]numbers.E164, len(tns))
	for i, n := range tns {
		list[i] = numbers.E164("+" + strconv.FormatInt(n, 10))
	}
	return list
}

// CreateItemsRequest orders numbers, or requests their price, in the form of
// 2021.
type CreateItemsRequest struct {
	// Items are the numbers. There must be at least one, and each number only
	// once.
	Items []CreateItem `json:"items"`
}

// CreateItem is one number to order. A nil field is not sent, and OpenTact uses
// its default.
type CreateItem struct {
	// TN is the number with country code and without a plus sign.
	TN        int64 `json:"tn"`
	Voice     *bool `json:"voice,omitempty"`
	Fax       *bool `json:"fax,omitempty"`
	SMS       *bool `json:"sms,omitempty"`
	MMS       *bool `json:"mms,omitempty"`
	Emergency *bool `json:"emergency,omitempty"`
	// Profile is the name of a TN profile, 1 to 255 characters.
	Profile   *string `json:"profile,omitempty"`
	AutoRenew *bool   `json:"autorenew,omitempty"`
}

func (*CreateItemsRequest) operation() (op, path string) { return "Orders.CreateItems", "/order/tn" }

func (r *CreateItemsRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.Items) == 0 {
		return api.Invalid(vendor, op, "Items", "it is empty")
	}
	for i, item := range r.Items {
		if err := checkProfile(op, fmt.Sprintf("Items[%d].Profile", i), item.Profile); err != nil {
			return err
		}
	}
	return checkTNs(op, itemField, r.tns())
}

func (r *CreateItemsRequest) tns() []int64 {
	tns := make([]int64, len(r.Items))
	for i, item := range r.Items {
		tns[i] = item.TN
	}
	return tns
}

func (r *CreateItemsRequest) numbers() []numbers.E164 { return spelled(r.tns()) }

// CreateOrderRequest orders numbers in today's form.
type CreateOrderRequest struct {
	// Items are the numbers. There must be at least one, and each number only
	// once.
	Items []CreateOrderItem `json:"items"`
}

// CreateOrderItem is one number to order.
type CreateOrderItem struct {
	// TN is the number with country code and without a plus sign.
	TN int64 `json:"tn"`
	// Features are "voice", "sms" and others. nil is not sent.
	Features []string `json:"features,omitzero"`
	// AutoRenew false releases the number when its first month ends.
	AutoRenew *bool `json:"autorenew,omitempty"`
}

func (*CreateOrderRequest) operation() (op, path string) { return "Orders.CreateOrder", "/order" }

func (r *CreateOrderRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.Items) == 0 {
		return api.Invalid(vendor, op, "Items", "it is empty")
	}
	return checkTNs(op, itemField, r.tns())
}

func (r *CreateOrderRequest) tns() []int64 {
	tns := make([]int64, len(r.Items))
	for i, item := range r.Items {
		tns[i] = item.TN
	}
	return tns
}

func (r *CreateOrderRequest) numbers() []numbers.E164 { return spelled(r.tns()) }

// OrderPrice is the price of an order. OpenTact writes amounts as numbers in
// one place and as strings in another, without a currency. An amount that is
// null or absent is unknown, not 0.
type OrderPrice struct {
	// NRC is charged once, and MRC every month.
	NRC   wire.Amount `json:"nrc,omitzero"`
	MRC   wire.Amount `json:"mrc,omitzero"`
	Items []PriceItem `json:"items,omitzero"`
}

// PriceItem is one price list of an order, with the prices of a number and of
// its features.
type PriceItem struct {
	NRC                         wire.Amount `json:"nrc,omitzero"`
	MRC                         wire.Amount `json:"mrc,omitzero"`
	VoiceNRC                    wire.Amount `json:"voice_nrc,omitzero"`
	VoiceMRC                    wire.Amount `json:"voice_mrc,omitzero"`
	VoiceIncomingPerMinCost     wire.Amount `json:"voice_incoming_per_min_cost,omitzero"`
	VoiceOutgoingPerMinCost     wire.Amount `json:"voice_outgoing_per_min_cost,omitzero"`
	FaxNRC                      wire.Amount `json:"fax_nrc,omitzero"`
	FaxMRC                      wire.Amount `json:"fax_mrc,omitzero"`
	FaxIncomingPerMinCost       wire.Amount `json:"fax_incoming_per_min_cost,omitzero"`
	FaxOutgoingPerMinCost       wire.Amount `json:"fax_outgoing_per_min_cost,omitzero"`
	EmergencyNRC                wire.Amount `json:"emergency_nrc,omitzero"`
	EmergencyMRC                wire.Amount `json:"emergency_mrc,omitzero"`
	EmergencyIncomingPerMinCost wire.Amount `json:"emergency_incoming_per_min_cost,omitzero"`
	EmergencyOutgoingPerMinCost wire.Amount `json:"emergency_outgoing_per_min_cost,omitzero"`
	SMSNRC                      wire.Amount `json:"sms_nrc,omitzero"`
	SMSMRC                      wire.Amount `json:"sms_mrc,omitzero"`
	SMSPerSendCost              wire.Amount `json:"sms_per_send_cost,omitzero"`
	SMSPerReceiveCost           wire.Amount `json:"sms_per_receive_cost,omitzero"`
	MMSNRC                      wire.Amount `json:"mms_nrc,omitzero"`
	MMSMRC                      wire.Amount `json:"mms_mrc,omitzero"`
	MMSPerSendCost              wire.Amount `json:"mms_per_send_cost,omitzero"`
	MMSPerReceiveCost           wire.Amount `json:"mms_per_receive_cost,omitzero"`
	ID                          *string     `json:"id,omitempty"`
	Name                        *string     `json:"name,omitempty"`
	Description                 *string     `json:"description,omitempty"`
}

// Create orders numbers in the form of 2020.
//
// POST /order/tn, which returns 200 or 201 and the order in the state created.
// Get shows how it settles. It may cost money, and OpenTact has no idempotency
// key, so it is sent once. ErrOutcomeUnknown means that the order may exist.
// Look for it with List before you order again. A balance that is too low is
// ErrInsufficientFunds (402). A profile, number or connection that does not
// exist is ErrVendor with the status 404.
//
// Source: OpenTact's documentation of 2020, "CreateTNOrder".
func (s *OrdersService) Create(ctx context.Context, r *CreateTNOrderRequest) (*Order, error) {
	return s.create(ctx, r, nil)
}

// Price returns what an order in the form of 2020 would cost. It buys nothing.
//
// POST /order/price with the body of Create, which returns 200.
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

// CreateItems orders numbers in the form of 2021. Each number has its own
// features.
//
// POST /order/tn. Everything else is as in Create. Refused numbers are in the
// order's Errors.
//
// Source: the server's own description of October 2021.
func (s *OrdersService) CreateItems(ctx context.Context, r *CreateItemsRequest) (*Order, error) {
	return s.create(ctx, r, nil)
}

// PriceItems returns what an order in the form of 2021 would cost. It buys
// nothing.
//
// POST /order/price with the body of CreateItems, which returns 200.
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
// POST /order, which returns 201 and the order's counters. Get shows its
// numbers. It may cost money and is sent once, as Create.
//
// Source: OpenTact's documentation of 2022 to 2024.
func (s *OrdersService) CreateOrder(ctx context.Context, r *CreateOrderRequest) (*Order, error) {
	return s.create(ctx, r, nil)
}

// createRequest is an order in the form of one generation.
type createRequest interface {
	operation() (op, path string)
	check(op string) error
	numbers() []numbers.E164
}

// create sends any of the orders. begin is numbers.OrderRequest.Begin, and may
// be nil.
func (s *OrdersService) create(ctx context.Context, r createRequest, begin func(context.Context) (time.Time, error)) (*Order, error) {
	op, path := r.operation()
	if err := r.check(op); err != nil {
		return nil, err
	}
	return s.order(ctx, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: path, Body: r, Numbers: r.numbers(), Begin: begin,
	})
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
