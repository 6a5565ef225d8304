package telnyx

import (
	"context"
	"reflect"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
)

// DefaultBaseURL is the base URL of requests, unless ClientOptions.BaseURL is
// set.
const DefaultBaseURL = "https://api.telnyx.com/v2"

const vendor = "telnyx"

// Client is a client for the Telnyx API v2. It is safe for concurrent use.
type Client struct {
	// NumberOrders orders numbers.
	NumberOrders *NumberOrdersService
	// SubNumberOrders reads and cancels the parts of number orders.
	SubNumberOrders *SubNumberOrdersService
	// NumberOrderPhoneNumbers reads the single numbers of orders.
	NumberOrderPhoneNumbers *NumberOrderPhoneNumbersService
	// AvailablePhoneNumbers searches for numbers to order.
	AvailablePhoneNumbers *AvailablePhoneNumbersService
	// NumberReservations holds numbers for 30 minutes.
	NumberReservations *NumberReservationsService
	// PhoneNumbers lists, changes and releases the numbers that the account
	// owns.
	PhoneNumbers *PhoneNumbersService
	// RequirementGroups stores data for regulators.
	RequirementGroups *RequirementGroupsService
	// RegulatoryRequirements lists the data that regulators require.
	RegulatoryRequirements *RegulatoryRequirementsService
	// Balance reads the account's balance.
	Balance *BalanceService
	// AvailablePhoneNumberBlocks searches for blocks of numbers to order.
	AvailablePhoneNumberBlocks *AvailablePhoneNumberBlocksService
	// NumberBlockOrders orders blocks of numbers.
	NumberBlockOrders *NumberBlockOrdersService
	// InexplicitNumberOrders orders many numbers by their properties.
	InexplicitNumberOrders *InexplicitNumberOrdersService
	// AdvancedOrders orders numbers that are not in stock.
	AdvancedOrders *AdvancedOrdersService
	// InventoryCoverage counts the numbers that Telnyx has in each area.
	InventoryCoverage *InventoryCoverageService
	// CountryCoverage lists what Telnyx offers in each country.
	CountryCoverage *CountryCoverageService
	// NumbersFeatures lists the features of numbers.
	NumbersFeatures *NumbersFeaturesService
	// Comments exchanges comments with Telnyx.
	Comments *CommentsService
	// Addresses stores addresses for regulators and emergency services.
	Addresses *AddressesService
	// Documents stores documents for regulators.
	Documents *DocumentsService
	// Requirements reads what is required in each country, in every version.
	Requirements *RequirementsService
	// RequirementTypes reads the kinds of data and documents that are required.
	RequirementTypes *RequirementTypesService
	// PhoneNumberJobs changes and releases many owned numbers in the background.
	PhoneNumberJobs *PhoneNumberJobsService

	api *api.Client
}

// New returns a new Client. opts may be nil. New sends no request. The error is
// ErrInvalid if the key is malformed or an option is not valid.
func New(auth Auth, opts *numbers.ClientOptions) (*Client, error) {
	if auth.auth == nil {
		return nil, api.Invalid(vendor, "New", "auth", "the credential is missing; use APIKeyAuth")
	}
	if auth.reason != "" {
		return nil, api.Invalid(vendor, "New", "auth", auth.reason)
	}
	core, err := api.New(api.Config{
		Vendor:          vendor,
		BaseURL:         DefaultBaseURL,
		Auth:            auth.auth,
		Refusal:         refusal,
		Forms:           forms,
		RequestIDHeader: "X-Request-Id",
	}, opts)
	if err != nil {
		return nil, err
	}
	return withServices(core), nil
}

// withServices makes the services of a client.
func withServices(core *api.Client) *Client {
	return &Client{
		NumberOrders:               &NumberOrdersService{core},
		SubNumberOrders:            &SubNumberOrdersService{core},
		NumberOrderPhoneNumbers:    &NumberOrderPhoneNumbersService{core},
		AvailablePhoneNumbers:      &AvailablePhoneNumbersService{core},
		NumberReservations:         &NumberReservationsService{core},
		PhoneNumbers:               &PhoneNumbersService{core},
		RequirementGroups:          &RequirementGroupsService{core},
		RegulatoryRequirements:     &RegulatoryRequirementsService{core},
		Balance:                    &BalanceService{core},
		AvailablePhoneNumberBlocks: &AvailablePhoneNumberBlocksService{core},
		NumberBlockOrders:          &NumberBlockOrdersService{core},
		InexplicitNumberOrders:     &InexplicitNumberOrdersService{core},
		AdvancedOrders:             &AdvancedOrdersService{core},
		InventoryCoverage:          &InventoryCoverageService{core},
		CountryCoverage:            &CountryCoverageService{core},
		NumbersFeatures:            &NumbersFeaturesService{core},
		Comments:                   &CommentsService{core},
		Addresses:                  &AddressesService{core},
		Documents:                  &DocumentsService{core},
		Requirements:               &RequirementsService{core},
		RequirementTypes:           &RequirementTypesService{core},
		PhoneNumberJobs:            &PhoneNumberJobsService{core},
		api:                        core,
	}
}

// Do sends a request to an endpoint that this package does not model, with the
// client's credential, limits and checks. Every method except GET and HEAD
// counts as a request that may cost money: it is sent once, and an unclear
// answer is ErrOutcomeUnknown.
func (c *Client) Do(ctx context.Context, r *numbers.RawRequest) (*numbers.RawResponse, error) {
	return c.api.Raw(ctx, r)
}

// one is the envelope of a single object.
type one[T any] struct {
	Data *T `json:"data"`
}

// get performs a call whose answer is an object in an envelope. check returns why
// the object is unusable, or "".
func get[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*T, error) {
	var answer one[T]
	call.Into = &answer
	call.Check = func() string {
		if answer.Data == nil {
			return "it has no data"
		}
		return check(answer.Data)
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return answer.Data, nil
}

// bare performs a call whose answer is an object without an envelope.
func bare[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*T, error) {
	answer := new(T)
	call.Into = answer
	call.Check = func() string { return check(answer) }
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return answer, nil
}

// list performs a call whose answer is a page. size is how many rows were
// requested, 0 if the request does not say. check returns why a row is unusable, or
// "". Such rows are left out; the page is then returned together with ErrIncomplete.
//
// If the size is known, list allocates memory for all rows at once. This costs half of
// what a growing list costs.
func list[T any](ctx context.Context, c *api.Client, call *api.Call, size int, check func(*T) string) (*Page[T], error) {
	var answer Page[T]
	if size > 0 {
		answer.Data = make([]T, 1, size) // the row remains if the answer has no data
	}
	call.Into = &answer
	call.Check = func() string {
		if size > 0 && len(answer.Data) == 1 && reflect.ValueOf(&answer.Data[0]).Elem().IsZero() {
			answer.Data = nil
		}
		return noData(answer.Data)
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	var err error
	answer.Data, err = api.Rows(c, call, answer.Data, check)
	return &answer, err
}

// noData returns why a list is unusable, or "".
func noData[T any](rows []T) string {
	if rows == nil {
		return "it has no data"
	}
	return ""
}

// forms returns the form in which to read a type that Telnyx writes in several forms.
func forms(target any) decode.Form {
	if t, ok := target.(interface {
		shape(text []byte) (into any, done func())
	}); ok {
		return t.shape
	}
	return nil
}

// orZero returns r, or the zero request if r is nil.
func orZero[T any](r *T) *T {
	if r == nil {
		return new(T)
	}
	return r
}

// required refuses a request in which one of the fields is empty. fields are names and
// values in turn.
func required(op string, fields ...string) error {
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i+1] == "" {
			return api.Invalid(vendor, op, fields[i], "it is empty")
		}
	}
	return nil
}

// checkID returns why an object without an id is unusable, or "".
func checkID[ID ~string](id ID) string {
	if id == "" {
		return "the object has no id"
	}
	return ""
}
