package opentact

import (
	"fmt"
	"strconv"
	"unicode/utf8"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// CreateTNOrderRequest orders numbers, or asks what they cost, in the form of
// 2020. What is nil is not sent, and OpenTact then takes its default.
type CreateTNOrderRequest struct {
	// Voice is true by default.
	Voice *bool `json:"voice,omitempty"`
	Fax   *bool `json:"fax,omitempty"`
	// SMS is true by default.
	SMS       *bool `json:"sms,omitempty"`
	MMS       *bool `json:"mms,omitempty"`
	Emergency *bool `json:"emergency,omitempty"`
	// TNs are the numbers with country code and without a plus sign, at least
	// one, each once: 12029822917. OpenTact takes JSON numbers.
	TNs []int64 `json:"tns"`
	// AutoRenew is true by default; false releases the numbers when their
	// first month ends.
	AutoRenew *bool `json:"autorenew,omitempty"`
	// Profile is the name of a TN profile, 1 to 255 characters; "US" by
	// default.
	Profile *string `json:"profile,omitempty"`
	// SIPConnection and SIPControlApp are UUIDs of what the numbers are
	// connected to.
	SIPConnection *string `json:"sip_connection,omitempty"`
	SIPControlApp *string `json:"sip_control_app,omitempty"`
}

func (*CreateTNOrderRequest) operation() (op, path string) { return "Orders.Create", "/order/tn" }

func (r *CreateTNOrderRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.TNs) == 0 {
		return api.Invalid(vendor, op, "TNs", "there are none")
	}
	if err := checkTNs(op, func(i int) string { return fmt.Sprintf("TNs[%d]", i) }, r.TNs); err != nil {
		return err
	}
	return checkProfile(op, "Profile", r.Profile)
}

func (r *CreateTNOrderRequest) numbers() []numbers.E164 { return spelled(r.TNs) }

func checkTN(op, field string, n int64) error {
	if n < 0 {
		return api.Invalid(vendor, op, field, "it is negative")
	}
	return nil
}

// checkTNs checks the numbers of an order. field names one of them.
func checkTNs(op string, field func(i int) string, tns []int64) error {
	first := make(map[int64]int, len(tns))
	for i, n := range tns {
		if err := checkTN(op, field(i), n); err != nil {
			return err
		}
		if j, twice := first[n]; twice {
			return api.Invalid(vendor, op, field(i), fmt.Sprintf("it is in the order twice, first as %s", field(j)))
		}
		first[n] = i
	}
	return nil
}

func itemField(i int) string { return fmt.Sprintf("Items[%d].TN", i) }

// longestProfile is how many characters the name of a profile may have.
const longestProfile = 255

func checkProfile(op, field string, name *string) error {
	if name == nil {
		return nil
	}
	if n := utf8.RuneCountInString(*name); n < 1 || n > longestProfile {
		return api.Invalid(vendor, op, field, fmt.Sprintf("it has %d characters, and must have 1 to %d", n, longestProfile))
	}
	return nil
}

// spelled are the numbers of a request as errors name them.
func spelled(tns []int64) []numbers.E164 {
	list := make([]numbers.E164, len(tns))
	for i, n := range tns {
		list[i] = numbers.E164("+" + strconv.FormatInt(n, 10))
	}
	return list
}

// CreateItemsRequest orders numbers, or asks what they cost, in the form of
// 2021.
type CreateItemsRequest struct {
	// Items are the numbers, at least one, each once.
	Items []CreateItem `json:"items"`
}

// CreateItem is one number to order. What is nil is not sent, and OpenTact then
// takes its default.
type CreateItem struct {
	// TN is the number with country code and without a plus sign.
	TN        int64 `json:"tn"`
	Voice     *bool `json:"voice,omitempty"`
	Fax       *bool `json:"fax,omitempty"`
	SMS       *bool `json:"sms,omitempty"`
	MMS       *bool `json:"mms,omitempty"`
	Emergency *bool `json:"emergency,omitempty"`
	// Profile is the name of a TN profile, 1 to 255 characters.
	Profile   *string `json:"profile,omitempty"`
	AutoRenew *bool   `json:"autorenew,omitempty"`
}

func (*CreateItemsRequest) operation() (op, path string) { return "Orders.CreateItems", "/order/tn" }

func (r *CreateItemsRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.Items) == 0 {
		return api.Invalid(vendor, op, "Items", "there are none")
	}
	for i, item := range r.Items {
		if err := checkProfile(op, fmt.Sprintf("Items[%d].Profile", i), item.Profile); err != nil {
			return err
		}
	}
	return checkTNs(op, itemField, r.tns())
}

func (r *CreateItemsRequest) tns() []int64 {
	tns := make([]int64, len(r.Items))
	for i, item := range r.Items {
		tns[i] = item.TN
	}
	return tns
}

func (r *CreateItemsRequest) numbers() []numbers.E164 { return spelled(r.tns()) }

// CreateOrderRequest orders numbers in today's form.
type CreateOrderRequest struct {
	// Items are the numbers, at least one, each once.
	Items []CreateOrderItem `json:"items"`
}

// CreateOrderItem is one number to order.
type CreateOrderItem struct {
	// TN is the number with country code and without a plus sign.
	TN int64 `json:"tn"`
	// Features are "voice", "sms" and the like; nil is not sent.
	Features []string `json:"features,omitzero"`
	// AutoRenew false releases the number when its first month ends.
	AutoRenew *bool `json:"autorenew,omitempty"`
}

func (*CreateOrderRequest) operation() (op, path string) { return "Orders.CreateOrder", "/order" }

func (r *CreateOrderRequest) check(op string) error {
	if r == nil {
		return api.Invalid(vendor, op, "request", "it is nil")
	}
	if len(r.Items) == 0 {
		return api.Invalid(vendor, op, "Items", "there are none")
	}
	return checkTNs(op, itemField, r.tns())
}

func (r *CreateOrderRequest) tns() []int64 {
	tns := make([]int64, len(r.Items))
	for i, item := range r.Items {
		tns[i] = item.TN
	}
	return tns
}

func (r *CreateOrderRequest) numbers() []numbers.E164 { return spelled(r.tns()) }
