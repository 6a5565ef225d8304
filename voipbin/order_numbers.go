package voipbin

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// OrderNumbersService is the number API of the first days of March 2021. Its
// path existed for about two days before it was renamed to /v1.0/numbers, which
// is [NumbersService]. Only servers of that time have it.
//
// Nearly every error is HTTP 400 with an empty body: a bad body, an unknown id,
// another customer's number, a carrier that refused or failed, a timeout. It is
// ErrVendor, because it does not show the cause.
type OrderNumbersService struct{ api *api.Client }

const orderNumbers = "/v1.0/order_numbers"

// ListOrderNumbersRequest asks for one page of numbers.
type ListOrderNumbersRequest struct {
	// PageSize is 1 to 100; 0 = not sent, which means 10.
	PageSize int `url:"page_size,omitempty"`
	// PageToken is a time in UTC. Only rows created before it are listed. "" =
	// not sent, which means now.
	PageToken string `url:"page_token,omitempty"`
}

// CreateOrderNumberRequest orders a number. The server ignores all other
// fields.
type CreateOrderNumberRequest struct {
	// Number is sent to the carrier unchanged. It should be in E.164.
	Number string `json:"number"`
}

// List reads one page of numbers, the newest first. r may be nil. Deleted
// numbers are not listed.
//
// GET /v1.0/order_numbers with page_size (1 to 100, default 10) and page_token
// (VoIPBin's tutorial of March 2021; limits and order: its published server).
// To read all numbers, use All: with the tokens alone, rows that were created
// in the same microsecond can be lost between the pages.
func (s *OrderNumbersService) List(ctx context.Context, r *ListOrderNumbersRequest) (*Page[Number], error) {
	const op = "OrderNumbers.List"
	if r == nil {
		r = &ListOrderNumbersRequest{}
	}
	if err := window(*r).check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: orderNumbers, Query: r,
	}, r.PageSize, (*Number).checkRow)
}

// All yields the numbers of all pages, the newest first, from r.PageToken on. r may be
// nil. A page has 100 numbers, unless r sets its size. All loses no rows of equal times.
// If 100 or more rows were created in one microsecond, it ends with ErrIncomplete,
// because no page can show that there are no others. A number that was created a moment
// ago, or by a server whose clock is ahead, may still be missing. List again before you
// conclude that it does not exist.
func (s *OrderNumbersService) All(ctx context.Context, r *ListOrderNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*Number, error] {
	return s.since(ctx, r, time.Time{}, opts)
}

// since is All to the first page whose last number was created before a time; zero =
// to the end.
func (s *OrderNumbersService) since(ctx context.Context, r *ListOrderNumbersRequest, since time.Time, opts []numbers.PageOption) iter.Seq2[*Number, error] {
	var from ListOrderNumbersRequest
	if r != nil {
		from = *r
	}
	return all(ctx, "OrderNumbers.All", window(from), since, func(ctx context.Context, at window) (*Page[Number], error) {
		r := ListOrderNumbersRequest(at)
		return s.List(ctx, &r)
	}, (*Number).key, opts)
}

// Get reads a number. It also returns a deleted number, with the status
// "deleted".
//
// GET /v1.0/order_numbers/{id} (VoIPBin's tutorial of March 2021). For an
// unknown id, an id that is not a UUID, and another customer's number the
// answer is HTTP 400 with an empty body.
func (s *OrderNumbersService) Get(ctx context.Context, id string) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: "OrderNumbers.Get", Class: api.Read, Method: http.MethodGet,
		Path: orderNumbers + "/{id}", Args: []string{id},
	}, (*Number).check)
}

// Create orders a number. The tutorial does not mention this operation.
// VoIPBin's published server of that time has it.
//
// POST /v1.0/order_numbers, which returns 200 and the number, active or
// purchase-pending. It may cost money and is sent once. The answer rarely
// proves that nothing was bought: a 400 or 401 with an empty body, any 5xx, and
// a 200 with a zero object are ErrOutcomeUnknown. If the carrier is slow, the
// answer is a 400 after 15 seconds, and the number is listed later. The zero
// object means a number that was bought and is never listed.
func (s *OrderNumbersService) Create(ctx context.Context, r *CreateOrderNumberRequest) (*Number, error) {
	return s.create(ctx, r, nil)
}

// create is Create. begin is called immediately before the order is sent, and
// may be nil.
func (s *OrderNumbersService) create(ctx context.Context, r *CreateOrderNumberRequest, begin func(context.Context) (time.Time, error)) (*Number, error) {
	const op = "OrderNumbers.Create"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if r.Number == "" {
		return nil, api.Invalid(vendor, op, "Number", "it is empty")
	}
	if strings.HasPrefix(r.Number, virtualPrefix) {
		return nil, api.Invalid(vendor, op, "Number", "this API has no virtual numbers (+899): the server would order it from a carrier")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: orderNumbers, Body: r, Begin: begin,
		Numbers: []numbers.E164{numbers.E164(r.Number)},
	}, (*Number).check)
}

// Delete releases a number and returns it, with the status "deleted".
//
// DELETE /v1.0/order_numbers/{id} (VoIPBin's tutorial of March 2021). If the
// number is already deleted, the answer is HTTP 400 with an empty body, as for
// every other failure. Read the number again to find out.
func (s *OrderNumbersService) Delete(ctx context.Context, id string) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: "OrderNumbers.Delete", Class: api.Write, Method: http.MethodDelete,
		Path: orderNumbers + "/{id}", Args: []string{id},
	}, (*Number).check)
}
