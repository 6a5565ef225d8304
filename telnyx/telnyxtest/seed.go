package telnyxtest

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"time"
)

// seedDocument is the answer of GET /number_orders as Telnyx's reference shows it.
//
//go:embed seed.json
var seedDocument []byte

// seed begins with the documented order.
func (s *Server) seed() error {
	var doc struct {
		Data []struct {
			orderJSON
			PhoneNumbers []shortNumber `json:"phone_numbers"`
		} `json:"data"`
	}
	if err := json.Unmarshal(seedDocument, &doc); err != nil {
		return fmt.Errorf("telnyxtest: the seed: %w", err)
	}
	for _, row := range doc.Data {
		created, err := time.Parse(time.RFC3339, row.CreatedAt)
		if err != nil {
			return fmt.Errorf("telnyxtest: the seed: %w", err)
		}
		o := &order{
			id: row.ID, connection: row.ConnectionID, messaging: row.MessagingProfileID, billing: row.BillingGroupID,
			reference: row.CustomerReference, created: created, updated: created, subIDs: row.SubNumberOrdersIDs,
		}
		for _, n := range row.PhoneNumbers {
			l := &line{
				id: n.ID, order: o, number: n.PhoneNumber, country: "US", kind: "local",
				status: row.Status, stuck: true, requirementsStatus: requirementsApproved,
			}
			// Its part has the placeholder of the document as its id, and is listed nowhere else.
			l.sub = &subOrder{id: row.SubNumberOrdersIDs[0], order: o, country: l.country, kind: l.kind, created: created, updated: created}
			o.lines, s.pending[l.number] = append(o.lines, l), l
		}
		s.orders, s.orderID[o.id] = append(s.orders, o), o
	}
	return nil
}

// seedPage is the documented answer as long as its row is the only one: page 2 of 3, with one row.
func (c *call) seedPage(w window) any {
	if !c.opts.Seed || len(c.orders) != 1 || w != (window{2, 25}) || len(c.q) != 2 {
		return nil
	}
	return reply{200, "application/json", seedDocument}
}
