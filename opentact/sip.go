package opentact

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// SIPConnection is a trunk that numbers are connected to.
type SIPConnection struct {
	CreatedOn                  wire.Time        `json:"created_on,omitzero"`
	ModifiedOn                 wire.Time        `json:"modified_on,omitzero"`
	UUID                       *string          `json:"uuid,omitempty"`
	Name                       *string          `json:"name,omitempty"`
	IsActive                   wire.Bool        `json:"is_active,omitzero"`
	TechPrefix                 *int64           `json:"tech_prefix,omitempty"`
	Product                    Opaque           `json:"product,omitzero"`
	Subdomain                  *string          `json:"subdomain,omitempty"`
	IP                         *string          `json:"ip,omitempty"`
	Port                       *int64           `json:"port,omitempty"`
	Class4IngressTrunkID       *int64           `json:"class4_ingress_trunk_id,omitempty"`
	Class4IngressTrunkSettings Opaque           `json:"class4_ingress_trunk_settings,omitzero"`
	Class4IngressResourceIPID  *int64           `json:"class4_ingress_resource_ip_id,omitempty"`
	Class4EgressTrunkID        *int64           `json:"class4_egress_trunk_id,omitempty"`
	Class4EgressTrunkSettings  Opaque           `json:"class4_egress_trunk_settings,omitzero"`
	Class4EgressResourceIPID   *int64           `json:"class4_egress_resource_ip_id,omitempty"`
	Class4TrunkPrefixID        *int64           `json:"class4_trunk_prefix_id,omitempty"`
	TNLeases                   []Related[Lease] `json:"tnleases,omitzero"`
	SIPUsers                   []Opaque         `json:"sipusers,omitzero"`
	SIPUserInvites             []Opaque         `json:"sip_user_invites,omitzero"`
	Account                    Related[Account] `json:"account,omitzero"`
	CreatedBy                  Related[User]    `json:"created_by,omitzero"`
	ModifiedBy                 Related[User]    `json:"modified_by,omitzero"`
	OutboundVoiceProfile       Opaque           `json:"outbound_voice_profile,omitzero"`
}

// SIPControlApp is an application that controls the calls of numbers.
type SIPControlApp struct {
	CreatedOn                 wire.Time        `json:"created_on,omitzero"`
	ModifiedOn                wire.Time        `json:"modified_on,omitzero"`
	UUID                      *string          `json:"uuid,omitempty"`
	Name                      *string          `json:"name,omitempty"`
	IsActive                  wire.Bool        `json:"is_active,omitzero"`
	Subdomain                 *string          `json:"subdomain,omitempty"`
	TNLeases                  []Related[Lease] `json:"tnleases,omitzero"`
	Class4EgressTrunkID       *int64           `json:"class4_egress_trunk_id,omitempty"`
	Class4EgressTrunkSettings Opaque           `json:"class4_egress_trunk_settings,omitzero"`
	Class4EgressResourceIPID  *int64           `json:"class4_egress_resource_ip_id,omitempty"`
	Account                   Related[Account] `json:"account,omitzero"`
	CreatedBy                 Related[User]    `json:"created_by,omitzero"`
	ModifiedBy                Related[User]    `json:"modified_by,omitzero"`
	OutboundVoiceProfile      Opaque           `json:"outbound_voice_profile,omitzero"`
	WebhookURL                *string          `json:"webhook_url,omitempty"`
	// WebhookMethod and CallFlowMethod are HTTP methods.
	WebhookMethod *string `json:"webhook_method,omitempty"`
	// OpenTact does not document the unit of the timeouts.
	WebhookRequestTimeout  *int64  `json:"webhook_request_timeout,omitempty"`
	CallFlowURL            *string `json:"call_flow_url,omitempty"`
	CallFlowRequestTimeout *int64  `json:"call_flow_request_timeout,omitempty"`
	CallFlowMethod         *string `json:"call_flow_method,omitempty"`
}

// SIPConnectionsService attaches numbers to SIP connections.
type SIPConnectionsService struct{ api *api.Client }

// SIPControlAppsService attaches numbers to SIP control applications.
type SIPControlAppsService struct{ api *api.Client }

// ChangeLeasesRequest attaches and detaches numbers, by the UUIDs of their
// leases. A nil field is not sent.
type ChangeLeasesRequest struct {
	Add    []string `json:"add,omitzero"`
	Remove []string `json:"remove,omitzero"`
}

// ChangeLeases attaches numbers to a connection and detaches others. It returns
// the leases. Today's API sends only their UUIDs.
//
// POST /sip/connection/{uuid}/tnlease.
//
// Source: OpenTact's documentation of 2020, and that of 2022 to 2024.
func (s *SIPConnectionsService) ChangeLeases(ctx context.Context, uuid string, r *ChangeLeasesRequest) ([]Related[Lease], error) {
	return changeLeases(ctx, s.api, "SIPConnections.ChangeLeases", "/sip/connection/{uuid}/tnlease", uuid, r)
}

// ChangeLeases attaches numbers to an application and detaches others. It
// returns the leases. Today's API sends only their UUIDs.
//
// POST /sip/app/{uuid}/tnlease.
//
// Source: OpenTact's documentation of 2020, and that of 2022 to 2024.
func (s *SIPControlAppsService) ChangeLeases(ctx context.Context, uuid string, r *ChangeLeasesRequest) ([]Related[Lease], error) {
	return changeLeases(ctx, s.api, "SIPControlApps.ChangeLeases", "/sip/app/{uuid}/tnlease", uuid, r)
}

func changeLeases(ctx context.Context, c *api.Client, op, path, uuid string, r *ChangeLeasesRequest) ([]Related[Lease], error) {
	switch {
	case r == nil:
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	case len(r.Add)+len(r.Remove) == 0:
		return nil, api.Invalid(vendor, op, "Add", "Add and Remove are both empty")
	}
	var leases []Related[Lease]
	err := c.Do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost, Path: path, Args: []string{uuid}, Body: r, Into: &leases,
	})
	return leases, err
}
