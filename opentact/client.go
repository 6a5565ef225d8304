package opentact

import (
	"context"
	"encoding/json"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The base URLs of OpenTact's systems.
const (
	// DefaultBaseURL is the base URL of requests, unless ClientOptions.BaseURL
	// is set.
	DefaultBaseURL = "https://api.opentact.org/rest"
	// StageBaseURL is OpenTact's staging system.
	StageBaseURL = "https://api.stage.opentact.org/rest"
)

const vendor = "opentact"

// Client is a client for OpenTact's REST API. It is safe for concurrent use.
type Client struct {
	// Orders orders numbers.
	Orders *OrdersService
	// TNs finds numbers for sale.
	TNs *TNsService
	// Leases are the numbers that the account has.
	Leases *LeasesService
	// SIPConnections and SIPControlApps connect numbers to trunks and
	// applications.
	SIPConnections *SIPConnectionsService
	SIPControlApps *SIPControlAppsService
	// Tokens are long-lived credentials.
	Tokens *TokensService

	api *api.Client
}

// New returns a new Client. opts may be nil. New sends no request. The error is
// ErrInvalid if the credential is malformed or an option is not valid.
func New(auth Auth, opts *numbers.ClientOptions) (*Client, error) {
	if auth.make == nil {
		return nil, api.Invalid(vendor, "New", "auth", "the credential is missing; use TokenAuth or LoginAuth")
	}
	if auth.reason != "" {
		return nil, api.Invalid(vendor, "New", "auth", auth.reason)
	}
	credential, err := auth.make(opts)
	if err != nil {
		return nil, err
	}
	core, err := api.New(config(credential), opts)
	if err != nil {
		return nil, err
	}
	return withServices(core), nil
}

// withServices makes the services of a client.
func withServices(core *api.Client) *Client {
	return &Client{
		Orders:         &OrdersService{core},
		TNs:            &TNsService{core},
		Leases:         &LeasesService{core},
		SIPConnections: &SIPConnectionsService{core},
		SIPControlApps: &SIPControlAppsService{core},
		Tokens:         &TokensService{core},
		api:            core,
	}
}

// config returns what is specific to OpenTact.
func config(credential api.Auth) api.Config {
	return api.Config{
		Vendor:       vendor,
		BaseURL:      DefaultBaseURL,
		Auth:         credential,
		Unauthorized: unauthorized,
		Refusal:      refusal,
		Open:         open,
		Forms:        forms,
	}
}

// Do sends a request to an endpoint that this package does not model, with the
// client's credential, limits and checks. An answer with success:false is an
// error, whatever its status is. Every method except GET and HEAD counts as a
// request that may cost money: it is sent once, and an unclear answer is
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
// 0 if all: null is then a list without rows. check returns why a row is unusable, or
// "". Such rows are left out; the page is then returned together with ErrIncomplete.
func list[T any](ctx context.Context, c *api.Client, call *api.Call, size int, check func(*T) string) (*Page[T], error) {
	answer := new(nullablePage[T])
	call.Into = answer
	if size > 0 {
		call.Into = &answer.Page
	}
	call.Check = func() string {
		total, isCounted := answer.Total.Int64()
		switch {
		case answer.form == formSingle:
			return check(&answer.Data[0]) // an object instead of a list
		case answer.form == formPaged && answer.Data == nil && !(isCounted && total <= 0):
			return "it has no data"
		}
		return ""
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	var err error
	answer.Data, err = api.Rows(c, call, answer.Data, check)
	return &answer.Page, err
}

// forms returns the form in which to read a type that OpenTact writes in several forms.
func forms(target any) decode.Form {
	if t, ok := target.(interface {
		shape(text []byte) (into any, done func())
	}); ok {
		return t.shape
	}
	return nil
}

// nullablePage is a list that is null if it has no rows.
type nullablePage[T any] struct{ Page[T] }

func (*nullablePage[T]) nullIs() string { return "[]" }

// form is how a page is written.
type form uint8

const (
	formPaged form = iota
	formArray
	formSingle
	formNull
)

// paged is the form of a search.
type paged[T any] struct {
	Take  wire.Count `json:"take,omitzero"`
	Skip  wire.Count `json:"skip,omitzero"`
	Mode  *string    `json:"mode,omitempty"`
	Order wire.Raw   `json:"order,omitzero"`
	Total wire.Count `json:"total,omitzero"`
	Data  []T        `json:"data"`
}

// MarshalJSON writes the page in the form in which it was read.
func (p Page[T]) MarshalJSON() ([]byte, error) {
	switch {
	case p.form == formNull && len(p.Data) == 0:
		return []byte("null"), nil
	case p.form == formSingle && len(p.Data) == 1:
		return json.Marshal(p.Data[0])
	case p.form != formPaged:
		return json.Marshal(p.Data)
	}
	return json.Marshal(paged[T]{p.Take, p.Skip, p.Mode, p.Order, p.Total, p.Data})
}

// UnmarshalJSON reads a page in any of its forms; null is an empty list.
func (p *Page[T]) UnmarshalJSON(data []byte) error { return decode.Unmarshal(data, p.shape) }

func (p *Page[T]) shape(text []byte) (into any, done func()) {
	*p = Page[T]{}
	switch {
	case text[0] == 'n':
		p.form = formNull
		return &p.Data, nil
	case text[0] == '{' && decode.Has(text, "data"):
		body := new(paged[T])
		return body, func() {
			*p = Page[T]{Take: body.Take, Skip: body.Skip, Total: body.Total, Mode: body.Mode, Order: body.Order, Data: body.Data}
		}
	case text[0] == '{' && !isEmptyObject(text):
		p.form = formSingle
		p.Data = make([]T, 1)
		return &p.Data[0], nil
	}
	p.form = formArray
	return &p.Data, nil
}

// checkID returns why an object without a uuid is unusable, or "".
func checkID(uuid string) string {
	if uuid == "" {
		return "the object has no uuid"
	}
	return ""
}
