package opentact

import "github.com/tnkit/tnkit/numbers/wire"

// SearchOrdersRequest asks for one page of orders. What is not set is not sent.
type SearchOrdersRequest struct {
	// Take is 1 to 100; 0 = not sent, which means 10. Skip is how many orders
	// stand before the first one.
	Take int `url:"take,omitempty" json:"-"`
	Skip int `url:"skip,omitempty" json:"-"`
	// State is one of the states of an order.
	State *string `url:"-" json:"state,omitempty"`
	// Mode joins the filters: AND or OR.
	Mode           *string      `url:"-" json:"mode,omitempty"`
	Order          *OrdersOrder `url:"-" json:"order,omitempty"`
	CreatedOnFrom  wire.Time    `url:"-" json:"created_on_from,omitzero"`
	CreatedOnTo    wire.Time    `url:"-" json:"created_on_to,omitzero"`
	ModifiedOnFrom wire.Time    `url:"-" json:"modified_on_from,omitzero"`
	ModifiedOnTo   wire.Time    `url:"-" json:"modified_on_to,omitzero"`
}

// OrdersOrder is the order of listed orders: [Ascending] or [Descending].
type OrdersOrder struct {
	CreatedOn  *string `json:"created_on,omitempty"`
	ModifiedOn *string `json:"modified_on,omitempty"`
}
