package opentact

import "github.com/tnkit/tnkit/numbers/wire"

// Lease is a number that the account has. It runs for a month, and for another
// one as long as it renews itself.
type Lease struct {
	CreatedOn  wire.Time   `json:"created_on,omitzero"`
	ModifiedOn wire.Time   `json:"modified_on,omitzero"`
	UUID       string      `json:"uuid"`
	TN         Related[TN] `json:"tn,omitzero"`
	// The features that are switched on, where the vendor tells.
	Voice     wire.Bool        `json:"voice,omitzero"`
	Fax       wire.Bool        `json:"fax,omitzero"`
	SMS       wire.Bool        `json:"sms,omitzero"`
	MMS       wire.Bool        `json:"mms,omitzero"`
	Emergency wire.Bool        `json:"emergency,omitzero"`
	Account   Related[Account] `json:"account,omitzero"`
	TNOrder   Related[Order]   `json:"tnorder,omitzero"`
	ExpiredOn wire.Time        `json:"expired_on,omitzero"`
	// AutoRenew false means that the number is released at ExpiredOn.
	AutoRenew           wire.Bool              `json:"autorenew,omitzero"`
	MessagingProfile    Opaque                 `json:"messaging_profile,omitzero"`
	Class4ProductItemID *int64                 `json:"class4_product_item_id,omitempty"`
	SIPConnection       Related[SIPConnection] `json:"sip_connection,omitzero"`
	SIPControlApp       Related[SIPControlApp] `json:"sip_control_app,omitzero"`
	Subscriptions       []Opaque               `json:"subscriptions,omitzero"`
	CreatedBy           Related[User]          `json:"created_by,omitzero"`
	ModifiedBy          Related[User]          `json:"modified_by,omitzero"`
}
