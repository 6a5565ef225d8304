package opentact

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tnkit/tnkit/internal/api"
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

// New makes a client. opts may be nil. New sends nothing. A malformed
// credential and invalid options are ErrInvalid.
func New(auth Auth, opts *numbers.ClientOptions) (*Client, error) {
	if auth.make == nil {
		return nil, api.Invalid(vendor, "New", "auth", "there is no credential; use TokenAuth or LoginAuth")
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
// "".
func list[T any](ctx context.Context, c *api.Client, call *api.Call, size int, check func(*T) string) (*Page[T], error) {
	answer := new(nullablePage[T])
	call.Into = answer
	if size > 0 {
		call.Into = &answer.Page
	}
	call.Check = func() string { return checkRows(answer.Data, check) }
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return &answer.Page, nil
}

// nullablePage is a list for which null stands where there are no rows.
type nullablePage[T any] struct{ Page[T] }

func (*nullablePage[T]) nullIs() string { return "[]" }

// checkRows returns why a list is unusable, or "".
func checkRows[T any](rows []T, check func(*T) string) string {
	for i := range rows {
		if reason := check(&rows[i]); reason != "" {
			return fmt.Sprintf("data[%d]: %s", i, reason)
		}
	}
	return ""
}

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
func (p *Page[T]) UnmarshalJSON(data []byte) error {
	*p = Page[T]{}
	switch {
	case string(data) == "null":
		p.form = formNull
		return nil
	case bytes.HasPrefix(data, []byte("[")):
		p.form = formArray
		return json.Unmarshal(data, &p.Data)
	}
	var keys struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(data, &keys); err != nil {
		return err
	}
	if keys.Data == nil {
		return p.single(data)
	}
	var body paged[T]
	if err := json.Unmarshal(data, &body); err != nil {
		return err
	}
	if total, ok := body.Total.Int64(); body.Data == nil && !(ok && total <= 0) {
		return errors.New("opentact: a page of a list has no data")
	}
	*p = Page[T]{Take: body.Take, Skip: body.Skip, Total: body.Total, Mode: body.Mode, Order: body.Order, Data: body.Data}
	return nil
}

// single reads a list that is one row.
func (p *Page[T]) single(data []byte) error {
	if isEmptyObject(data) {
		return errors.New("opentact: a list is neither rows nor a row")
	}
	p.Data = make([]T, 1)
	p.form = formSingle
	return json.Unmarshal(data, &p.Data[0])
}

// checkID returns why an object without a uuid is unusable, or "".
func checkID(uuid string) string {
	if uuid == "" {
		return "the object has no uuid"
	}
	return ""
}
