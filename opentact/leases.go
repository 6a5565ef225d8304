package opentact

import (
	"cmp"
	"context"
	"iter"
	"net/http"
	"strconv"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Lease is a number that the account has. It lasts a month, and is extended by
// a month while AutoRenew is set.
type Lease struct {
	CreatedOn  wire.Time   `json:"created_on,omitzero"`
	ModifiedOn wire.Time   `json:"modified_on,omitzero"`
	UUID       string      `json:"uuid"`
	TN         Related[TN] `json:"tn,omitzero"`
	// The features that are turned on, if the vendor sends them.
	Voice     wire.Bool        `json:"voice,omitzero"`
	Fax       wire.Bool        `json:"fax,omitzero"`
	SMS       wire.Bool        `json:"sms,omitzero"`
	MMS       wire.Bool        `json:"mms,omitzero"`
	Emergency wire.Bool        `json:"emergency,omitzero"`
	Account   Related[Account] `json:"account,omitzero"`
	TNOrder   Related[Order]   `json:"tnorder,omitzero"`
	ExpiredOn wire.Time        `json:"expired_on,omitzero"`
	// AutoRenew false means that the number is released at ExpiredOn.
	AutoRenew           wire.Bool              `json:"autorenew,omitzero"`
	MessagingProfile    Opaque                 `json:"messaging_profile,omitzero"`
	Class4ProductItemID *int64                 `json:"class4_product_item_id,omitempty"`
	SIPConnection       Related[SIPConnection] `json:"sip_connection,omitzero"`
	SIPControlApp       Related[SIPControlApp] `json:"sip_control_app,omitzero"`
	Subscriptions       []Opaque               `json:"subscriptions,omitzero"`
	CreatedBy           Related[User]          `json:"created_by,omitzero"`
	ModifiedBy          Related[User]          `json:"modified_by,omitzero"`
}

// LeasesService reads, changes and releases the numbers that the account has.
type LeasesService struct{ api *api.Client }

// SearchLeasesRequest asks for one page of leases. A field that is not set is
// not sent.
type SearchLeasesRequest struct {
	// Take is 1 to 100; 0 = not sent, which means 10. Skip is the count of
	// leases before the first one. OpenTact's sources show both in the query
	// and in the body. They are sent in both.
	Take int `url:"take,omitempty" json:"take,omitempty"`
	Skip int `url:"skip,omitempty" json:"skip,omitempty"`
	// Mode joins the filters: AND or OR.
	Mode           *string      `url:"-" json:"mode,omitempty"`
	Order          *LeasesOrder `url:"-" json:"order,omitempty"`
	CreatedOnFrom  wire.Time    `url:"-" json:"created_on_from,omitzero"`
	CreatedOnTo    wire.Time    `url:"-" json:"created_on_to,omitzero"`
	ModifiedOnFrom wire.Time    `url:"-" json:"modified_on_from,omitzero"`
	ModifiedOnTo   wire.Time    `url:"-" json:"modified_on_to,omitzero"`
	// TN is a mask of the number.
	TN        *string `url:"-" json:"tn,omitempty"`
	AutoRenew *bool   `url:"-" json:"autorenew,omitempty"`
	// SIPConnection and SIPControlApp are UUIDs.
	SIPConnection *string `url:"-" json:"sip_connection,omitempty"`
	SIPControlApp *string `url:"-" json:"sip_control_app,omitempty"`
	// SIPConnectionsSkip leaves out the numbers of these connections.
	SIPConnectionsSkip []string `url:"-" json:"sip_connections_skip,omitzero"`
}

// LeasesOrder is the order of listed leases: [Ascending] or [Descending].
type LeasesOrder struct {
	TN         *string `json:"tn,omitempty"`
	CreatedOn  *string `json:"created_on,omitempty"`
	ModifiedOn *string `json:"modified_on,omitempty"`
}

// UpdateLeaseRequest changes a lease. A field that is nil or absent stays as it
// is.
type UpdateLeaseRequest struct {
	Voice     *bool `json:"voice,omitempty"`
	Fax       *bool `json:"fax,omitempty"`
	SMS       *bool `json:"sms,omitempty"`
	MMS       *bool `json:"mms,omitempty"`
	Emergency *bool `json:"emergency,omitempty"`
	// AutoRenew false releases the number when its month ends.
	AutoRenew *bool `json:"autorenew,omitempty"`
	// MessagingProfile is a UUID.
	MessagingProfile *string `json:"messaging_profile,omitempty"`
	// SIPConnection and SIPControlApp are UUIDs. null detaches the number.
	SIPConnection wire.Null[string] `json:"sip_connection,omitzero"`
	SIPControlApp wire.Null[string] `json:"sip_control_app,omitzero"`
}

// List reads all leases of the account in one request.
//
// GET /lease/tn. Source: OpenTact's documentation of 2020; the server's own
// description of 2021 has Search instead.
func (s *LeasesService) List(ctx context.Context) (*Page[Lease], error) {
	return list(ctx, s.api, &api.Call{
		Op: "Leases.List", Class: api.Read, Method: http.MethodGet, Path: "/lease/tn",
	}, 0, (*Lease).check)
}

// listAll yields the leases of List, as OrdersService.All does.
func (s *LeasesService) listAll(ctx context.Context) iter.Seq2[*Lease, error] {
	return whole(ctx, "Leases.List", 0, s.List, (*Lease).key)
}

// Search reads one page of leases; r may be nil. The API of 2020 does not have it.
//
// POST /lease/tn/search with take (1 to 100, default 10) and skip.
//
// Source: the server's own description of October 2021; published programs.
func (s *LeasesService) Search(ctx context.Context, r *SearchLeasesRequest) (*Page[Lease], error) {
	const op = "Leases.Search"
	if r == nil {
		r = &SearchLeasesRequest{}
	}
	if err := (window{r.Take, r.Skip}).check(op); err != nil {
		return nil, err
	}
	return list(ctx, s.api, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodPost, Path: "/lease/tn/search", Query: r, Body: r,
	}, cmp.Or(r.Take, MaxTake), (*Lease).check)
}

// All yields the leases of Search from r.Skip on. r may be nil. A page has 100 leases,
// the oldest first, unless r sets another size or order. New leases are then at the end.
// If leases are released during the walk, others move to pages that were already read,
// and the walk ends with ErrIncomplete.
func (s *LeasesService) All(ctx context.Context, r *SearchLeasesRequest, opts ...numbers.PageOption) iter.Seq2[*Lease, error] {
	var from SearchLeasesRequest
	if r != nil {
		from = *r
	}
	if from.Order == nil {
		from.Order = &LeasesOrder{CreatedOn: new(Ascending)}
	}
	return all(ctx, "Leases.All", window{from.Take, from.Skip}, func(ctx context.Context, at window) (*Page[Lease], error) {
		r := from
		r.Take, r.Skip = at.take, at.skip
		return s.Search(ctx, &r)
	}, (*Lease).key, opts)
}

// Get reads a lease.
//
// GET /lease/tn/{uuid}. A lease that does not exist, or has been released, is
// ErrNotFound (404, "TNLease not found").
func (s *LeasesService) Get(ctx context.Context, uuid string) (*Lease, error) {
	return s.lease(ctx, &api.Call{
		Op: "Leases.Get", Class: api.Read, Method: http.MethodGet, Path: "/lease/tn/{uuid}", Args: []string{uuid},
	})
}

// GetByTN reads the lease of a number, with country code and without a plus
// sign.
//
// GET /lease/tn/{tn}/tn. A number that the account does not have is ErrNotFound
// (404, "TNLease not found").
func (s *LeasesService) GetByTN(ctx context.Context, tn int64) (*Lease, error) {
	const op = "Leases.GetByTN"
	if err := checkTN(op, "tn", tn); err != nil {
		return nil, err
	}
	return s.lease(ctx, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: "/lease/tn/{tn}/tn",
		Args: []string{strconv.FormatInt(tn, 10)}, Numbers: spelled([]int64{tn}),
	})
}

// Update changes a lease.
//
// PATCH /lease/tn/{uuid}, which returns the lease. A lease of another account
// is ErrForbidden (401, "Forbidden"). OpenTact's documentation of 2020 has
// other names for two of the fields. The names here are from the server's own
// description of 2021.
func (s *LeasesService) Update(ctx context.Context, uuid string, r *UpdateLeaseRequest) (*Lease, error) {
	const op = "Leases.Update"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	return s.lease(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPatch, Path: "/lease/tn/{uuid}", Args: []string{uuid}, Body: r,
	})
}

// Release releases a number for good. uuid is the UUID of the lease, or the
// number itself.
//
// DELETE /lease/tn/{uuid}, which returns the lease as it was. A lease that is
// already gone is ErrNotFound (404, "TNLease not found").
//
// Source: OpenTact's documentation of 2022 to 2024.
func (s *LeasesService) Release(ctx context.Context, uuid string) (*Lease, error) {
	return s.lease(ctx, &api.Call{
		Op: "Leases.Release", Class: api.Write, Method: http.MethodDelete, Path: "/lease/tn/{uuid}", Args: []string{uuid},
	})
}

// lease performs a call whose answer is a lease.
func (s *LeasesService) lease(ctx context.Context, call *api.Call) (*Lease, error) {
	return get(ctx, s.api, call, (*Lease).check)
}

func (l *Lease) check() string { return checkID(l.UUID) }

func (l *Lease) key() string { return l.UUID }
