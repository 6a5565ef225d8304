package driver_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Acme is an account at the vendor Acme as a numbers.Orderer.
type Acme struct {
	client *http.Client
	base   string
	token  wire.Secret
}

var _ interface {
	numbers.Orderer
	numbers.Inventory
	numbers.Releaser
} = (*Acme)(nil)

// NewAcme makes an Orderer. transport may be nil.
func NewAcme(base string, token wire.Secret, transport http.RoundTripper) *Acme {
	// Once sends a purchase at most once, and not too late.
	return &Acme{client: &http.Client{Transport: &driver.Once{Base: transport}, Timeout: time.Minute}, base: base, token: token}
}

// AcmeRequest is what Acme takes as an order, and the type of OrderRequest.Native.
type AcmeRequest struct {
	Number    string `json:"number"`
	Reference string `json:"reference,omitempty"`
	Note      string `json:"note,omitempty"`
}

// AcmeOrder is an order as Acme writes it.
type AcmeOrder struct {
	ID        string    `json:"id"`
	Number    string    `json:"number"`
	Reference string    `json:"reference"`
	Note      string    `json:"note"`
	State     string    `json:"state"`
	Created   wire.Time `json:"created_at"`
}

// AcmeNumber is a number of the account as Acme writes it.
type AcmeNumber struct {
	ID     string `json:"id"`
	Number string `json:"number"`
}

// Capabilities implements numbers.Orderer.
func (a *Acme) Capabilities() numbers.Capabilities {
	return numbers.Capabilities{
		Vendor: "acme", Can: numbers.CanListOwned | numbers.CanRelease, Billing: numbers.Buys, FoundBy: numbers.ByReference,
		MaxNumbers: 1, ListingDelay: listingDelay, DefiniteRefusals: true, Native: (*AcmeRequest)(nil),
	}
}

// listingDelay is how long an order can be missing from the list, by Acme's support.
const listingDelay = 30 * time.Second

// Place orders one number by POST /orders.
func (a *Acme) Place(ctx context.Context, r numbers.OrderRequest) (*numbers.Order, error) {
	const op = "Place"
	request, err := driver.Template(a.Capabilities(), op, r, func(own *AcmeRequest) bool { return own.Number != "" })
	if err != nil {
		return nil, err
	}
	request.Number, request.Reference = string(r.Numbers[0]), r.Reference
	ctx, sending := driver.NewSending(ctx, "acme", r)
	var made AcmeOrder
	err = a.send(ctx, op, http.MethodPost, "/orders", request, &made)
	switch {
	case made.ID != "": // it was placed, whatever else of the answer can't be read
		return driver.CheckPlaced(a.order(&made), r)
	case err == nil:
		err = errors.New("the answer has no id")
	}
	return nil, sending.Error(err)
}

// Order reads one order by GET /orders/{id}.
func (a *Acme) Order(ctx context.Context, id string) (*numbers.Order, error) {
	const op = "Order"
	if id == "" || id == "." || id == ".." { // they would be another path
		return nil, driver.Refused("acme", op, numbers.ErrInvalid, "id", "it can't be an id")
	}
	var read AcmeOrder
	if err := a.send(ctx, op, http.MethodGet, "/orders/"+url.PathEscape(id), nil, &read); err != nil {
		return nil, err
	}
	return driver.CheckID("acme", op, id, a.order(&read))
}

// Orders walks GET /orders; the query is applied here.
func (a *Acme) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	rows := walk[AcmeOrder](ctx, a, "Orders", "/orders")
	return driver.Orders(rows, q, func(own *AcmeOrder) (*numbers.Order, error) { return a.order(own), nil })
}

// Owned walks GET /numbers; the query is applied here.
func (a *Acme) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	rows := walk[AcmeNumber](ctx, a, "Owned", "/numbers")
	return driver.Owned(rows, q, func(own *AcmeNumber) (*numbers.Number, error) { return a.number(own), nil })
}

// Release gives a number back by DELETE /numbers/{id}.
func (a *Acme) Release(ctx context.Context, n *numbers.Number) error {
	const op = "Release"
	return driver.Release(ctx, "acme", n, driver.ReleaseSteps{
		Read: func(ctx context.Context) (*numbers.Number, error) {
			var own AcmeNumber
			if err := a.send(ctx, op, http.MethodGet, "/numbers/"+url.PathEscape(n.ID), nil, &own); err != nil {
				return nil, err
			}
			return a.number(&own), nil
		},
		List: func(ctx context.Context) iter.Seq2[*numbers.Number, error] { return a.Owned(ctx, numbers.OwnedQuery{}) },
		Delete: func(ctx context.Context) error {
			return a.send(ctx, op, http.MethodDelete, "/numbers/"+url.PathEscape(n.ID), nil, nil)
		},
	})
}

// order converts an order. A state that is not documented is Pending.
func (a *Acme) order(own *AcmeOrder) *numbers.Order {
	state := numbers.StatePending
	switch own.State {
	case "done":
		state = numbers.StateComplete
	case "failed":
		state = numbers.StateFailed
	}
	o := &numbers.Order{
		Vendor: "acme", ID: own.ID, Reference: own.Reference, State: state, VendorState: own.State, Count: 1, Native: own,
	}
	o.Created, _ = own.Created.Known()
	if own.Number != "" {
		o.Items = []numbers.Item{{E164: driver.E164(own.Number), VendorNumber: own.Number, State: state, VendorState: own.State}}
	}
	return o
}

func (a *Acme) number(own *AcmeNumber) *numbers.Number {
	return &numbers.Number{
		Vendor: "acme", ID: own.ID, E164: driver.E164(own.Number), VendorNumber: own.Number, State: numbers.NumberActive, Native: own,
	}
}

// walk walks the pages of a list: each has rows, and the cursor of the next page.
func walk[T any](ctx context.Context, a *Acme, op, path string) iter.Seq2[*T, error] {
	return func(yield func(*T, error) bool) {
		for cursor := ""; ; {
			var page struct {
				Rows []*T   `json:"rows"`
				Next string `json:"next"`
			}
			err := a.send(ctx, op, http.MethodGet, path+"?after="+url.QueryEscape(cursor), nil, &page)
			switch {
			case err != nil:
			case page.Rows == nil: // it is not a list, and not an empty one
				err = driver.Refused("acme", op, numbers.ErrVendor, "", "the answer has no rows")
			case page.Next != "" && page.Next == cursor:
				err = driver.Refused("acme", op, numbers.ErrIncomplete, "", "the list does not go on")
			}
			if err != nil {
				yield(nil, err)
				return
			}
			for _, row := range page.Rows {
				if !yield(row, nil) {
					return
				}
			}
			if page.Next == "" {
				return
			}
			cursor = page.Next
		}
	}
}

// send sends one request and decodes the answer into out.
func (a *Acme) send(ctx context.Context, op, method, path string, in, out any) error {
	var body io.Reader = http.NoBody
	if in != nil {
		data, err := json.Marshal(in)
		if err != nil {
			return driver.Refused("acme", op, numbers.ErrInvalid, "Native", "it can't be encoded")
		}
		body = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.base+path, body)
	if err != nil {
		return driver.Refused("acme", op, numbers.ErrInvalid, "BaseURL", "it is not a URL")
	}
	req.Header.Set("Authorization", "Bearer "+a.token.Reveal())
	resp, err := a.client.Do(req)
	if err != nil {
		return driver.Unreachable("acme", op, err)
	}
	defer resp.Body.Close()
	const most = 1 << 20
	data, err := io.ReadAll(io.LimitReader(resp.Body, most))
	switch {
	case err != nil:
		return driver.Unreachable("acme", op, err)
	case resp.StatusCode/100 != 2:
		return refusal(op, resp, data)
	case out == nil:
		return nil
	case json.Unmarshal(data, out) != nil:
		e := driver.StatusError("acme", op, resp)
		e.Message = "the answer can't be read"
		return e
	}
	return nil
}

// refusal reads an error of Acme, as {"error":"not_found"}.
func refusal(op string, resp *http.Response, body []byte) error {
	var own struct {
		Error string `json:"error"`
	}
	e := driver.StatusError("acme", op, resp)
	if json.Unmarshal(body, &own) == nil {
		e.Code = own.Error
	}
	switch own.Error {
	case "not_found":
		e.Kind = numbers.ErrNotFound
	case "sold":
		e.Kind = numbers.ErrNumberUnavailable
	}
	return e
}

// A whole Orderer for another vendor, which imports nothing but numbers, driver and
// wire.
func Example() {
	server := newAcmeServer()
	defer server.Close()
	acme := NewAcme(server.URL(), wire.NewSecret(acmeToken), server.HTTPClient().Transport)

	ctx := context.Background()
	order, err := acme.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "customer-1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(order.ID, order.State, order.Numbers())
	_, err = acme.Place(ctx, numbers.OrderRequest{Numbers: []numbers.E164{"+12025550123"}, Reference: "customer-2"})
	fmt.Println(err)
	for number, err := range acme.Owned(ctx, numbers.OwnedQuery{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("released:", acme.Release(ctx, number) == nil)
	}
	// Output:
	// o-1 complete [+12025550123]
	// acme: Place +12025550123: number unavailable (HTTP 422, code sold)
	// released: true
}
