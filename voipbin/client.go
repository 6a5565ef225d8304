package voipbin

import (
	"context"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// DefaultBaseURL is the base URL of requests, unless ClientOptions.BaseURL is
// set. The API's prefix, /v1.0, is a part of each path, because the path of the
// login does not have it.
const DefaultBaseURL = "https://api.voipbin.net"

const vendor = "voipbin"

// Client is a client for VoIPBin's number API in both its generations. It is
// safe for concurrent use.
type Client struct {
	// OrderNumbers is the API of the first days of March 2021, under
	// /v1.0/order_numbers.
	OrderNumbers *OrderNumbersService
	// Numbers is the API from then until today, under /v1.0/numbers.
	Numbers *NumbersService
	// AvailableNumbers finds numbers for sale.
	AvailableNumbers *AvailableNumbersService
	// Auth logs in.
	Auth *AuthService

	api *api.Client
}

// New returns a new Client. opts may be nil. New sends no request, also no login. The
// error is ErrInvalid if the credential is malformed or an option is not valid.
func New(auth Auth, opts *numbers.ClientOptions) (*Client, error) {
	if auth.reason != "" {
		return nil, api.Invalid(vendor, "New", "auth", auth.reason)
	}
	if auth.make == nil {
		return nil, api.Invalid(vendor, "New", "auth", "the credential is missing; use TokenAuth, LoginAuth or AccessKeyAuth")
	}
	core, err := api.New(api.Config{
		Vendor:          vendor,
		BaseURL:         DefaultBaseURL,
		Refusal:         refusal,
		Open:            open,
		RequestIDHeader: "X-Request-Id",
	}, opts)
	if err != nil {
		return nil, err
	}
	core.Auth = auth.make(core)
	return withServices(core), nil
}

// withServices makes the services of a client.
func withServices(core *api.Client) *Client {
	return &Client{
		OrderNumbers:     &OrderNumbersService{core},
		Numbers:          &NumbersService{core},
		AvailableNumbers: &AvailableNumbersService{core},
		Auth:             &AuthService{core},
		api:              core,
	}
}

// Do sends a request to an endpoint that this package does not model, with the
// client's credential, limits and checks. Its path includes the prefix:
// "/v1.0/calls". Every method except GET and HEAD counts as a request that may
// cost money: it is sent once, and an unclear answer is ErrOutcomeUnknown.
func (c *Client) Do(ctx context.Context, r *numbers.RawRequest) (*numbers.RawResponse, error) {
	return c.api.Raw(ctx, r)
}

// get performs a call whose answer is an object. check returns why the object is
// unusable, or "".
func get[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*T, error) {
	answer := new(T)
	call.Into = answer
	call.Check = func() string { return check(answer) }
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return answer, nil
}

// list performs a call whose answer is a page. size is how many rows were requested,
// 0 if the request does not say. check returns why a row is unusable, or "". Such rows
// are left out; the page is then returned together with ErrIncomplete.
func list[T any](ctx context.Context, c *api.Client, call *api.Call, size int, check func(*T) string) (*Page[T], error) { //nolint:unparam // the four vendor packages have one signature
	answer := new(Page[T])
	call.Into = answer
	call.Check = func() string {
		if answer.Result == nil {
			return "it has no result" // the server sends [] for none, never null
		}
		return ""
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	var err error
	answer.Result, err = api.Rows(c, call, answer.Result, check)
	return answer, err
}
