package opentact_test

import (
	"context"
	"time"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers/wire"
	"github.com/tnkit/tnkit/opentact"
)

const leaseID = "2f4e6a8c-1b3d-4f5a-9c7e-0a1b2c3d4e5f"

func leaseRequest() *opentact.SearchLeasesRequest {
	july := func(n int) wire.Time { return wire.NewTime(time.Date(2022, 7, n, 0, 0, 0, 0, time.UTC)) }
	return &opentact.SearchLeasesRequest{
		Take: 1, Skip: 2, Mode: new("OR"),
		Order:         &opentact.LeasesOrder{TN: new(opentact.Descending), CreatedOn: new(opentact.Ascending), ModifiedOn: new(opentact.Ascending)},
		CreatedOnFrom: july(1), CreatedOnTo: july(2), ModifiedOnFrom: july(3), ModifiedOnTo: july(4),
		TN: new("1202*"), AutoRenew: new(false), SIPConnection: new("c"), SIPControlApp: new("a"), SIPConnectionsSkip: []string{"d"},
	}
}

func leaseOperations() []operation {
	return []operation{
		{
			Name: "Leases.List", Nullable: true,
			Request: "GET /lease/tn", Answer: "lease.list.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Leases.List(ctx) },
		},
		{
			Name:    "Leases.Search",
			Request: "POST /lease/tn/search?skip=2&take=1", Body: "lease.search.request.json", Answer: "lease.search.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Leases.Search(ctx, leaseRequest())
			},
		},
		{
			Name: "Leases.All", Op: "Leases.Search", Result: rows,
			Request: "POST /lease/tn/search?take=100", Body: "lease.search.all.request.json", Answer: "lease.search.last.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return vendortest.Collect(c.Leases.All(ctx, nil))
			},
		},
		{
			Name:    "Leases.Get",
			Request: "GET /lease/tn/" + leaseID, Answer: "lease.get.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Leases.Get(ctx, leaseID) },
		},
		{
			Name:    "Leases.GetByTN",
			Request: "GET /lease/tn/12025550143/tn", Answer: "lease.get.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Leases.GetByTN(ctx, 12025550143) },
		},
		{
			Name: "Leases.Update", Class: vendortest.Write,
			Request: "PATCH /lease/tn/" + leaseID, Body: "lease.update.request.json", Answer: "lease.get.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Leases.Update(ctx, leaseID, &opentact.UpdateLeaseRequest{
					Voice: new(true), Fax: new(false), SMS: new(false), MMS: new(true), Emergency: new(true), AutoRenew: new(false),
					MessagingProfile: new("5b1c"), SIPConnection: wire.NullNow[string](), SIPControlApp: wire.NullOf("1c2d3e4f-2d54-4f34-8a4e-0e1a2b3c4d5e"),
				})
			},
		},
		{
			Name: "Leases.Release", Class: vendortest.Write,
			Request: "DELETE /lease/tn/" + leaseID, Answer: "lease.release.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Leases.Release(ctx, leaseID) },
		},
	}
}

func sipOperations() []operation {
	change := &opentact.ChangeLeasesRequest{Add: []string{leaseID}, Remove: []string{"2f4e6a8c-1b3d-4f5a-9c7e-0a1b2c3d4e60"}}
	return []operation{
		{
			Name: "SIPConnections.ChangeLeases", Class: vendortest.Write,
			Request: "POST /sip/connection/c-1/tnlease", Body: "sip.change_leases.request.json", Answer: "sip.change_leases.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.SIPConnections.ChangeLeases(ctx, "c-1", change)
			},
		},
		{
			Name: "SIPControlApps.ChangeLeases", Class: vendortest.Write,
			Request: "POST /sip/app/a-1/tnlease", Body: "sip.change_leases.request.json", Answer: "sip.change_leases.today.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.SIPControlApps.ChangeLeases(ctx, "a-1", change)
			},
		},
	}
}

func tokenOperations() []operation {
	return []operation{
		{
			Name: "Tokens.Create", Class: vendortest.Buy, Needs: []string{"token"},
			Request: "POST /token", Body: "token.create.request.json", Answer: "token.create.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Tokens.Create(ctx, &opentact.CreateTokenRequest{Name: "nightly", TTL: 3600})
			},
		},
		{
			Name: "Tokens.List", Nullable: true,
			Request: "GET /token/list", Answer: "token.list.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Tokens.List(ctx) },
		},
		{
			Name: "Tokens.Update", Class: vendortest.Write, Silent: true,
			Request: "PATCH /token/t-1", Body: "token.update.request.json", Answer: "token.done.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return nil, c.Tokens.Update(ctx, "t-1", &opentact.UpdateTokenRequest{Name: new("hourly"), TTL: new(int64(60))})
			},
		},
		{
			Name: "Tokens.Delete", Class: vendortest.Write, Silent: true,
			Request: "DELETE /token/t-secret", Answer: "token.done.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return nil, c.Tokens.Delete(ctx, wire.NewSecret("t-secret"))
			},
		},
		{
			Name: "Tokens.DeleteAll", Class: vendortest.Write, Silent: true,
			Request: "DELETE /token/all", Answer: "token.done.response.json",
			Call: func(ctx context.Context, c *opentact.Client) (any, error) { return nil, c.Tokens.DeleteAll(ctx) },
		},
	}
}
