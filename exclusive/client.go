package exclusive

import (
	"context"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

const vendor = "exclusive"

// prefix is the start of every path of the REST API.
const prefix = "/api"

// Client is a client for the REST API of one PortSIP PBX, for one tenant. It is
// safe for concurrent use.
type Client struct {
	// Numbers registers exclusive numbers.
	Numbers *NumbersService

	api *api.Client
	end string // the path that ends the session
}

// New returns a new Client for the PBX at base, such as "https://pbx.example:8887". base
// may end with the /api of PortSIP's documentation. Port 8887 is the port of the REST
// API, and 8888 that of telephones. opts may be nil. It must not have a base URL. A PBX
// has a self-signed certificate unless it was replaced: see [TrustPool] and
// [TrustFingerprint].
//
// New sends no request, also no login. The error is ErrInvalid if the credential or the
// base URL is malformed, or an option is not valid.
func New(base string, auth Auth, opts *numbers.ClientOptions) (*Client, error) {
	if auth.reason != "" {
		return nil, api.Invalid(vendor, "New", "auth", auth.reason)
	}
	if auth.make == nil {
		return nil, api.Invalid(vendor, "New", "auth", "the credential is missing; use LoginAuth, SignInAuth or TokenAuth")
	}
	if opts != nil && opts.BaseURL != "" {
		return nil, api.Invalid(vendor, "New", "BaseURL", "it must be empty; the base URL is the first argument of New")
	}
	if opts != nil && opts.HTTPClient != nil {
		if _, bad := opts.HTTPClient.Transport.(noTrust); bad {
			return nil, api.Invalid(vendor, "New", "HTTPClient", errNoFingerprint.Error())
		}
	}
	core, err := api.New(api.Config{
		Vendor:       vendor,
		BaseURL:      strings.TrimSuffix(strings.TrimRight(base, "/"), prefix) + prefix,
		Unauthorized: unauthorized,
		Refusal:      refusal,
		Open:         open,
		Unconnected:  untrusted,
	}, opts)
	if err != nil {
		return nil, err
	}
	core.Auth = auth.make(core)
	c := withServices(core)
	c.end = auth.end
	return c, nil
}

// withServices makes the services of a client.
func withServices(core *api.Client) *Client {
	return &Client{
		Numbers: &NumbersService{core},
		api:     core,
	}
}

// Do sends a request to an endpoint that this package does not model, with the
// client's credential, limits and checks. Its path does not include the /api:
// "/vip_numbers". Every method except GET and HEAD counts as a request that may
// create something: it is sent once, and an unclear answer is
// ErrOutcomeUnknown.
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
		if answer.Count.IsZero() && answer.Items == nil {
			return "it has neither a count nor items"
		}
		return ""
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	var err error
	answer.Items, err = api.Rows(c, call, answer.Items, check)
	return answer, err
}
