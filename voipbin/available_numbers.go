package voipbin

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/internal/decode"
)

// AvailableNumbersService finds numbers for sale, in both generations of the
// API.
type AvailableNumbersService struct{ api *api.Client }

// The features of a number for sale.
const (
	FeatureEmergency = "emergency"
	FeatureFax       = "fax"
	FeatureVoice     = "voice"
	FeatureSMS       = "sms"
	FeatureMMS       = "mms"
)

// AvailableNumber is a number for sale.
type AvailableNumber struct {
	Number string `json:"number"`
	// Country is the ISO 3166-1 alpha-2 code. For a virtual number it is "899",
	// or "" as documented.
	Country    string `json:"country"`
	Region     string `json:"region"`
	PostalCode string `json:"postal_code"`
	// Features are the constants above, or others.
	Features []string `json:"features"`
}

// AvailableNumberList is a list of numbers for sale, exactly as sent.
type AvailableNumberList struct {
	Result []AvailableNumber `json:"result"`
}

// ListAvailableNumbersRequest asks for numbers for sale.
type ListAvailableNumbersRequest struct {
	// CountryCode is the ISO 3166-1 alpha-2 code: "US". It is required, except
	// for virtual numbers.
	CountryCode string `url:"country_code,omitempty"`
	// PageSize is 1 to 100; 0 = not sent. The carrier never returns more than
	// 10 numbers, and there is no further page.
	PageSize int `url:"page_size,omitempty"`
	// Type is TypeVirtual for virtual numbers; "" = not sent, which means
	// numbers of a carrier. Only today's server supports it.
	Type string `url:"type,omitempty"`
}

// List finds numbers for sale. Servers of March 2021 repeat the last number
// instead of listing the others. List does not drop the repeats.
//
// GET /v1.0/available_numbers with country_code, page_size and type (VoIPBin's
// OpenAPI description; type since February 2026, the carrier's cap of 10: its
// published server).
func (s *AvailableNumbersService) List(ctx context.Context, r *ListAvailableNumbersRequest) (*AvailableNumberList, error) {
	const op = "AvailableNumbers.List"
	if r == nil {
		return nil, api.Invalid(vendor, op, "request", "it is nil")
	}
	if r.CountryCode == "" && r.Type != TypeVirtual {
		return nil, api.Invalid(vendor, op, "CountryCode", "it is required, except for virtual numbers")
	}
	if err := (window{PageSize: r.PageSize}).check(op); err != nil {
		return nil, err
	}
	type answer struct {
		Result decode.List[AvailableNumber] `json:"result"`
	}
	call := &api.Call{Op: op, Class: api.Read, Method: http.MethodGet, Path: "/v1.0/available_numbers", Query: r}
	got, err := get(ctx, s.api, call, func(a *answer) string {
		if !a.Result.Sent {
			return "it has no result"
		}
		return ""
	})
	if err != nil {
		return nil, err
	}
	rows, err := api.Rows(s.api, call, got.Result.Rows, func(n *AvailableNumber) string {
		if n.Number == "" {
			return "the number is empty"
		}
		return ""
	})
	return &AvailableNumberList{Result: rows}, err // null means that none is for sale
}
