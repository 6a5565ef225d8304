package opentacttest

import (
	"encoding/json"

	"github.com/shopspring/decimal"

	"github.com/tnkit/tnkit/internal/fake"
)

// priceJSON is the price of an order: nrc once, mrc every month.
type priceJSON struct {
	NRC   json.RawMessage `json:"nrc"`
	MRC   json.RawMessage `json:"mrc"`
	Items []any           `json:"items"`
}

// priceOrder is POST /order/price: the same body as a create, and nothing happens.
func (c *call) priceOrder() (any, *refusal) {
	c.query()
	o, no := c.readOrder()
	if no != nil {
		return nil, no
	}
	return c.price(o.items), nil
}

// price adds up an order, with one price list a number. The 2020 sample writes the lists' amounts as strings
// and the totals as numbers; the server's description of 2021 has numbers everywhere.
func (s *state) price(items []*item) priceJSON {
	write := amount
	if s.is(Gen2020) {
		write = quoted
	}
	var nrc, mrc decimal.Decimal
	out := priceJSON{Items: []any{}}
	for _, it := range items {
		n, m := it.profile.cost(it.features)
		nrc, mrc = nrc.Add(n), mrc.Add(m)
		list := fake.Object{}
		for _, key := range priceKeys {
			list = append(list, fake.Member{Key: key, Value: write(it.profile.costs[key])})
		}
		out.Items = append(out.Items, append(list,
			fake.Member{Key: "id", Value: it.profile.UUID},
			fake.Member{Key: "name", Value: it.profile.Name},
			fake.Member{Key: "description", Value: it.profile.Description},
		))
	}
	out.NRC, out.MRC = amount(nrc), amount(mrc)
	return out
}
