package opentact

import "github.com/tnkit/tnkit/numbers/wire"

// TN is a telephone number of the vendor's stock.
type TN struct {
	// TN is the number with its country code and without a plus sign:
	// 12029822917.
	TN          wire.TN          `json:"tn,omitzero"`
	CreatedOn   wire.Time        `json:"created_on,omitzero"`
	ModifiedOn  wire.Time        `json:"modified_on,omitzero"`
	DeletedOn   wire.Time        `json:"deleted_on,omitzero"`
	Class4DIDID *int64           `json:"class4_did_id,omitempty"`
	Registered  wire.Bool        `json:"registered,omitzero"`
	Profile     Related[Profile] `json:"profile,omitzero"`
	TNLease     Related[Lease]   `json:"tnlease,omitzero"`
}
