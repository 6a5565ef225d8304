package numbers

import (
	"context"
	"slices"
	"time"
)

// OrderRequest asks for numbers.
type OrderRequest struct {
	// Numbers are the numbers to order, each once, at most
	// Capabilities.MaxNumbers in one order.
	Numbers []E164 `json:"numbers"`
	// Reference is the caller's own name for this purchase. Vendors that keep
	// references get it, so that a lost order can be found by it. It must be unique
	// for each purchase; [NewReference] makes one. account.Account also gives each
	// order of a purchase its own: the Reference and an ending that begins with "~".
	Reference string `json:"reference,omitempty"`
	// Assign is what the numbers are to be connected to, in the order itself where
	// the vendor can. What an order can't set is ErrUnsupported, before anything is
	// sent.
	Assign *Assignment `json:"assign,omitempty"`
	// Native is the vendor's own create request as a template, for fields that this
	// package does not name. Its numbers stay empty. A request type of another
	// vendor is ErrInvalid. The template itself is never changed.
	Native any `json:"-"`
	// Begin is called by Place once, immediately before the order is sent; nil = no
	// claim and no fence. After sendBy (zero = never) nothing is sent. If err is not
	// nil, nothing is sent either, and Place returns an error that wraps err. Begin
	// may take long and may call other methods of the Orderer: call it without
	// holding a lock. account.Account sets it.
	Begin func(ctx context.Context) (sendBy time.Time, err error) `json:"-"`
}

// Assignment is what a number is connected to. "" leaves a field alone.
type Assignment struct {
	// Connection is the voice connection.
	Connection string `json:"connection,omitempty"`
	// Application is the call control application.
	Application string `json:"application,omitempty"`
	// MessagingProfile is the messaging profile.
	MessagingProfile string `json:"messaging_profile,omitempty"`
	// BillingGroup is the group for billing.
	BillingGroup string `json:"billing_group,omitempty"`
	// CallFlow is the flow of incoming calls.
	CallFlow string `json:"call_flow,omitempty"`
	// MessageFlow is the flow of incoming messages.
	MessageFlow string `json:"message_flow,omitempty"`
}

// IsZero reports whether a sets nothing.
func (a Assignment) IsZero() bool { return a == Assignment{} }

// Order is one order at one vendor, as the vendor last reported it.
type Order struct {
	// Vendor is the adapter's vendor name; Account the name of the account.
	Vendor  string `json:"vendor"`
	Account string `json:"account,omitempty"`
	// ID is the vendor's id of the order. A vendor that has no orders of its own
	// uses the id of the number's row.
	ID string `json:"id"`
	// Reference is the caller's reference, where the vendor keeps one.
	Reference string `json:"reference,omitempty"`
	// State is set by the adapter from VendorState and the numbers.
	State State `json:"state"`
	// VendorState is the vendor's own word.
	VendorState string `json:"vendor_state,omitempty"`
	// Final is true where the vendor will never report another state, whatever
	// State is.
	Final bool `json:"final,omitempty"`
	// Count is how many numbers the order has. Items may be fewer in listings,
	// where a vendor leaves them out.
	Count int `json:"count"`
	// Items are the order's numbers.
	Items []Item `json:"items,omitempty"`
	// Price is nil where unknown; it is never 0 for unknown.
	Price *Price `json:"price,omitempty"`
	// Created and Updated are the vendor's times; zero where it states none.
	Created time.Time `json:"created,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
	// Native is the vendor's own answer, read by [Native].
	Native any `json:"-"`
}

// Numbers returns the E.164 numbers of the items, leaving out those that the
// vendor spells in a way that is no E.164.
func (o *Order) Numbers() []E164 {
	if o == nil {
		return nil
	}
	list := make([]E164, 0, len(o.Items))
	for _, item := range o.Items {
		if item.E164 != "" {
			list = append(list, item.E164)
		}
	}
	return list
}

// HasAllItems reports whether the order comes with all its numbers: in listings
// some vendors leave them out.
func (o *Order) HasAllItems() bool { return o != nil && len(o.Items) > 0 && len(o.Items) >= o.Count }

// Settled reports whether nothing more is to be waited for: the order is terminal
// or Final, or all its items are, or it waits for what the vendor asks for
// (ActionRequired).
func (o *Order) Settled() bool {
	switch {
	case o == nil:
		return false
	case o.State.Terminal(), o.Final, o.State == StateActionRequired:
		return true
	}
	return o.HasAllItems() && !slices.ContainsFunc(o.Items, func(i Item) bool { return !i.State.Terminal() })
}

// Item is one number of an order.
type Item struct {
	// E164 is "" where the vendor's spelling is not E.164.
	E164 E164 `json:"e164,omitempty"`
	// VendorNumber is the number exactly as the vendor spells it.
	VendorNumber string `json:"vendor_number,omitempty"`
	// State of this number. In an order it is Pending, ActionRequired, Complete,
	// Failed or Canceled.
	State       State  `json:"state"`
	VendorState string `json:"vendor_state,omitempty"`
	// Deadline is when the vendor gives the number up unless it has what it asks
	// for; zero where it states none.
	Deadline time.Time `json:"deadline,omitzero"`
	// Price is nil where unknown.
	Price *Price `json:"price,omitempty"`
	// Err is why this number was not bought, where the vendor states it.
	Err error `json:"-"`
	// Owned is the number in the account's inventory, where the adapter has seen
	// it there.
	Owned *Number `json:"owned,omitempty"`
}

// Number is a number that the account has.
type Number struct {
	Vendor  string `json:"vendor"`
	Account string `json:"account,omitempty"`
	// ID is the vendor's id in its inventory, which is not always an order's.
	ID string `json:"id"`
	// E164 is "" where the vendor's spelling is not E.164.
	E164 E164 `json:"e164,omitempty"`
	// VendorNumber is the number exactly as the vendor spells it.
	VendorNumber string      `json:"vendor_number,omitempty"`
	State        NumberState `json:"state"`
	VendorState  string      `json:"vendor_state,omitempty"`
	// Locked is true where the vendor refuses to release the number until somebody
	// unlocks it.
	Locked bool `json:"locked,omitempty"`
	// AutoRenew is nil where the vendor does not state it.
	AutoRenew *bool `json:"auto_renew,omitempty"`
	// Expires is nil where the vendor does not state it.
	Expires *time.Time `json:"expires,omitempty"`
	// Assignment is what the number is connected to.
	Assignment Assignment `json:"assignment,omitzero"`
	// Created is the vendor's time; zero where it states none.
	Created time.Time `json:"created,omitzero"`
	// Native is the vendor's own answer, read by [Native].
	Native any `json:"-"`
}

// Native returns the vendor's own value inside an *Order, *Number, *Offer,
// *Quotation or *Reservation. ok is false where there is none, where it is
// of another type, and on nil:
//
//	if own, ok := numbers.Native[*telnyx.NumberOrder](order); ok { … }
func Native[T any](from NativeHolder) (own T, ok bool) {
	if from == nil {
		return own, false
	}
	own, ok = from.native().(T)
	return own, ok
}

// NativeHolder is what [Native] reads from: *Order, *Number, *Offer,
// *Quotation and *Reservation.
type NativeHolder interface{ native() any }

func (o *Order) native() any {
	if o == nil {
		return nil
	}
	return o.Native
}

func (n *Number) native() any {
	if n == nil {
		return nil
	}
	return n.Native
}
