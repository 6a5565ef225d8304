package numbers

import "time"

// Offer is a number that a vendor has for sale.
type Offer struct {
	Vendor  string `json:"vendor"`
	Account string `json:"account,omitempty"`
	// E164 is "" if the vendor's spelling is not E.164 (a masked number).
	E164 E164 `json:"e164,omitempty"`
	// VendorNumber is the number exactly as the vendor spells it.
	VendorNumber string     `json:"vendor_number,omitempty"`
	Type         NumberType `json:"type,omitempty"`
	Features     []Feature  `json:"features,omitempty"`
	// Country is the ISO 3166-1 alpha-2 code of the country. Region is a state or
	// province.
	Country    string `json:"country,omitempty"`
	Region     string `json:"region,omitempty"`
	Locality   string `json:"locality,omitempty"`
	RateCenter string `json:"rate_center,omitempty"`
	// Price is nil if the vendor does not state it.
	Price *Price `json:"price,omitempty"`
	// Native is the vendor's own answer, read by [Native].
	Native any `json:"-"`
}

func (o *Offer) native() any {
	if o == nil {
		return nil
	}
	return o.Native
}

// Quotation is what an order would cost, before it is placed.
type Quotation struct {
	Vendor  string `json:"vendor"`
	Account string `json:"account,omitempty"`
	// Price is the sum for all numbers; nil if the vendor does not state it.
	Price *Price `json:"price,omitempty"`
	// Items are the prices of each number, if the vendor states them.
	Items []QuotedItem `json:"items,omitempty"`
	// Binding is true if the vendor promises to sell at this price.
	Binding bool `json:"binding,omitempty"`
	// Native is the vendor's own answer, read by [Native].
	Native any `json:"-"`
}

// QuotedItem is the price of one number.
type QuotedItem struct {
	E164  E164   `json:"e164"`
	Price *Price `json:"price,omitempty"`
}

func (q *Quotation) native() any {
	if q == nil {
		return nil
	}
	return q.Native
}

// ReserveRequest asks the vendor to reserve numbers for a while.
type ReserveRequest struct {
	Numbers []E164 `json:"numbers"`
	// Reference is the caller's own name for the reservation.
	Reference string `json:"reference,omitempty"`
}

// Reservation is a vendor's reservation of numbers for the account. It does not claim
// the numbers in a [Journal].
type Reservation struct {
	Vendor    string         `json:"vendor"`
	Account   string         `json:"account,omitempty"`
	ID        string         `json:"id"`
	Reference string         `json:"reference,omitempty"`
	Items     []ReservedItem `json:"items,omitempty"`
	// Native is the vendor's own answer, read by [Native].
	Native any `json:"-"`
}

// ReservedItem is one number of a reservation.
type ReservedItem struct {
	E164         E164   `json:"e164,omitempty"`
	VendorNumber string `json:"vendor_number,omitempty"`
	// Held is true if the number is reserved for the account.
	Held bool `json:"held,omitempty"`
	// Expires is when the reservation ends, by the vendor's clock.
	Expires time.Time `json:"expires,omitzero"`
	// Err is why the number is not reserved.
	Err error `json:"-"`
}

func (r *Reservation) native() any {
	if r == nil {
		return nil
	}
	return r.Native
}
