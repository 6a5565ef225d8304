package opentact

import "github.com/tnkit/tnkit/numbers/wire"

// The states of an order: from created over verify and processing to success
// or failed, which are final. A success may have numbers that failed.
const (
	OrderCreated    = "created"
	OrderVerify     = "verify"
	OrderProcessing = "processing"
	OrderSuccess    = "success"
	OrderFailed     = "failed"
)

// Order is an order of one or more numbers, in the forms of all three
// generations of OpenTact's API:
//
//   - That of 2020 has the features once for all numbers, and TNs and TNLeases.
//   - That of 2021 has Items that were accepted and Errors that were not.
//   - Today's has counters and TNItems.
//
// A list shows an order without its numbers: the objects beside it are {} and
// the arrays empty.
type Order struct {
	CreatedOn  wire.Time `json:"created_on,omitzero"`
	ModifiedOn wire.Time `json:"modified_on,omitzero"`
	UUID       string    `json:"uuid"`
	// State is one of the constants above, or one not known yet.
	State string `json:"state"`

	// The features that were ordered (2020).
	Voice     wire.Bool `json:"voice,omitzero"`
	Fax       wire.Bool `json:"fax,omitzero"`
	SMS       wire.Bool `json:"sms,omitzero"`
	MMS       wire.Bool `json:"mms,omitzero"`
	Emergency wire.Bool `json:"emergency,omitzero"`

	// The numbers of the order by their state (today).
	Total      *int `json:"total,omitempty"`
	Success    *int `json:"success,omitempty"`
	Processing *int `json:"processing,omitempty"`
	Failed     *int `json:"failed,omitempty"`

	// TNs are the numbers.
	TNs []Related[TN] `json:"tns,omitzero"`
	// Items were accepted, Errors were not (2021).
	Items  []OrderItem  `json:"items,omitzero"`
	Errors []OrderError `json:"errors,omitzero"`
	// TNItems are the numbers with their states (today).
	TNItems []OrderTNItem `json:"tn_items,omitzero"`

	Account       Related[Account]       `json:"account,omitzero"`
	Profile       Related[Profile]       `json:"profile,omitzero"`
	SIPConnection Related[SIPConnection] `json:"sip_connection,omitzero"`
	SIPControlApp Related[SIPControlApp] `json:"sip_control_app,omitzero"`
	CreatedBy     Related[User]          `json:"created_by,omitzero"`
	ModifiedBy    Related[User]          `json:"modified_by,omitzero"`
	// Request is what was ordered, as the vendor keeps it.
	Request *OrderRequest `json:"request,omitempty"`
	// Price is nil until the vendor knows it, and empty in lists.
	Price     *OrderPrice `json:"price,omitempty"`
	AutoRenew wire.Bool   `json:"autorenew,omitzero"`
	// TNLeases are what the order has brought.
	TNLeases []Related[Lease] `json:"tnleases,omitzero"`
}

// OrderRequest is what was ordered, as the vendor keeps it. Where it was sent
// true, true or "true" comes back.
type OrderRequest struct {
	Voice         wire.Bool `json:"voice,omitzero"`
	Fax           wire.Bool `json:"fax,omitzero"`
	SMS           wire.Bool `json:"sms,omitzero"`
	MMS           wire.Bool `json:"mms,omitzero"`
	Emergency     wire.Bool `json:"emergency,omitzero"`
	TNs           []wire.TN `json:"tns,omitzero"`
	AutoRenew     wire.Bool `json:"autorenew,omitzero"`
	Profile       *string   `json:"profile,omitempty"`
	SIPConnection *string   `json:"sip_connection,omitempty"`
	SIPControlApp *string   `json:"sip_control_app,omitempty"`
	// Items are the numbers since 2021.
	Items []OrderItem `json:"items,omitzero"`
}

// OrderItem is one number of an order since 2021: with features as flags in
// 2021, with a list of them today.
type OrderItem struct {
	TN        wire.TN   `json:"tn,omitzero"`
	Voice     wire.Bool `json:"voice,omitzero"`
	Fax       wire.Bool `json:"fax,omitzero"`
	SMS       wire.Bool `json:"sms,omitzero"`
	MMS       wire.Bool `json:"mms,omitzero"`
	Emergency wire.Bool `json:"emergency,omitzero"`
	Features  []string  `json:"features,omitzero"`
	Profile   *string   `json:"profile,omitempty"`
	AutoRenew wire.Bool `json:"autorenew,omitzero"`
}

// OrderError is a number that an order of 2021 did not bring.
type OrderError struct {
	Item        OrderItem `json:"item"`
	Reason      string    `json:"reason"`
	Description *string   `json:"description,omitempty"`
}

// OrderTNItem is one number of an order of today.
type OrderTNItem struct {
	TN wire.TN `json:"tn,omitzero"`
	// State is one of the states of an order.
	State string `json:"state"`
	// Reason says why a number failed.
	Reason *string `json:"reason,omitempty"`
}
