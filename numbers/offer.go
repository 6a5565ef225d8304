package numbers

import "time"

// Offer is a number that a vendor has for sale.
type Offer struct {
	Vendor, Account string
	// E164 is "" where the vendor's spelling is no E.164 (a masked number).
	E164 E164
	// VendorNumber is the number exactly as the vendor spells it.
	VendorNumber string
	Type         NumberType
	Features     []Feature
	// Country is the ISO 3166-1 alpha-2 code; Region a state or province.
	Country, Region, Locality, RateCenter string
	// Price is nil where the vendor states none.
	Price *Price
	// Native is the vendor's own answer, read by [Native].
	Native any
}

func (o *Offer) native() any {
	if o == nil {
		return nil
	}
	return o.Native
}

// Quotation is what an order would cost, before it is placed.
type Quotation struct {
	Vendor, Account string
	// Price is the sum for all numbers; nil where the vendor states none.
	Price *Price
	// Items are the prices number by number, where the vendor states them.
	Items []QuotedItem
	// Binding is true where the vendor promises to sell at this price. None of
	// the four does.
	Binding bool
	// Native is the vendor's own answer, read by [Native].
	Native any
}

// QuotedItem is the price of one number.
type QuotedItem struct {
	E164  E164
	Price *Price
}

func (q *Quotation) native() any {
	if q == nil {
		return nil
	}
	return q.Native
}

// ReserveRequest asks to hold numbers for a while.
type ReserveRequest struct {
	Numbers []E164
	// Reference is the caller's own name for the reservation.
	Reference string
}

// Reservation is a hold on numbers.
type Reservation struct {
	Vendor, Account string
	ID              string
	Reference       string
	Items           []ReservedItem
	// Native is the vendor's own answer, read by [Native].
	Native any
}

// ReservedItem is one number of a reservation.
type ReservedItem struct {
	E164         E164
	VendorNumber string
	// Held is true where the number is held for the account.
	Held bool
	// Expires is when the hold ends, by the vendor's clock.
	Expires time.Time
	// Err says why the number is not held.
	Err error
}

func (r *Reservation) native() any {
	if r == nil {
		return nil
	}
	return r.Native
}
