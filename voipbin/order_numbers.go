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
// path lived for about two days before it was renamed to /v1.0/numbers, which
// [NumbersService] speaks; servers of that time alone know it.
//
// Nearly every error of it is HTTP 400 with an empty body: a bad body, an
// unknown id, another customer's number, a carrier that refused or failed, a
// timeout. It is ErrVendor, since it says nothing.
type OrderNumbersService struct{ api *api.Client }

const orderNumbers = "/v1.0/order_numbers"

// ListOrderNumbersRequest asks for one page of numbers.
type ListOrderNumbersRequest struct {
	// PageSize is 1 to 100; 0 = not sent, which means 10.
	PageSize int `url:"page_size,omitempty"`
	// PageToken is a time in UTC: only rows created before it are listed. "" =
	// not sent, which means now.
	PageToken string `url:"page_token,omitempty"`
}

// CreateOrderNumberRequest orders a number. The server ignores all else.
type CreateOrderNumberRequest struct {
	// Number is sent to the carrier as it is: it should be in E.164.
	Number string `json:"number"`
}

// List reads one page of numbers, the newest first; r may be nil. Deleted
// numbers are not listed.
//
// GET /v1.0/order_numbers with page_size (1 to 100, default 10) and
// page_token (VoIPBin's tutorial of March 2021; limits and order: its
// published server). To see all numbers use All: by the tokens alone, rows
// that were created in the same microsecond get lost between the pages.
func (s *OrderNumbersService) List(ctx context.Context, r *ListOrderNumbersRequest) (*NumberPage, error) {
	return list(ctx, s.api, "OrderNumbers.List", orderNumbers, (*pageRequest)(r))
}

// All walks the numbers of all pages, the newest first, from r.PageToken on; r
// may be nil. Pages have 100 numbers unless r says otherwise. It loses no rows
// of equal times, and ends in ErrIncomplete where 100 or more were created in
// one microsecond, since no page can show that there are no others. A number
// that was created this very moment, or by a server whose clock is ahead, may
// be missing still: list again before concluding that it is not there.
func (s *OrderNumbersService) All(ctx context.Context, r *ListOrderNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*Number, error] {
	return s.walk(ctx, r, time.Time{}, opts...)
}

func (s *OrderNumbersService) walk(ctx context.Context, r *ListOrderNumbersRequest, since time.Time, opts ...numbers.PageOption) iter.Seq2[*Number, error] {
	return walk(ctx, "OrderNumbers.All", (*pageRequest)(r), since, func(ctx context.Context, r *pageRequest) (*NumberPage, error) {
		return s.List(ctx, (*ListOrderNumbersRequest)(r))
	}, opts)
}

// Get reads a number. One that was deleted is still there, with the status
// "deleted".
//
// GET /v1.0/order_numbers/{id} (VoIPBin's tutorial of March 2021). An unknown
// id, one that is no UUID, and another customer's is HTTP 400 with an empty
// body.
func (s *OrderNumbersService) Get(ctx context.Context, id string) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: "OrderNumbers.Get", Class: api.Read, Method: http.MethodGet,
		Path: orderNumbers + "/{id}", Args: []string{id},
	}, (*Number).check)
}

// Create orders a number. The tutorial does not name this operation; VoIPBin's
// published server of those days has it.
//
// POST /v1.0/order_numbers, answered with 200 and the number, active or
// purchase-pending. It may cost money: it is sent once. Hardly any answer
// proves that nothing was bought: a 400 or 401 with an empty body, any 5xx and
// a 200 with a zero object are ErrOutcomeUnknown. A carrier that is slow is
// 400 after 15 seconds, and the number is there afterwards; the zero object is
// a number that was bought and that nothing will ever list.
func (s *OrderNumbersService) Create(ctx context.Context, r *CreateOrderNumberRequest) (*Number, error) {
	return s.create(ctx, r, nil)
}

// create is Create with what is called immediately before the order is sent.
func (s *OrderNumbersService) create(ctx context.Context, r *CreateOrderNumberRequest, begin func(context.Context) (time.Time, error)) (*Number, error) {
	const op = "OrderNumbers.Create"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if r.Number == "" {
		return nil, api.Invalid(vendor, op, "Number", "it is empty")
	}
	if strings.HasPrefix(r.Number, virtualPrefix) {
		return nil, api.Invalid(vendor, op, "Number", "+899 is a virtual number, which this API does not have: a carrier would be asked for it")
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: orderNumbers, Body: r, Begin: begin,
		Numbers: []numbers.E164{numbers.E164(r.Number)},
	}, (*Number).check)
}

// Delete gives a number back and answers with it as it then is, with the status
// "deleted".
//
// DELETE /v1.0/order_numbers/{id} (VoIPBin's tutorial of March 2021). It is
// HTTP 400 with an empty body when the number was deleted already, as it is
// for every other failure: read the number again to know.
func (s *OrderNumbersService) Delete(ctx context.Context, id string) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: "OrderNumbers.Delete", Class: api.Write, Method: http.MethodDelete,
		Path: orderNumbers + "/{id}", Args: []string{id},
	}, (*Number).check)
}
