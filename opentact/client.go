package opentact

import (
	"context"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// The base URLs of OpenTact's systems.
const (
	// DefaultBaseURL is where requests go unless ClientOptions.BaseURL says
	// otherwise.
	DefaultBaseURL = "https://api.opentact.org/rest"
	// StageBaseURL is OpenTact's staging system.
	StageBaseURL = "https://api.stage.opentact.org/rest"
)

const vendor = "opentact"

// Client speaks OpenTact's REST API. It is safe for concurrent use.
type Client struct {
	// Orders orders numbers.
	Orders *OrdersService
	// TNs finds numbers for sale.
	TNs *TNsService
	// Leases are the numbers that the account has.
	Leases *LeasesService
	// SIPConnections and SIPControlApps connect numbers.
	SIPConnections *SIPConnectionsService
	SIPControlApps *SIPControlAppsService
	// Tokens are long-lived credentials.
	Tokens *TokensService

	api *api.Client
}

// New makes a client. opts may be nil. It sends nothing; a credential that
// can't be one and options that make no sense are ErrInvalid.
func New(auth Auth, opts *numbers.ClientOptions) (*Client, error) {
	if auth.make == nil {
		return nil, api.Invalid(vendor, "New", "auth", "there is none; use TokenAuth or LoginAuth")
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

// config says what is particular to OpenTact.
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
// client's credential, limits and checks; an answer that says success:false is
// an error under any status. All methods but GET and HEAD are taken for
// requests that may cost money: they are sent once, and an unclear answer is
// ErrOutcomeUnknown.
func (c *Client) Do(ctx context.Context, r *numbers.RawRequest) (*numbers.RawResponse, error) {
	return c.api.Raw(ctx, r)
}
