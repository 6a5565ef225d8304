package telnyx

import (
	"cmp"
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
)

// AvailablePhoneNumberBlocksService searches for blocks of numbers to order.
type AvailablePhoneNumberBlocksService struct{ api *api.Client }

// AvailablePhoneNumberBlock is a block of numbers that can be ordered by
// NumberBlockOrders.Create.
type AvailablePhoneNumberBlock struct {
	// RecordType is "available_phone_number_block".
	RecordType *string `json:"record_type,omitempty"`
	// PhoneNumber is the first number of the block in the examples of Telnyx's
	// description, and StartingNumber is in its schema. First returns the one
	// that was sent.
	PhoneNumber    *string `json:"phone_number,omitempty"`
	StartingNumber *string `json:"starting_number,omitempty"`
	// Range is the count of numbers.
	Range             *int                `json:"range,omitempty"`
	RegionInformation []RegionInformation `json:"region_information,omitzero"`
	// CostInformation is the cost of one number.
	CostInformation *CostInformation `json:"cost_information,omitempty"`
	Features        []NumberFeature  `json:"features,omitzero"`
}

// First returns the first number of the block, in E.164.
func (b *AvailablePhoneNumberBlock) First() string {
	return cmp.Or(text(b.StartingNumber), text(b.PhoneNumber))
}

// ListAvailablePhoneNumberBlocksRequest is a search for blocks.
type ListAvailablePhoneNumberBlocksRequest struct {
	Filter AvailablePhoneNumberBlocksFilter `url:"filter"`
}

// AvailablePhoneNumberBlocksFilter narrows a search for blocks.
type AvailablePhoneNumberBlocksFilter struct {
	// Locality is a city.
	Locality string `url:"locality,omitempty"`
	// CountryCode is the ISO 3166-1 alpha-2 code.
	CountryCode string `url:"country_code,omitempty"`
	// NationalDestinationCode is the area code.
	NationalDestinationCode string `url:"national_destination_code,omitempty"`
	PhoneNumberType         string `url:"phone_number_type,omitempty"`
}

// List searches for blocks. r may be nil. There are no pages.
//
// GET /available_phone_number_blocks with filter[…].
func (s *AvailablePhoneNumberBlocksService) List(ctx context.Context, r *ListAvailablePhoneNumberBlocksRequest) (*SearchPage[AvailablePhoneNumberBlock], error) {
	return search(ctx, s.api, &api.Call{
		Op: "AvailablePhoneNumberBlocks.List", Class: api.Read, Method: http.MethodGet,
		Path: "/available_phone_number_blocks", Query: orZero(r),
	}, func(b *AvailablePhoneNumberBlock) string { return checkPhoneNumber(b.First()) })
}
