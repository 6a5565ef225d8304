package opentact

import "github.com/tnkit/tnkit/numbers/wire"

// OrderPrice is what an order costs. OpenTact writes amounts as numbers in one
// place and as strings in another, and names no currency. An amount that is
// null or absent is unknown, not 0.
type OrderPrice struct {
	// NRC is charged once, MRC every month.
	NRC   wire.Amount `json:"nrc,omitzero"`
	MRC   wire.Amount `json:"mrc,omitzero"`
	Items []PriceItem `json:"items,omitzero"`
}

// PriceItem is one price list that an order falls under, with the prices of a
// number and of its features.
type PriceItem struct {
	NRC                         wire.Amount `json:"nrc,omitzero"`
	MRC                         wire.Amount `json:"mrc,omitzero"`
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
	SMSNRC                      wire.Amount `json:"sms_nrc,omitzero"`
	SMSMRC                      wire.Amount `json:"sms_mrc,omitzero"`
	SMSPerSendCost              wire.Amount `json:"sms_per_send_cost,omitzero"`
	SMSPerReceiveCost           wire.Amount `json:"sms_per_receive_cost,omitzero"`
	MMSNRC                      wire.Amount `json:"mms_nrc,omitzero"`
	MMSMRC                      wire.Amount `json:"mms_mrc,omitzero"`
	MMSPerSendCost              wire.Amount `json:"mms_per_send_cost,omitzero"`
	MMSPerReceiveCost           wire.Amount `json:"mms_per_receive_cost,omitzero"`
	ID                          *string     `json:"id,omitempty"`
	Name                        *string     `json:"name,omitempty"`
	Description                 *string     `json:"description,omitempty"`
}
