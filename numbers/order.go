package numbers

import (
	"context"
	"slices"
	"time"
)

// OrderRequest describes an order for Place.
type OrderRequest struct {
	// Numbers are the numbers to order. Each number may be in the list once. One order
	// has at most Capabilities.MaxNumbers numbers.
	Numbers []E164 `json:"numbers"`
	// Reference is the caller's name for this purchase. It is sent to vendors that keep
	// references, so that a lost order can be found by it. Each purchase must have
	// another Reference. [NewReference] returns a new one. account.Account gives each
	// order of a purchase its own reference: this Reference, or this Reference and a
	// suffix that begins with "~".
	Reference string `json:"reference,omitempty"`
	// Assign sets what the order connects the numbers to. If an order at this vendor
	// can't set a field, the error is ErrUnsupported, and nothing is sent.
	Assign *Assignment `json:"assign,omitempty"`
	// Native is the vendor's own create request as a template, for fields that this
	// package does not have. The template must not have numbers. A request type of
	// another vendor is ErrInvalid. Place does not change the template.
	Native any `json:"-"`
	// Place calls Begin once, immediately before it sends the order; nil = no claim and
	// no fence. If sendBy is not zero, nothing is sent after it. If err is not nil,
	// nothing is sent, and Place returns an error that wraps err. Begin may be slow and
	// may call other methods of the Orderer, so Place must not hold a lock during the
	// call. account.Account sets Begin.
	Begin func(ctx context.Context) (sendBy time.Time, err error) `json:"-"`
}

// Assignment describes what a number is connected to. Assign does not change a field that
// is "".
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

// IsZero reports whether all fields of a are "".
func (a Assignment) IsZero() bool { return a == Assignment{} }

// Order is one order at one vendor, as the vendor last reported it.
type Order struct {
	// Vendor is the vendor's name. Account is the account's name.
	Vendor  string `json:"vendor"`
	Account string `json:"account,omitempty"`
	// ID is the vendor's id of the order. A vendor that has no orders of its own
	// uses the id of the number's row.
	ID string `json:"id"`
	// Reference is the caller's reference, if the vendor keeps references.
	Reference string `json:"reference,omitempty"`
	// State is derived by the adapter from VendorState and the numbers.
	State State `json:"state"`
	// VendorState is the state in the vendor's own word.
	VendorState string `json:"vendor_state,omitempty"`
	// Final is true if the vendor will never report another state, whatever State is.
	Final bool `json:"final,omitempty"`
	// Count is the count of numbers in the order. In listings of some vendors, Items has
	// fewer numbers.
	Count int `json:"count"`
	// Items are the order's numbers.
	Items []Item `json:"items,omitempty"`
	// Price is nil if unknown. An unknown price is never 0.
	Price *Price `json:"price,omitempty"`
	// Created and Updated are the vendor's times; zero if it does not state them.
	Created time.Time `json:"created,omitzero"`
	Updated time.Time `json:"updated,omitzero"`
	// Native is the vendor's own answer, read by [Native].
	Native any `json:"-"`
}

// Numbers returns the E.164 numbers of the items. Items whose spelling is not E.164
// are left out.
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

// HasAllItems reports whether Items has all numbers of the order. Some vendors leave
// them out of listings.
func (o *Order) HasAllItems() bool { return o != nil && len(o.Items) > 0 && len(o.Items) >= o.Count }

// Settled reports whether waiting is useless: the order is terminal or Final, or all its
// items are terminal, or the vendor waits for documents or data (ActionRequired).
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
	// E164 is "" if the vendor's spelling is not E.164.
	E164 E164 `json:"e164,omitempty"`
	// VendorNumber is the number exactly as the vendor spells it.
	VendorNumber string `json:"vendor_number,omitempty"`
	// State is the state of this number. In an order it is Pending, ActionRequired,
	// Complete, Failed or Canceled.
	State       State  `json:"state"`
	VendorState string `json:"vendor_state,omitempty"`
	// Deadline is the time at which the vendor cancels the number unless its requirements
	// are met; zero if the vendor does not state it.
	Deadline time.Time `json:"deadline,omitzero"`
	// Price is nil if unknown.
	Price *Price `json:"price,omitempty"`
	// Err is the reason why this number was not bought, if the vendor states it.
	Err error `json:"-"`
	// Owned is the number in the account's inventory, if the adapter read it there.
	Owned *Number `json:"owned,omitempty"`
}

// Number is a number that the account owns.
type Number struct {
	Vendor  string `json:"vendor"`
	Account string `json:"account,omitempty"`
	// ID is the vendor's id of the number in its inventory. It is not always the id
	// of an order.
	ID string `json:"id"`
	// E164 is "" if the vendor's spelling is not E.164.
	E164 E164 `json:"e164,omitempty"`
	// VendorNumber is the number exactly as the vendor spells it.
	VendorNumber string      `json:"vendor_number,omitempty"`
	State        NumberState `json:"state"`
	VendorState  string      `json:"vendor_state,omitempty"`
	// Locked is true if the vendor refuses to release the number until it is
	// unlocked.
	Locked bool `json:"locked,omitempty"`
	// AutoRenew is nil if the vendor does not state it.
	AutoRenew *bool `json:"auto_renew,omitempty"`
	// Expires is nil if the vendor does not state it.
	Expires *time.Time `json:"expires,omitempty"`
	// Assignment describes what the number is connected to.
	Assignment Assignment `json:"assignment,omitzero"`
	// Created is the vendor's time; zero if it does not state it.
	Created time.Time `json:"created,omitzero"`
	// Native is the vendor's own answer, read by [Native].
	Native any `json:"-"`
}

// Native returns the vendor's own value inside an *Order, *Number, *Offer, *Quotation
// or *Reservation. ok is false if from is nil, has no such value, or has one of
// another type:
//
//	if own, ok := numbers.Native[*telnyx.NumberOrder](order); ok { … }
func Native[T any](from NativeHolder) (own T, ok bool) {
	if from == nil {
		return own, false
	}
	own, ok = from.native().(T)
	return own, ok
}

// NativeHolder is an argument of [Native]: an *Order, *Number, *Offer, *Quotation or
// *Reservation.
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
