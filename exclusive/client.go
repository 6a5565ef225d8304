package exclusive

import (
	"context"
	"fmt"
	"strings"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

const vendor = "exclusive"

// prefix begins every path of the REST API.
const prefix = "/api"

// Client speaks the REST API of one PortSIP PBX, for one tenant. It is safe
// for concurrent use.
type Client struct {
	// Numbers registers exclusive numbers.
	Numbers *NumbersService

	api *api.Client
	end string // path that ends the session
}

// New makes a client of the PBX at base: "https://pbx.example:8887". The /api
// that PortSIP's documentation writes behind it may be there or not. Port 8887
// is that of the REST API; 8888 is for telephones. opts may be nil; it has no
// base URL of its own. A PBX has a self-signed certificate unless somebody gave
// it another one: see [TrustPool] and [TrustFingerprint].
//
// New sends nothing, not even a login; a credential that can't be one, a base
// that is no URL of a host, and options that make no sense are ErrInvalid.
func New(base string, auth Auth, opts *numbers.ClientOptions) (*Client, error) {
	if auth.reason != "" {
		return nil, api.Invalid(vendor, "New", "auth", auth.reason)
	}
	if auth.make == nil {
		return nil, api.Invalid(vendor, "New", "auth", "there is none; use LoginAuth, SignInAuth or TokenAuth")
	}
	if opts != nil && opts.BaseURL != "" {
		return nil, api.Invalid(vendor, "New", "BaseURL", "it is the first argument of New")
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
// client's credential, limits and checks; its path goes without the /api:
// "/vip_numbers". All methods but GET and HEAD are taken for requests that may
// make something: they are sent once, and an unclear answer is
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
// 0 if the request does not say. check returns why a row is unusable, or "".
func list[T any](ctx context.Context, c *api.Client, call *api.Call, size int, check func(*T) string) (*Page[T], error) {
	answer := new(Page[T])
	call.Into = answer
	call.Check = func() string {
		if answer.Count.IsZero() && answer.Items == nil {
			return "it has neither a count nor items"
		}
		return checkRows(answer.Items, check)
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return answer, nil
}

// checkRows returns why a list is unusable, or "".
func checkRows[T any](rows []T, check func(*T) string) string {
	for i := range rows {
		if reason := check(&rows[i]); reason != "" {
			return fmt.Sprintf("items[%d]: %s", i, reason)
		}
	}
	return ""
}
