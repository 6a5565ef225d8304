package driver_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/opentact"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/voipbin"
)

// What every adapter does alike. The four are held against each other here,
// since no vendor package knows another.

const (
	aNumber      numbers.E164 = "+13125550123"
	anotherOne   numbers.E164 = "+13125550124"
	theReference              = "ours"
)

// adapter makes one of the adapters of an account that is answered at base;
// with a base of "" it has no client.
type adapter func(t *testing.T, base string) numbers.Orderer

func adapters() map[string]adapter {
	return map[string]adapter{
		"telnyx": func(t *testing.T, base string) numbers.Orderer {
			c := client(t, base, func(o *numbers.ClientOptions) (*telnyx.Client, error) {
				return telnyx.New(telnyx.APIKeyAuth("KEY0123"), o)
			})
			return telnyx.NewOrderer(c, nil)
		},
		"voipbin":         voipbinAdapter(voipbin.GenerationNumbers),
		"voipbin of 2021": voipbinAdapter(voipbin.GenerationOrderNumbers),
		"opentact":        opentactAdapter(opentact.Generation2020),
		"opentact of 21":  opentactAdapter(opentact.Generation2021),
		"opentact of 24":  opentactAdapter(opentact.Generation2024),
		"exclusive": func(t *testing.T, base string) numbers.Orderer {
			c := client(t, base, func(o *numbers.ClientOptions) (*exclusive.Client, error) {
				o.BaseURL = ""
				return exclusive.New(base, exclusive.TokenAuth("token"), o)
			})
			return exclusive.NewOrderer(c, nil)
		},
	}
}

func voipbinAdapter(g voipbin.Generation) adapter {
	return func(t *testing.T, base string) numbers.Orderer {
		c := client(t, base, func(o *numbers.ClientOptions) (*voipbin.Client, error) {
			return voipbin.New(voipbin.TokenAuth("token"), o)
		})
		return voipbin.NewOrderer(c, &voipbin.OrdererOptions{Generation: g})
	}
}

func opentactAdapter(g opentact.Generation) adapter {
	return func(t *testing.T, base string) numbers.Orderer {
		c := client(t, base, func(o *numbers.ClientOptions) (*opentact.Client, error) {
			return opentact.New(opentact.TokenAuth("token"), o)
		})
		return opentact.NewOrderer(c, &opentact.OrdererOptions{Generation: g})
	}
}

func client[C any](t *testing.T, base string, make func(*numbers.ClientOptions) (*C, error)) *C {
	if base == "" {
		return nil
	}
	c, err := make(&numbers.ClientOptions{BaseURL: base})
	require.NoError(t, err)
	return c
}

func each(t *testing.T, test func(t *testing.T, make adapter)) {
	for name, make := range adapters() {
		t.Run(name, func(t *testing.T) { test(t, make) })
	}
}

// answering starts a server that answers everything alike, and counts.
func answering(t *testing.T, status int, body string) (base string, count *atomic.Int32) {
	count = new(atomic.Int32)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		count.Add(1)
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(srv.Close)
	return srv.URL, count
}

// calls are all operations of the portable layer that send a request, as far as o
// is able.
func calls(t *testing.T, ctx context.Context, o numbers.Orderer) map[string]func() error {
	caps := o.Capabilities()
	a, err := account.New("main", o, nil)
	require.NoError(t, err)
	request := numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Reference: theReference}
	own := &numbers.Number{Vendor: caps.Vendor, ID: "1", E164: aNumber, VendorNumber: string(aNumber)}
	order := &numbers.Order{Vendor: caps.Vendor, ID: "1"}
	search := numbers.SearchQuery{Limit: 1}
	if caps.SearchFields&numbers.SearchCountry != 0 {
		search.Country = "US"
	}
	all := map[string]func() error{
		"Place":  func() error { _, err := o.Place(ctx, request); return err },
		"Order":  func() error { _, err := o.Order(ctx, "1"); return err },
		"Orders": func() error { return lastOf(o.Orders(ctx, numbers.OrderQuery{})) },
	}
	for ability, call := range map[numbers.Ability]struct {
		name string
		call func() error
	}{
		numbers.CanSearch: {"Search", func() error { return lastOf(a.Search(ctx, search)) }},
		numbers.CanQuote:  {"Quote", func() error { _, err := a.Quote(ctx, request); return err }},
		numbers.CanReserve: {"Reserve", func() error {
			_, err := a.Reserve(ctx, numbers.ReserveRequest{Numbers: request.Numbers})
			return err
		}},
		numbers.CanCancel:    {"Cancel", func() error { _, err := a.Cancel(ctx, order); return err }},
		numbers.CanListOwned: {"Owned", func() error { return lastOf(a.Owned(ctx, numbers.OwnedQuery{})) }},
		numbers.CanRelease:   {"Release", func() error { return a.Release(ctx, own) }},
		numbers.CanAssign: {"Assign", func() error {
			_, err := a.Assign(ctx, own, aThing(caps.AssignsOwned))
			return err
		}},
	} {
		if caps.Can.Has(ability) {
			all[call.name] = call.call
		}
	}
	return all
}

// aThing is an assignment that a vendor can make.
func aThing(can numbers.AssignField) numbers.Assignment {
	const id = "7c5b1b0e-0000-4000-8000-000000000001"
	if can&numbers.AssignConnection != 0 {
		return numbers.Assignment{Connection: id}
	}
	return numbers.Assignment{CallFlow: id}
}

func lastOf[T any](seq func(func(*T, error) bool)) (last error) {
	for _, err := range seq {
		last = err
	}
	return last
}

func asInvalid(t *testing.T, err error, field string) {
	t.Helper()
	e, ok := any(err).(*numbers.Error) // it is the outermost
	require.True(t, ok, "%T: %v", err, err)
	assert.ErrorIs(t, e, numbers.ErrInvalid)
	assert.Equal(t, field, e.Field)
}

func TestNoClient(t *testing.T) {
	each(t, func(t *testing.T, make adapter) {
		o := make(t, "")
		for name, call := range calls(t, t.Context(), o) {
			t.Run(name, func(t *testing.T) { asInvalid(t, call(), "client") })
		}
	})
}

func TestNoContext(t *testing.T) {
	each(t, func(t *testing.T, make adapter) {
		base, count := answering(t, http.StatusOK, `{}`)
		var none context.Context
		for name, call := range calls(t, none, make(t, base)) {
			t.Run(name, func(t *testing.T) { asInvalid(t, call(), "ctx") })
		}
		assert.Zero(t, count.Load())
	})
}

func TestUnknownOutcome(t *testing.T) {
	each(t, func(t *testing.T, make adapter) {
		base, count := answering(t, http.StatusGatewayTimeout, `{}`)
		began := time.Now()
		order, err := make(t, base).Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Reference: theReference})
		assert.Nil(t, order)
		e, ok := any(err).(*numbers.Error) // it is the outermost
		require.True(t, ok, "%T: %v", err, err)
		require.ErrorIs(t, e, numbers.ErrOutcomeUnknown)
		require.NotNil(t, e.Attempt)
		a := *e.Attempt
		assert.Equal(t, e.Vendor, a.Vendor)
		assert.Empty(t, a.Account, "the account's name is for account.Account to set")
		assert.Equal(t, theReference, a.Reference)
		assert.Equal(t, []numbers.E164{aNumber}, a.Numbers)
		assert.Equal(t, http.StatusGatewayTimeout, a.Status)
		assert.WithinRange(t, a.Started, began, time.Now())
		assert.WithinRange(t, a.Ended, a.Started, time.Now())
		assert.EqualValues(t, 1, count.Load())
	})
}

func TestBadOrders(t *testing.T) {
	each(t, func(t *testing.T, make adapter) {
		base, count := answering(t, http.StatusOK, `{}`)
		o := make(t, base)
		for name, tt := range map[string]struct {
			r     numbers.OrderRequest
			field string
		}{
			"none":    {numbers.OrderRequest{}, "Numbers"},
			"no plus": {numbers.OrderRequest{Numbers: []numbers.E164{"13125550123"}}, "Numbers[0]"},
			"twice":   {numbers.OrderRequest{Numbers: []numbers.E164{aNumber, aNumber}}, "Numbers[1]"},
			"foreign": {numbers.OrderRequest{Numbers: []numbers.E164{aNumber}, Native: struct{}{}}, "Native"},
		} {
			t.Run(name, func(t *testing.T) {
				_, err := o.Place(t.Context(), tt.r)
				if name == "twice" && o.Capabilities().MaxNumbers == 1 {
					tt.field = "Numbers"
				}
				asInvalid(t, err, tt.field)
			})
		}
		if o.Capabilities().MaxNumbers == 1 {
			_, err := o.Place(t.Context(), numbers.OrderRequest{Numbers: []numbers.E164{aNumber, anotherOne}})
			asInvalid(t, err, "Numbers")
		}
		for _, id := range []string{"", ".", ".."} {
			_, err := o.Order(t.Context(), id)
			require.ErrorIs(t, err, numbers.ErrInvalid, "id %q", id)
		}
		assert.Zero(t, count.Load())
	})
}

// TestNumbersOfOthersAreRefused: by the methods themselves, below account.Account, and
// before anything is sent.
func TestNumbersOfOthersAreRefused(t *testing.T) {
	for name, make := range adapters() {
		var sent atomic.Int64
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			sent.Add(1)
			w.WriteHeader(http.StatusNotFound)
		}))
		t.Cleanup(srv.Close)
		o := make(t, srv.URL)
		vendor := o.Capabilities().Vendor
		for what, n := range map[string]*numbers.Number{
			"nil":    nil,
			"vendor": {Vendor: "another", ID: "1", E164: aNumber, VendorNumber: "13125550123"},
			"id":     {Vendor: vendor, E164: aNumber, VendorNumber: "13125550123"},
		} {
			t.Run(name+"/"+what, func(t *testing.T) {
				if r, ok := o.(numbers.Releaser); assert.True(t, ok) {
					assert.ErrorIs(t, r.Release(t.Context(), n), numbers.ErrInvalid)
				}
				if a, ok := o.(numbers.Assigner); ok {
					_, err := a.Assign(t.Context(), n, numbers.Assignment{Connection: "c"})
					assert.ErrorIs(t, err, numbers.ErrInvalid)
				}
				assert.Zero(t, sent.Load())
			})
		}
	}
}
