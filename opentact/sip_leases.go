package opentact

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
)

// SIPConnectionsService attaches numbers to SIP connections.
type SIPConnectionsService struct{ api *api.Client }

// SIPControlAppsService attaches numbers to SIP control applications.
type SIPControlAppsService struct{ api *api.Client }

// ChangeLeasesRequest attaches and detaches numbers, by the UUIDs of their
// leases. What is nil is not sent.
type ChangeLeasesRequest struct {
	Add    []string `json:"add,omitzero"`
	Remove []string `json:"remove,omitzero"`
}

// ChangeLeases attaches numbers to a connection and detaches others. The answer
// holds the leases, of which today's API sends the UUIDs alone.
//
// POST /sip/connection/{uuid}/tnlease.
//
// Source: OpenTact's documentation of 2020, and that of 2022 to 2024.
func (s *SIPConnectionsService) ChangeLeases(ctx context.Context, uuid string, r *ChangeLeasesRequest) ([]Related[Lease], error) {
	return changeLeases(ctx, s.api, "SIPConnections.ChangeLeases", "/sip/connection/{uuid}/tnlease", uuid, r)
}

// ChangeLeases attaches numbers to an application and detaches others. The
// answer holds the leases, of which today's API sends the UUIDs alone.
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
		return nil, api.Invalid(vendor, op, "Add", "nothing is added and nothing removed")
	}
	var leases []Related[Lease]
	err := c.Do(ctx, &api.Call{
		Op: op, Class: api.Write, Method: http.MethodPost, Path: path, Args: []string{uuid}, Body: r, Into: &leases,
	})
	return leases, err
}
