package opentact

import "github.com/tnkit/tnkit/numbers/wire"

// Profile is a TN profile: who provides its numbers, and what they cost. An
// order names it ("US").
type Profile struct {
	CreatedOn   wire.Time `json:"created_on,omitzero"`
	ModifiedOn  wire.Time `json:"modified_on,omitzero"`
	UUID        *string   `json:"uuid,omitempty"`
	Name        *string   `json:"name,omitempty"`
	Description *string   `json:"description,omitempty"`
	// Priority is high, normal or low.
	Priority                    *string     `json:"priority,omitempty"`
	TNProvider                  Opaque      `json:"tn_provider,omitzero"`
	TollFree                    wire.Bool   `json:"toll_free,omitzero"`
	Class4ClientBillingRuleID   *int64      `json:"class4_client_billing_rule_id,omitempty"`
	Class4VendorResID           *int64      `json:"class4_vendor_res_id,omitempty"`
	Class4VendorBillingRuleID   *int64      `json:"class4_vendor_billing_rule_id,omitempty"`
	RegisterProvider            Opaque      `json:"register_provider,omitzero"`
	NRC                         wire.Amount `json:"nrc,omitzero"`
	MRC                         wire.Amount `json:"mrc,omitzero"`
	SMSProvider                 Opaque      `json:"sms_provider,omitzero"`
	SMSNRC                      wire.Amount `json:"sms_nrc,omitzero"`
	SMSMRC                      wire.Amount `json:"sms_mrc,omitzero"`
	SMSPerSendCost              wire.Amount `json:"sms_per_send_cost,omitzero"`
	SMSPerReceiveCost           wire.Amount `json:"sms_per_receive_cost,omitzero"`
	MMSProvider                 Opaque      `json:"mms_provider,omitzero"`
	MMSNRC                      wire.Amount `json:"mms_nrc,omitzero"`
	MMSMRC                      wire.Amount `json:"mms_mrc,omitzero"`
	MMSPerSendCost              wire.Amount `json:"mms_per_send_cost,omitzero"`
	MMSPerReceiveCost           wire.Amount `json:"mms_per_receive_cost,omitzero"`
	VoiceProvider               Opaque      `json:"voice_provider,omitzero"`
	VoiceNRC                    wire.Amount `json:"voice_nrc,omitzero"`
	VoiceMRC                    wire.Amount `json:"voice_mrc,omitzero"`
	VoiceIncomingPerMinCost     wire.Amount `json:"voice_incoming_per_min_cost,omitzero"`
	VoiceOutgoingPerMinCost     wire.Amount `json:"voice_outgoing_per_min_cost,omitzero"`
	FaxNRC                      wire.Amount `json:"fax_nrc,omitzero"`
	FaxMRC                      wire.Amount `json:"fax_mrc,omitzero"`
	FaxIncomingPerMinCost       wire.Amount `json:"fax_incoming_per_min_cost,omitzero"`
	FaxOutgoingPerMinCost       wire.Amount `json:"fax_outgoing_per_min_cost,omitzero"`
	EmergencyNRC                wire.Amount `json:"emergency_nrc,omitzero"`
	EmergencyMRC                wire.Amount `json:"emergency_mrc,omitzero"`
	EmergencyIncomingPerMinCost wire.Amount `json:"emergency_incoming_per_min_cost,omitzero"`
	EmergencyOutgoingPerMinCost wire.Amount `json:"emergency_outgoing_per_min_cost,omitzero"`
}
