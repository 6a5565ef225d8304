package telnyx

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// PhoneNumbersService lists, changes and releases the numbers that the account
// owns.
type PhoneNumbersService struct{ api *api.Client }

// The states of an owned number.
const (
	NumberPurchasePending            = "purchase-pending"
	NumberPurchaseFailed             = "purchase-failed"
	NumberPortPending                = "port-pending"
	NumberPortFailed                 = "port-failed"
	NumberActive                     = "active"
	NumberDeleted                    = "deleted"
	NumberEmergencyOnly              = "emergency-only"
	NumberPortedOut                  = "ported-out"
	NumberPortOutPending             = "port-out-pending"
	NumberRequirementInfoPending     = "requirement-info-pending"
	NumberRequirementInfoUnderReview = "requirement-info-under-review"
	NumberRequirementInfoException   = "requirement-info-exception"
	NumberProvisionPending           = "provision-pending"
)

// NumberPortPendingSlim is NumberPortPending in the filter of the slim list.
const NumberPortPendingSlim = "port_pending"

// PhoneNumberID identifies an owned number. It is a 64-bit number in a string,
// "1293384261075731499". Telnyx also accepts the number itself in E.164, which
// no document promises.
type PhoneNumberID string

// PhoneNumber is an owned number. The slim list leaves out some of its fields.
type PhoneNumber struct {
	ID PhoneNumberID `json:"id"`
	// RecordType is "phone_number", or "phone_number_slim" in the slim list.
	RecordType *string `json:"record_type,omitempty"`
	// PhoneNumber is in E.164.
	PhoneNumber      string  `json:"phone_number"`
	CountryISOAlpha2 *string `json:"country_iso_alpha2,omitempty"`
	// Status is NumberActive or another of these constants.
	Status *string  `json:"status,omitempty"`
	Tags   []string `json:"tags,omitzero"`
	// ExternalPIN protects the number from being ported out.
	ExternalPIN          wire.Secret `json:"external_pin,omitzero"`
	ConnectionID         *string     `json:"connection_id,omitempty"`
	ConnectionName       *string     `json:"connection_name,omitempty"`
	CustomerReference    *string     `json:"customer_reference,omitempty"`
	MessagingProfileID   *string     `json:"messaging_profile_id,omitempty"`
	MessagingProfileName *string     `json:"messaging_profile_name,omitempty"`
	BillingGroupID       *string     `json:"billing_group_id,omitempty"`
	EmergencyEnabled     *bool       `json:"emergency_enabled,omitempty"`
	EmergencyAddressID   *string     `json:"emergency_address_id,omitempty"`
	// EmergencyStatus is active, deprovisioning, disabled, provisioning or
	// provisioning-failed.
	EmergencyStatus       *string `json:"emergency_status,omitempty"`
	CallForwardingEnabled *bool   `json:"call_forwarding_enabled,omitempty"`
	CNAMListingEnabled    *bool   `json:"cnam_listing_enabled,omitempty"`
	CallerIDNameEnabled   *bool   `json:"caller_id_name_enabled,omitempty"`
	CallRecordingEnabled  *bool   `json:"call_recording_enabled,omitempty"`
	T38FaxGatewayEnabled  *bool   `json:"t38_fax_gateway_enabled,omitempty"`
	HDVoiceEnabled        *bool   `json:"hd_voice_enabled,omitempty"`
	// InboundCallScreening is disabled, reject_calls or flag_calls.
	InboundCallScreening *string `json:"inbound_call_screening,omitempty"`
	// PhoneNumberType is TypeLocal or another of these constants, or tollfree,
	// shortcode or longcode.
	PhoneNumberType *string   `json:"phone_number_type,omitempty"`
	PurchasedAt     wire.Time `json:"purchased_at,omitzero"`
	CreatedAt       wire.Time `json:"created_at,omitzero"`
	UpdatedAt       wire.Time `json:"updated_at,omitzero"`
	ActivatedAt     wire.Time `json:"activated_at,omitzero"`
	// SourceType is number_order or port_request.
	SourceType *string `json:"source_type,omitempty"`
	// DeletionLockEnabled protects the number against Delete. It is set by
	// PhoneNumberJobs.Update, or in the portal.
	DeletionLockEnabled *bool `json:"deletion_lock_enabled,omitempty"`
}

// UpdatePhoneNumberRequest changes a number. A field that is nil or absent stays as it
// is. Only UpdateMessaging changes the messaging profile.
type UpdatePhoneNumberRequest struct {
	Tags []string `json:"tags,omitzero"`
	// ExternalPIN protects the number from being ported out. It is sent, but no print
	// and no encoding of this struct shows it.
	ExternalPIN    wire.Secret `json:"external_pin,omitzero"`
	HDVoiceEnabled *bool       `json:"hd_voice_enabled,omitempty"`
	// CustomerReference, ConnectionID and BillingGroupID are cleared by
	// wire.NullNow[string]().
	CustomerReference wire.Null[string] `json:"customer_reference,omitzero"`
	ConnectionID      wire.Null[string] `json:"connection_id,omitzero"`
	BillingGroupID    wire.Null[string] `json:"billing_group_id,omitzero"`
	AddressID         *AddressID        `json:"address_id,omitempty"`
}

// ListPhoneNumbersRequest asks for one page of owned numbers.
type ListPhoneNumbersRequest struct {
	Page PageParams `url:"page"`
	// Sort is purchased_at, phone_number, connection_name or
	// usage_payment_method; "" means created_at, the newest first.
	Sort string `url:"sort,omitempty"`
	// HandleMessagingProfileError is "true" to get the list, with Page.Errors,
	// even if Telnyx can't look up the messaging profiles. "" means "false":
	// Telnyx then returns a 503.
	HandleMessagingProfileError string             `url:"handle_messaging_profile_error,omitempty"`
	Filter                      PhoneNumbersFilter `url:"filter"`
}

// ListSlimPhoneNumbersRequest asks for one page of the slim list.
type ListSlimPhoneNumbersRequest struct {
	Page PageParams `url:"page"`
	// IncludeConnection adds the connection to each row. IncludeTags adds the tags.
	IncludeConnection *bool `url:"include_connection,omitempty"`
	IncludeTags       *bool `url:"include_tags,omitempty"`
	// Sort is as in ListPhoneNumbersRequest.
	Sort   string                 `url:"sort,omitempty"`
	Filter SlimPhoneNumbersFilter `url:"filter"`
}

func (r *ListSlimPhoneNumbersRequest) check(op string) error {
	f := r.Filter
	switch {
	case f.Tag != "" && !isTrue(r.IncludeTags):
		return api.Invalid(vendor, op, "Filter.Tag", "Telnyx ignores it without IncludeTags")
	case f.ConnectionName != TextFilter{} && !isTrue(r.IncludeConnection):
		return api.Invalid(vendor, op, "Filter.ConnectionName", "Telnyx ignores it without IncludeConnection")
	}
	if err := checkOwnedFilter(op, f.Status, f.PhoneNumber, f.ConnectionName); err != nil {
		return err
	}
	return r.Page.check(op)
}

func isTrue(b *bool) bool { return b != nil && *b }

// PhoneNumbersFilter narrows a list of owned numbers.
type PhoneNumbersFilter struct {
	Tag string `url:"tag,omitempty"`
	// PhoneNumber is a part of the number: at least 3 digits, without the +.
	PhoneNumber string `url:"phone_number,omitempty"`
	// Status is NumberPurchasePending, NumberPurchaseFailed, NumberPortPending,
	// NumberPortFailed, NumberActive, NumberDeleted, NumberEmergencyOnly,
	// NumberPortedOut or NumberPortOutPending. Telnyx can't filter by the other
	// constants.
	Status string `url:"status,omitempty"`
	// CountryISOAlpha2 keeps the numbers of these countries.
	CountryISOAlpha2 OneOrMore `url:"country_iso_alpha2"`
	ConnectionID     string    `url:"connection_id,omitempty"`
	// ConnectionName finds a connection by its name. It has at least 3
	// characters.
	ConnectionName TextFilter `url:"voice.connection_name"`
	// UsagePaymentMethod is pay-per-minute or channel.
	UsagePaymentMethod string `url:"voice.usage_payment_method,omitempty"`
	// BillingGroupID is "null" for numbers without one.
	BillingGroupID string `url:"billing_group_id,omitempty"`
	// EmergencyAddressID is "null" for numbers without one.
	EmergencyAddressID string           `url:"emergency_address_id,omitempty"`
	CustomerReference  string           `url:"customer_reference,omitempty"`
	NumberType         NumberTypeFilter `url:"number_type"`
	// Source is ported or purchased.
	Source string `url:"source,omitempty"`
	// WithoutTags is "true" for numbers without tags.
	WithoutTags string `url:"without_tags,omitempty"`
}

// SlimPhoneNumbersFilter narrows the slim list. Telnyx ignores filters of the other list
// here, and returns everything.
type SlimPhoneNumbersFilter struct {
	// Tag needs IncludeTags.
	Tag string `url:"tag,omitempty"`
	// PhoneNumber is a part of the number: at least 3 digits, without the +.
	PhoneNumber string `url:"phone_number,omitempty"`
	// Status is as in PhoneNumbersFilter, except that NumberPortPending is
	// NumberPortPendingSlim here.
	Status string `url:"status,omitempty"`
	// CountryISOAlpha2 keeps the numbers of these countries.
	CountryISOAlpha2 OneOrMore `url:"country_iso_alpha2"`
	ConnectionID     string    `url:"connection_id,omitempty"`
	// ConnectionName finds a connection by its name. It needs IncludeConnection, and
	// has at least 3 characters.
	ConnectionName TextFilter `url:"voice.connection_name"`
	// UsagePaymentMethod is pay-per-minute or channel.
	UsagePaymentMethod string `url:"voice.usage_payment_method,omitempty"`
	// BillingGroupID is "null" for numbers without one.
	BillingGroupID string `url:"billing_group_id,omitempty"`
	// EmergencyAddressID is "null" for numbers without one.
	EmergencyAddressID string           `url:"emergency_address_id,omitempty"`
	CustomerReference  string           `url:"customer_reference,omitempty"`
	NumberType         NumberTypeFilter `url:"number_type"`
	// Source is ported or purchased.
	Source string `url:"source,omitempty"`
}

// unfiltered are the states that an owned number can have, and that no list can be
// filtered by (422).
func unfiltered() []string {
	return []string{
		NumberProvisionPending, NumberRequirementInfoPending, NumberRequirementInfoUnderReview, NumberRequirementInfoException,
	}
}

// checkOwnedFilter refuses what Telnyx refuses, or finds nothing by.
func checkOwnedFilter(op, status, phoneNumber string, connection TextFilter) error {
	if slices.Contains(unfiltered(), status) {
		return api.Invalid(vendor, op, "Filter.Status", "a number can be in this state, but Telnyx can't filter by it")
	}
	if phoneNumber != "" && (len(phoneNumber) < 3 || strings.Trim(phoneNumber, "0123456789") != "") {
		return api.Invalid(vendor, op, "Filter.PhoneNumber", "it must be at least 3 digits, without the +")
	}
	for _, part := range []string{connection.Contains, connection.StartsWith, connection.EndsWith} {
		if part != "" && utf8.RuneCountInString(part) < 3 {
			return api.Invalid(vendor, op, "Filter.ConnectionName", "it must be at least 3 characters")
		}
	}
	return nil
}

// NumberTypeFilter keeps numbers of a type.
type NumberTypeFilter struct {
	// Eq is TypeLocal, TypeNational, TypeTollFree, TypeMobile or
	// TypeSharedCost.
	Eq string `url:"eq,omitempty"`
}

// TextFilter looks for a text.
type TextFilter struct {
	Contains   string `url:"contains,omitempty"`
	StartsWith string `url:"starts_with,omitempty"`
	EndsWith   string `url:"ends_with,omitempty"`
	Eq         string `url:"eq,omitempty"`
}

// OneOrMore is a filter that accepts a string or a list. One value is sent as
// "key=value", and several as "key[]=value" each.
type OneOrMore []string

// EncodeValues adds the values to a query.
func (o OneOrMore) EncodeValues(key string, v *url.Values) error {
	if len(o) != 1 {
		key += "[]"
	}
	for _, value := range o {
		v.Add(key, value)
	}
	return nil
}

// List reads one page of the account's numbers. r may be nil.
//
// GET /phone_numbers with page[number] (from 1), page[size] (1 to 250, default
// 20), sort, handle_messaging_profile_error and filter[…]. The newest number is
// first, unless sort is set. A filter that Telnyx refuses, or that finds nothing
// whatever there is, is numbers.ErrInvalid.
func (s *PhoneNumbersService) List(ctx context.Context, r *ListPhoneNumbersRequest) (*Page[PhoneNumber], error) {
	const op = "PhoneNumbers.List"
	r = orZero(r)
	if err := r.Page.check(op); err != nil {
		return nil, err
	}
	if err := checkOwnedFilter(op, r.Filter.Status, r.Filter.PhoneNumber, r.Filter.ConnectionName); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/phone_numbers", Query: r,
	}, r.Page.Size, (*PhoneNumber).check)
}

// All walks the numbers of all pages from r.Page on. r may be nil. It works as
// NumberOrders.All does.
func (s *PhoneNumbersService) All(ctx context.Context, r *ListPhoneNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*PhoneNumber, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "PhoneNumbers.All", from.Page, func(ctx context.Context, at PageParams) (*Page[PhoneNumber], error) {
		r := from
		r.Page = at
		return s.List(ctx, &r)
	}, func(n *PhoneNumber) string { return string(n.ID) }, opts)
}

// ListSlim is List with fewer fields. Telnyx allows more requests for it. r may
// be nil.
//
// GET /phone_numbers/slim with page[number], page[size], sort, include_connection,
// include_tags and filter[…]. A filter that Telnyx would ignore, because what it looks
// at is not included, is numbers.ErrInvalid.
func (s *PhoneNumbersService) ListSlim(ctx context.Context, r *ListSlimPhoneNumbersRequest) (*Page[PhoneNumber], error) {
	const op = "PhoneNumbers.ListSlim"
	r = orZero(r)
	if err := r.check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/phone_numbers/slim", Query: r,
	}, r.Page.Size, (*PhoneNumber).check)
}

// AllSlim walks the slim list as All does.
func (s *PhoneNumbersService) AllSlim(ctx context.Context, r *ListSlimPhoneNumbersRequest, opts ...numbers.PageOption) iter.Seq2[*PhoneNumber, error] {
	from := *orZero(r)
	from.Page.enlarge()
	return all(ctx, "PhoneNumbers.AllSlim", from.Page, func(ctx context.Context, at PageParams) (*Page[PhoneNumber], error) {
		r := from
		r.Page = at
		return s.ListSlim(ctx, &r)
	}, func(n *PhoneNumber) string { return string(n.ID) }, opts)
}

// Get reads a number.
//
// GET /phone_numbers/{id}.
func (s *PhoneNumbersService) Get(ctx context.Context, id PhoneNumberID) (*PhoneNumber, error) {
	return get(ctx, s.api, &api.Call{
		Op: "PhoneNumbers.Get", Class: api.Read, Method: http.MethodGet,
		Path: "/phone_numbers/{id}", Args: []string{string(id)},
	}, (*PhoneNumber).check)
}

// Update changes a number.
//
// PATCH /phone_numbers/{id}, which returns the number.
func (s *PhoneNumbersService) Update(ctx context.Context, id PhoneNumberID, r *UpdatePhoneNumberRequest) (*PhoneNumber, error) {
	const op = "PhoneNumbers.Update"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	body := struct {
		*UpdatePhoneNumberRequest
		ExternalPIN *string `json:"external_pin,omitempty"` // revealed
	}{UpdatePhoneNumberRequest: r}
	if !r.ExternalPIN.IsZero() {
		body.ExternalPIN = new(r.ExternalPIN.Reveal())
	}
	c := *s.api
	c.Auth = api.WithSecret(s.api.Auth, r.ExternalPIN)
	return get(ctx, &c, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch,
		Path: "/phone_numbers/{id}", Args: []string{string(id)}, Body: body,
	}, (*PhoneNumber).check)
}

// Delete releases a number for good. Telnyx refuses if DeletionLockEnabled is
// true.
//
// DELETE /phone_numbers/{id}, which returns the number as it was, with the
// status deleted. A number that is already deleted is ErrNotFound.
func (s *PhoneNumbersService) Delete(ctx context.Context, id PhoneNumberID) (*PhoneNumber, error) {
	return get(ctx, s.api, &api.Call{
		Op: "PhoneNumbers.Delete", Class: api.Write, Method: http.MethodDelete,
		Path: "/phone_numbers/{id}", Args: []string{string(id)},
	}, (*PhoneNumber).check)
}

func (n *PhoneNumber) check() string { return checkID(n.ID) }
