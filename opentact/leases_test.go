package opentact_test

import (
	"context"
	"time"

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
			name: "Leases.List", nullable: true,
			request: "GET /lease/tn", answer: "lease.list.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Leases.List(ctx) },
		},
		{
			name:    "Leases.Search",
			request: "POST /lease/tn/search?skip=2&take=1", body: "lease.search.request.json", answer: "lease.search.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Leases.Search(ctx, leaseRequest())
			},
		},
		{
			name: "Leases.All", op: "Leases.Search", rows: true,
			request: "POST /lease/tn/search?take=100", body: "lease.search.all.request.json", answer: "lease.search.last.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return collect(c.Leases.All(ctx, nil)) },
		},
		{
			name:    "Leases.Get",
			request: "GET /lease/tn/" + leaseID, answer: "lease.get.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Leases.Get(ctx, leaseID) },
		},
		{
			name:    "Leases.GetByTN",
			request: "GET /lease/tn/12025550143/tn", answer: "lease.get.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Leases.GetByTN(ctx, 12025550143) },
		},
		{
			name: "Leases.Update", class: write,
			request: "PATCH /lease/tn/" + leaseID, body: "lease.update.request.json", answer: "lease.get.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Leases.Update(ctx, leaseID, &opentact.UpdateLeaseRequest{
					Voice: new(true), Fax: new(false), SMS: new(false), MMS: new(true), Emergency: new(true), AutoRenew: new(false),
					MessagingProfile: new("5b1c"), SIPConnection: wire.NullNow[string](), SIPControlApp: wire.NullOf("1c2d3e4f-2d54-4f34-8a4e-0e1a2b3c4d5e"),
				})
			},
		},
		{
			name: "Leases.Release", class: write,
			request: "DELETE /lease/tn/" + leaseID, answer: "lease.release.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Leases.Release(ctx, leaseID) },
		},
	}
}

func sipOperations() []operation {
	change := &opentact.ChangeLeasesRequest{Add: []string{leaseID}, Remove: []string{"2f4e6a8c-1b3d-4f5a-9c7e-0a1b2c3d4e60"}}
	return []operation{
		{
			name: "SIPConnections.ChangeLeases", class: write,
			request: "POST /sip/connection/c-1/tnlease", body: "sip.change_leases.request.json", answer: "sip.change_leases.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.SIPConnections.ChangeLeases(ctx, "c-1", change)
			},
		},
		{
			name: "SIPControlApps.ChangeLeases", class: write,
			request: "POST /sip/app/a-1/tnlease", body: "sip.change_leases.request.json", answer: "sip.change_leases.today.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.SIPControlApps.ChangeLeases(ctx, "a-1", change)
			},
		},
	}
}

func tokenOperations() []operation {
	return []operation{
		{
			name: "Tokens.Create", class: buy,
			request: "POST /token", body: "token.create.request.json", answer: "token.create.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return c.Tokens.Create(ctx, &opentact.CreateTokenRequest{Name: "nightly", TTL: 3600})
			},
		},
		{
			name: "Tokens.List", nullable: true,
			request: "GET /token/list", answer: "token.list.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return c.Tokens.List(ctx) },
		},
		{
			name: "Tokens.Update", class: write, anything: true,
			request: "PATCH /token/t-1", body: "token.update.request.json", answer: "token.done.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return nil, c.Tokens.Update(ctx, "t-1", &opentact.UpdateTokenRequest{Name: new("hourly"), TTL: new(int64(60))})
			},
		},
		{
			name: "Tokens.Delete", class: write, anything: true,
			request: "DELETE /token/t-secret", answer: "token.done.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) {
				return nil, c.Tokens.Delete(ctx, wire.NewSecret("t-secret"))
			},
		},
		{
			name: "Tokens.DeleteAll", class: write, anything: true,
			request: "DELETE /token/all", answer: "token.done.response.json",
			call: func(ctx context.Context, c *opentact.Client) (any, error) { return nil, c.Tokens.DeleteAll(ctx) },
		},
	}
}
