package voipbin

import (
	"context"
	"iter"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// The statuses of a number. The server copies the carrier's status when the
// number is bought, and never refreshes it: a number that was purchase-pending
// stays so, whatever happens to it at the carrier. Today's documentation lists
// only active and deleted. The others are statuses of the carrier.
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
	// TypeVirtual is a number of VoIPBin's own: +899 and nine more digits. It
	// costs nothing.
	TypeVirtual = "virtual"
)

// NoFlow is the flow id of a number without a flow. In general, it is the id of
// no object.
const NoFlow = "00000000-0000-0000-0000-000000000000"

// Number is a number of a customer, as the server of any year writes it. A
// field that the year's server does not have is absent. Times are in UTC. Until
// 2026 they are written "2021-03-03 06:34:09.733751", and an unset time is "",
// later "9999-01-01 00:00:00.000000". Since February 2026 they are in RFC 3339,
// and an unset time is null. The method Known covers all forms.
type Number struct {
	// ID is a UUID. A number that was deleted and ordered again has another.
	ID string `json:"id"`
	// CustomerID is the owner's UUID, since July 2022.
	CustomerID *string `json:"customer_id,omitempty"`
	// Number is as it was ordered. The server does not check that it is in
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
	// Status is one of the constants, or another status of the carrier's. It is
	// never refreshed.
	Status           string `json:"status"`
	T38Enabled       bool   `json:"t38_enabled"`
	EmergencyEnabled bool   `json:"emergency_enabled"`
	// Metadata exists since March 2026.
	Metadata *NumberMetadata `json:"metadata,omitempty"`
	// TMPurchase is when the carrier sold the number. It is absent between
	// February 2022 and June 2023, and unset for a virtual number.
	TMPurchase wire.Time `json:"tm_purchase,omitzero"`
	// TMRenew is when the number was last renewed, since June 2023.
	TMRenew  wire.Time `json:"tm_renew,omitzero"`
	TMCreate wire.Time `json:"tm_create,omitzero"`
	TMUpdate wire.Time `json:"tm_update,omitzero"`
	TMDelete wire.Time `json:"tm_delete,omitzero"`
}

// NumberMetadata is set with UpdateMetadata.
type NumberMetadata struct {
	// RTPDebug turns on debugging of RTP, the media of a call.
	RTPDebug *bool `json:"rtp_debug,omitempty"`
}

// check returns why an answer is not a number, or "". In 2021 the server
// returned a 200 with a zero object after it had bought a number and failed to
// record it. A row with an id is a number, even if its number can't be read.
func (n *Number) check() string { return checkID(n.ID) }

func (n *Number) key() string { return n.ID }

// checkRow returns why a row of a list is unusable, or "". A row without a number
// does not hide the rest.
func (n *Number) checkRow() string { return checkID(n.ID) }

// checkID returns why a row without an id is unusable, or "".
func checkID(id string) string {
	switch id {
	case "":
		return "the number has no id"
	case NoFlow:
		return "it is the zero object, which means that the server failed"
	}
	return ""
}

// NumbersService is VoIPBin's number API since March 4, 2021. Its methods
// describe today's server. Older servers return HTTP 400 with an empty body for
// nearly every error, as [OrderNumbersService] does.
//
// A customer's agent needs the role of an administrator or manager. Without it,
// calls return ErrForbidden.
type NumbersService struct{ api *api.Client }

const numbersPath = "/v1.0/numbers"

// ListNumbersRequest asks for one page of numbers.
type ListNumbersRequest struct {
	// PageSize is 1 to 100; 0 = not sent, which means 100 (before 2025: 10).
	PageSize int `url:"page_size,omitempty"`
	// PageToken is a time in UTC. Only rows created before it are listed. "" =
	// not sent, which means now.
	PageToken string `url:"page_token,omitempty"`
}

// CreateNumberRequest orders a number. VoIPBin's OpenAPI description requires
// all fields except Type. Its server requires only Number.
type CreateNumberRequest struct {
	// Number is sent to the carrier unchanged. It should be in E.164. A virtual
	// number is +899 and nine more digits, which must not begin with 000.
	Number string `json:"number"`
	// Type is TypeNormal or TypeVirtual. nil, and any other string, means
	// TypeNormal. A number that begins with +899 needs TypeVirtual. Without it,
	// the server would order it from a carrier.
	Type *string `json:"type,omitempty"`
	// CallFlowID and MessageFlowID are UUIDs. The server replaces any other
	// string with NoFlow, without an error.
	CallFlowID    *string `json:"call_flow_id,omitempty"`
	MessageFlowID *string `json:"message_flow_id,omitempty"`
	// Name has at most 255 characters, and Detail at most 65,535 bytes. If one is
	// longer, the server buys the number, fails to store it, and gives it back.
	Name   *string `json:"name,omitempty"`
	Detail *string `json:"detail,omitempty"`
}

// complete sets the fields that the description requires and the request omits
// to the server's defaults.
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
		return api.Invalid(vendor, op, "Type", "it must be virtual for a number that begins with +899; otherwise the server would order it from a carrier")
	case typed && (!virtual || len(r.Number) != virtualLength || strings.Trim(r.Number[1:], "0123456789") != ""):
		return api.Invalid(vendor, op, "Number", "a virtual number is +899 and nine more digits")
	case typed && strings.HasPrefix(r.Number, virtualReserved):
		return api.Invalid(vendor, op, "Number", "the virtual numbers that begin with +899000 are reserved")
	}
	return checkTexts(op, r.Name, r.Detail)
}

// The limits of the server's database: a name in characters, a detail in bytes.
const (
	maxName   = 255
	maxDetail = 65_535
)

// checkTexts refuses a name or a detail that the server can't store. nil is not sent.
func checkTexts(op string, name, detail *string) error {
	switch {
	case name != nil && utf8.RuneCountInString(*name) > maxName:
		return api.Invalid(vendor, op, "Name", "it has more than 255 characters")
	case detail != nil && len(*detail) > maxDetail:
		return api.Invalid(vendor, op, "Detail", "it has more than 65,535 bytes")
	}
	return nil
}

// uuidOf returns a UUID in the usual form. The server also reads one without hyphens, in
// braces, as a URN, and in capitals. It returns "" for any other text.
func uuidOf(text string) string {
	text = strings.ToLower(strings.TrimPrefix(text, "urn:uuid:"))
	if strings.HasPrefix(text, "{") && strings.HasSuffix(text, "}") {
		text = text[1 : len(text)-1]
	}
	if len(text) == 36 && text[8] == '-' && text[13] == '-' && text[18] == '-' && text[23] == '-' {
		text = text[:8] + text[9:13] + text[14:18] + text[19:23] + text[24:]
	}
	if len(text) != 32 || strings.Trim(text, "0123456789abcdef") != "" {
		return ""
	}
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:]
}

// List reads one page of numbers, the newest first. r may be nil. Deleted
// numbers are not listed.
//
// GET /v1.0/numbers with page_size (1 to 100, default 100) and page_token
// (VoIPBin's OpenAPI description; limits and order: its published server). To
// read all numbers, use All: with the tokens alone, rows that were created in
// the same microsecond can be lost between the pages.
func (s *NumbersService) List(ctx context.Context, r *ListNumbersRequest) (*Page[Number], error) {
	const op = "Numbers.List"
	if r == nil {
		r = &ListNumbersRequest{}
	}
	if err := window(*r).check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: numbersPath, Query: r,
	}, r.PageSize, (*Number).checkRow)
}

// All yields the numbers of all pages, the newest first, from r.PageToken on. r may be
// nil. A page has 100 numbers, unless r sets its size. All loses no rows of equal times.
// If 100 or more rows were created in one microsecond, it ends with ErrIncomplete,
// because no page can show that there are no others. A number that was created a moment
// ago, or by a server whose clock is ahead, may still be missing. List again before you
// conclude that it does not exist.
func (s *NumbersService) All(ctx context.Context, r *ListNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*Number, error] {
	return s.since(ctx, r, time.Time{}, opts)
}

// since is All to the first page whose last number was created before a time; zero =
// to the end.
func (s *NumbersService) since(ctx context.Context, r *ListNumbersRequest, since time.Time, opts []numbers.PageOption) iter.Seq2[*Number, error] {
	var from ListNumbersRequest
	if r != nil {
		from = *r
	}
	return all(ctx, "Numbers.All", window(from), since, func(ctx context.Context, at window) (*Page[Number], error) {
		r := ListNumbersRequest(at)
		return s.List(ctx, &r)
	}, (*Number).key, opts)
}

// Get reads a number.
//
// GET /v1.0/numbers/{id} (VoIPBin's OpenAPI description). It returns
// ErrNotFound if the number was deleted or never existed, ErrForbidden if it
// belongs to another customer, and ErrInvalid if the id is not a UUID.
func (s *NumbersService) Get(ctx context.Context, id string) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Numbers.Get", Class: api.Read, Method: http.MethodGet,
		Path: numbersPath + "/{id}", Args: []string{id},
	}, (*Number).check)
}

// Create orders a number.
//
// POST /v1.0/numbers, which returns 200 and the number (VoIPBin's OpenAPI
// description). It may cost money and is sent once. ErrOutcomeUnknown means
// that the number may have been bought. A 500 means a number that is taken or
// refused, a balance that is too low, or a purchase that succeeded and was not
// recorded. A 503 comes after 15 seconds, and the order continues and
// completes. There is no idempotency key, although the documentation of the 503
// mentions one, and a second order of the same number can damage the first. A
// 403 with the reason IDENTITY_VERIFICATION_REQUIRED is ErrRequirements.
func (s *NumbersService) Create(ctx context.Context, r *CreateNumberRequest) (*Number, error) {
	return s.create(ctx, r, nil)
}

// create is Create. begin is called immediately before the order is sent, and
// may be nil.
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

// Delete releases a number and returns it, with the status "deleted".
//
// DELETE /v1.0/numbers/{id} (VoIPBin's OpenAPI description). A second Delete is
// ErrNotFound. The first may be too, if its answer was lost and the request was
// repeated. If the carrier fails, the answer is HTTP 500 and the number stays
// active.
func (s *NumbersService) Delete(ctx context.Context, id string) (*Number, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Numbers.Delete", Class: api.Write, Method: http.MethodDelete,
		Path: numbersPath + "/{id}", Args: []string{id},
	}, (*Number).check)
}
