package numbers

import "time"

// OrderRequest asks for numbers.
type OrderRequest struct {
	// Numbers are the numbers to order, each once, at most
	// Capabilities.MaxNumbers in one order.
	Numbers []E164
	// Reference is the caller's own name for this attempt. It is sent verbatim
	// where the vendor keeps one, so that a lost order can be found again; it
	// must be unique per attempt. [NewReference] makes one.
	Reference string
	// Assign says what the numbers are to be connected to, in the order itself
	// where the vendor can. What it can't is an ErrUnsupported, before
	// anything is sent.
	Assign *Assignment
	// Native is the vendor's own create request as a template, for fields that
	// this layer does not name; its numbers stay empty. A request type of
	// another vendor is ErrInvalid. The template itself is never changed.
	Native any
}

// Assignment says what a number is connected to. "" leaves a field alone.
type Assignment struct {
	// Connection is the voice connection: Telnyx's connection_id, OpenTact's
	// sip_connection.
	Connection string `json:"connection,omitempty"`
	// Application is the call control application: OpenTact's sip_control_app.
	Application string `json:"application,omitempty"`
	// MessagingProfile is the messaging profile: Telnyx's
	// messaging_profile_id, OpenTact's messaging_profile.
	MessagingProfile string `json:"messaging_profile,omitempty"`
	// BillingGroup is Telnyx's billing_group_id.
	BillingGroup string `json:"billing_group,omitempty"`
	// CallFlow is VoIPBin's call_flow_id.
	CallFlow string `json:"call_flow,omitempty"`
	// MessageFlow is VoIPBin's message_flow_id.
	MessageFlow string `json:"message_flow,omitempty"`
}

// IsZero reports whether a asks for nothing.
func (a Assignment) IsZero() bool { return a == Assignment{} }

// Order is one order at one vendor, as the vendor last reported it.
type Order struct {
	// Vendor is the adapter's vendor name; Account the caller's name for the
	// account, as given to the adapter.
	Vendor, Account string
	// ID is the vendor's id of the order. Vendors that have no orders of their
	// own (VoIPBin, PortSIP) use the id of the number's row.
	ID string
	// Reference is the caller's reference, where the vendor keeps one.
	Reference string
	// State is set by the adapter from VendorState and the numbers.
	State State
	// VendorState is the vendor's own word.
	VendorState string
	// Final is true where the vendor will never report another state, whatever
	// State says (VoIPBin's "purchase-pending").
	Final bool
	// Count is how many numbers the order has. Items may be shorter in
	// listings, where a vendor leaves them out.
	Count int
	// Items are the order's numbers.
	Items []Item
	// Price is nil where unknown; it is never 0 for unknown.
	Price *Price
	// Created and Updated are the vendor's times; zero where it states none.
	Created, Updated time.Time
	// Native is the vendor's own answer, read by [Native].
	Native any
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

// Item is one number of an order.
type Item struct {
	// E164 is "" where the vendor's spelling is no E.164.
	E164 E164
	// VendorNumber is the number exactly as the vendor spells it.
	VendorNumber string
	// State of this number. In an order it is Pending, ActionRequired,
	// Complete, Failed or Cancelled.
	State       State
	VendorState string
	// Deadline is when the vendor gives the number up unless it has what it
	// asks for; zero where it states none.
	Deadline time.Time
	// Price is nil where unknown.
	Price *Price
	// Err says why this number was not bought, where the vendor does.
	Err error
	// Owned is the number in the account's inventory, where the adapter has
	// seen it there.
	Owned *Number
}

// Number is a number that the account has.
type Number struct {
	Vendor, Account string
	// ID is the vendor's id in its inventory, which is not always an order's.
	ID string
	// E164 is "" where the vendor's spelling is no E.164.
	E164 E164
	// VendorNumber is the number exactly as the vendor spells it.
	VendorNumber string
	State        NumberState
	VendorState  string
	// Locked is true where the vendor refuses to release it until somebody
	// unlocks it.
	Locked bool
	// AutoRenew is nil where the vendor does not say.
	AutoRenew *bool
	// Expires is nil where the vendor does not say.
	Expires *time.Time
	// Assignment is what the number is connected to.
	Assignment Assignment
	// Created is the vendor's time; zero where it states none.
	Created time.Time
	// Native is the vendor's own answer, read by [Native].
	Native any
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
