package telnyx

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// BalanceService reads the account's balance.
type BalanceService struct{ api *api.Client }

// Balance is the account's balance.
type Balance struct {
	// RecordType is "balance".
	RecordType *string `json:"record_type,omitempty"`
	// Pending is the amount reserved for services that are not yet charged.
	Pending wire.Amount `json:"pending,omitzero"`
	Balance wire.Amount `json:"balance"`
	// CreditLimit is the amount that may be spent beyond the balance.
	CreditLimit wire.Amount `json:"credit_limit,omitzero"`
	// AvailableCredit is the amount that may be spent.
	AvailableCredit wire.Amount `json:"available_credit,omitzero"`
	// Currency is the ISO 4217 code.
	Currency *string `json:"currency,omitempty"`
}

// Get reads the balance.
//
// GET /balance.
func (s *BalanceService) Get(ctx context.Context) (*Balance, error) {
	return get(ctx, s.api, &api.Call{
		Op: "Balance.Get", Class: api.Read, Method: http.MethodGet, Path: "/balance",
	}, func(b *Balance) string {
		if b.Balance.IsZero() {
			return "it has no balance"
		}
		return ""
	})
}
