package voipbin

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The statuses of a number. The server copies the carrier's word when the
// number is bought and never looks again: a number that was purchase-pending
// stays so, whatever becomes of it at the carrier. Today's documentation lists
// active and deleted alone; the others are words of the carrier.
const (
	StatusActive          = "active"
	StatusDeleted         = "deleted"
	StatusPurchasePending = "purchase-pending"
	StatusPurchaseFailed  = "purchase-failed"
	StatusPortPending     = "port-pending"
	StatusPortFailed      = "port-failed"
	StatusPortOutPending  = "port-out-pending"
	StatusPortedOut       = "ported-out"
	StatusEmergencyOnly   = "emergency-only"
)

// The types of a number, since 2026.
const (
	// TypeNormal is a number that a carrier sold.
	TypeNormal = "normal"
	// TypeVirtual is a number of VoIPBin's own, +899 and nine more digits. It
	// costs nothing.
	TypeVirtual = "virtual"
)

// NoFlow is the flow id of a number without a flow, and in general the id of
// nothing.
const NoFlow = "00000000-0000-0000-0000-000000000000"

// Number is a number that a customer has, as the server of any year writes it:
// fields that a year does not know are absent. Times are in UTC. Until 2026
// they are written "2021-03-03 06:34:09.733751", and an unset one "", later
// "9999-01-01 00:00:00.000000"; since February 2026 they are in RFC 3339, and
// an unset one is null. Ask their Known.
type Number struct {
	// ID is a UUID. A number that was deleted and ordered again has another.
	ID string `json:"id"`
	// CustomerID is the owner's UUID, since July 2022.
	CustomerID *string `json:"customer_id,omitempty"`
	// Number is as it was ordered: the server does not check that it is in
	// E.164. It is not unique: a virtual number that is ordered several times
	// at once may be listed several times.
	Number string `json:"number"`
	// Type is TypeNormal or TypeVirtual, since 2026.
	Type *string `json:"type,omitempty"`
	// FlowID is the flow of calls, until March 2022; NoFlow = none.
	FlowID *string `json:"flow_id,omitempty"`
	// UserID is the owner until March 2021.
	UserID *uint64 `json:"user_id,omitempty"`
	// CallFlowID and MessageFlowID are the flows, since March 2022; NoFlow =
	// none.
	CallFlowID    *string `json:"call_flow_id,omitempty"`
	MessageFlowID *string `json:"message_flow_id,omitempty"`
	// Name and Detail are the customer's own, since February 2022.
	Name   *string `json:"name,omitempty"`
	Detail *string `json:"detail,omitempty"`
	// Status is one of the constants, or another word of the carrier's. It is
	// never refreshed.
	Status           string `json:"status"`
	T38Enabled       bool   `json:"t38_enabled"`
	EmergencyEnabled bool   `json:"emergency_enabled"`
	// Metadata is there since March 2026.
	Metadata *NumberMetadata `json:"metadata,omitempty"`
	// TMPurchase is when the carrier sold it; absent between February 2022 and
	// June 2023, and unset for a virtual number.
	TMPurchase wire.Time `json:"tm_purchase,omitzero"`
	// TMRenew is when it was last renewed, since June 2023.
	TMRenew  wire.Time `json:"tm_renew,omitzero"`
	TMCreate wire.Time `json:"tm_create,omitzero"`
	TMUpdate wire.Time `json:"tm_update,omitzero"`
	TMDelete wire.Time `json:"tm_delete,omitzero"`
}

// NumberMetadata is what the customer sets by UpdateMetadata.
type NumberMetadata struct {
	// RTPDebug switches the debugging of RTP on, the media of a call.
	RTPDebug *bool `json:"rtp_debug,omitempty"`
}

// check returns why an answer is not a number, or "". In 2021 the server
// answered 200 with a zero object after it had bought a number and failed to
// record it.
func (n *Number) check() string {
	if reason := checkID(n.ID); reason != "" {
		return reason
	}
	if n.Number == "" {
		return "the number is empty"
	}
	return ""
}

// checkID returns why a row without an id is unusable, or "". A list accepts a
// row without a number, so that it does not hide the rest.
func checkID(id string) string {
	switch id {
	case "":
		return "the number has no id"
	case NoFlow:
		return "it is the zero object, which stands for a failure on the way"
	}
	return ""
}

// NumbersService is VoIPBin's number API since the fourth of March 2021. What
// its methods say is of today's server. Older ones answer nearly every error
// with HTTP 400 and an empty body, as [OrderNumbersService] does.
//
// A customer's agent needs the role of an administrator or manager; others get
// ErrForbidden.
type NumbersService struct{ api *api.Client }

const numbersPath = "/v1.0/numbers"

// ListNumbersRequest asks for one page of numbers.
type ListNumbersRequest struct {
	// PageSize is 1 to 100; 0 = not sent, which means 100, and before 2025 10.
	PageSize int `url:"page_size,omitempty"`
	// PageToken is a time in UTC: only rows created before it are listed. "" =
	// not sent, which means now.
	PageToken string `url:"page_token,omitempty"`
}

// CreateNumberRequest orders a number. VoIPBin's OpenAPI description requires
// all fields but Type; its server needs only Number.
type CreateNumberRequest struct {
	// Number is sent to the carrier as it is: it should be in E.164. A virtual
	// one is +899 and nine more digits, not 000 the first of them.
	Number string `json:"number"`
	// Type is TypeNormal or TypeVirtual; nil means TypeNormal, and so does any
	// other word. A number that begins with +899 needs TypeVirtual: without it
	// the server would ask a carrier for it.
	Type *string `json:"type,omitempty"`
	// CallFlowID and MessageFlowID are UUIDs. What is no UUID becomes NoFlow,
	// without an error.
	CallFlowID    *string `json:"call_flow_id,omitempty"`
	MessageFlowID *string `json:"message_flow_id,omitempty"`
	Name          *string `json:"name,omitempty"`
	Detail        *string `json:"detail,omitempty"`
}

// complete sets what the description requires and the request leaves out to
// what the server takes it for.
func (r *CreateNumberRequest) complete() {
	preset(&r.CallFlowID, NoFlow)
	preset(&r.MessageFlowID, NoFlow)
	preset(&r.Name, "")
	preset(&r.Detail, "")
}

func preset(field **string, value string) {
	if *field == nil {
		*field = &value
	}
}

const (
	virtualPrefix   = "+899"
	virtualReserved = "+899000"
	virtualLength   = len("+899100000001")
)

func (r *CreateNumberRequest) check(op string) error {
	virtual := strings.HasPrefix(r.Number, virtualPrefix)
	typed := r.Type != nil && *r.Type == TypeVirtual
	switch {
	case r.Number == "":
		return api.Invalid(vendor, op, "Number", "it is empty")
	case virtual && !typed:
		return api.Invalid(vendor, op, "Type", "it must be virtual for a number that begins with +899: else a carrier is asked for it")
	case typed && (!virtual || len(r.Number) != virtualLength || strings.Trim(r.Number[1:], "0123456789") != ""):
		return api.Invalid(vendor, op, "Number", "a virtual number is +899 and nine more digits")
	case typed && strings.HasPrefix(r.Number, virtualReserved):
		return api.Invalid(vendor, op, "Number", "the virtual numbers that begin with +899000 are reserved")
	}
	return nil
}

// List reads one page of numbers, the newest first; r may be nil. Deleted
// numbers are not listed.
//
// GET /v1.0/numbers with page_size (1 to 100, default 100) and page_token
// (VoIPBin's OpenAPI description; limits and order: its published server). To
// see all numbers use All: by the tokens alone, rows that were created in the
// same microsecond get lost between the pages.
func (s *NumbersService) List(ctx context.Context, r *ListNumbersRequest) (*NumberPage, error) {
	return list(ctx, s.api, "Numbers.List", numbersPath, (*pageRequest)(r))
}

// All walks the numbers of all pages, the newest first, from r.PageToken on; r
// may be nil. Pages have 100 numbers unless r says otherwise. It loses no rows
// of equal times, and ends in ErrIncomplete where 100 or more were created in
// one microsecond, since no page can show that there are no others. A number
// that was created this very moment, or by a server whose clock is ahead, may
// be missing still: list again before concluding that it is not there.
func (s *NumbersService) All(ctx context.Context, r *ListNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*Number, error] {
	return s.walk(ctx, r, time.Time{}, opts...)
}

func (s *NumbersService) walk(ctx context.Context, r *ListNumbersRequest, since time.Time, opts ...numbers.PageOption) iter.Seq2[*Number, error] {
	return walk(ctx, "Numbers.All", (*pageRequest)(r), since, func(ctx context.Context, r *pageRequest) (*NumberPage, error) {
		return s.List(ctx, (*ListNumbersRequest)(r))
	}, opts)
}

// Get reads a number.
//
// GET /v1.0/numbers/{id} (VoIPBin's OpenAPI description). ErrNotFound where it
// was deleted or never existed, ErrForbidden where it is another customer's,
// ErrInvalid where the id is no UUID.
func (s *NumbersService) Get(ctx context.Context, id string) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Numbers.Get", Class: api.Read, Method: http.MethodGet,
		Path: numbersPath + "/{id}", Args: []string{id},
	}, (*Number).check)
}

// Create orders a number.
//
// POST /v1.0/numbers, answered with 200 and the number (VoIPBin's OpenAPI
// description). It may cost money: it is sent once. ErrOutcomeUnknown means
// that it may have been bought: a 500 is a number that is taken or refused, a
// balance that does not suffice, or a purchase that went through and was not
// recorded; a 503 comes after 15 seconds, and the order goes on and completes.
// There is no idempotency key, whatever the documentation of the 503 says, and
// a second order of the same number can do harm to the first. 403 with the
// reason IDENTITY_VERIFICATION_REQUIRED is ErrRequirements.
func (s *NumbersService) Create(ctx context.Context, r *CreateNumberRequest) (*Number, error) {
	return s.create(ctx, r, nil)
}

// create is Create with what is called immediately before the order is sent.
func (s *NumbersService) create(ctx context.Context, r *CreateNumberRequest, begin func(context.Context) (time.Time, error)) (*Number, error) {
	const op = "Numbers.Create"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if err := r.check(op); err != nil {
		return nil, err
	}
	return get(ctx, s.api, &api.Call{
		Op: op, Class: api.Buy, Method: http.MethodPost, Path: numbersPath, Body: r, Begin: begin,
		Numbers: []numbers.E164{numbers.E164(r.Number)},
	}, (*Number).check)
}

// Delete gives a number back and answers with it as it then is, with the status
// "deleted".
//
// DELETE /v1.0/numbers/{id} (VoIPBin's OpenAPI description). A second one is
// ErrNotFound, and so may be the first, if its answer was lost and it was
// repeated. Where the carrier fails it is HTTP 500, and the number stays
// active.
func (s *NumbersService) Delete(ctx context.Context, id string) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Numbers.Delete", Class: api.Write, Method: http.MethodDelete,
		Path: numbersPath + "/{id}", Args: []string{id},
	}, (*Number).check)
}
