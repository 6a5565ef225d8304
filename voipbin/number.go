package voipbin

import "github.com/tnkit/tnkit/numbers/wire"

// The statuses of a number. The server copies the carrier's word when the
// number is bought and never looks again: a number that was purchase-pending
// stays so, whatever becomes of it at the carrier. Today's documentation lists
// active and deleted alone; the others are words of the carrier.
const (
	StatusActive          = "active"
	StatusDeleted         = "deleted"
	StatusPurchasePending = "purchase-pending"
	StatusPurchaseFailed  = "purchase-failed"
	StatusPortPending     = "port-pending"
	StatusPortFailed      = "port-failed"
	StatusPortOutPending  = "port-out-pending"
	StatusPortedOut       = "ported-out"
	StatusEmergencyOnly   = "emergency-only"
)

// The types of a number, since 2026.
const (
	// TypeNormal is a number that a carrier sold.
	TypeNormal = "normal"
	// TypeVirtual is a number of VoIPBin's own, +899 and nine more digits. It
	// costs nothing.
	TypeVirtual = "virtual"
)

// NoFlow is the flow id of a number without a flow, and in general the id of
// nothing.
const NoFlow = "00000000-0000-0000-0000-000000000000"

// Number is a number that a customer has, as the server of any year writes it:
// fields that a year does not know are absent. Times are in UTC. Until 2026
// they are written "2021-03-03 06:34:09.733751", and an unset one "", later
// "9999-01-01 00:00:00.000000"; since February 2026 they are in RFC 3339, and
// an unset one is null. Ask their Known.
type Number struct {
	// ID is a UUID. A number that was deleted and ordered again has another.
	ID string `json:"id"`
	// CustomerID is the owner's UUID, since July 2022.
	CustomerID *string `json:"customer_id,omitempty"`
	// Number is as it was ordered: the server does not check that it is in
	// E.164. It is not unique: a virtual number that is ordered several times
	// at once may be listed several times.
	Number string `json:"number"`
	// Type is TypeNormal or TypeVirtual, since 2026.
	Type *string `json:"type,omitempty"`
	// FlowID is the flow of calls, until March 2022; NoFlow = none.
	FlowID *string `json:"flow_id,omitempty"`
	// UserID is the owner until March 2021.
	UserID *uint64 `json:"user_id,omitempty"`
	// CallFlowID and MessageFlowID are the flows, since March 2022; NoFlow =
	// none.
	CallFlowID    *string `json:"call_flow_id,omitempty"`
	MessageFlowID *string `json:"message_flow_id,omitempty"`
	// Name and Detail are the customer's own, since February 2022.
	Name   *string `json:"name,omitempty"`
	Detail *string `json:"detail,omitempty"`
	// Status is one of the constants, or another word of the carrier's. It is
	// never refreshed.
	Status           string `json:"status"`
	T38Enabled       bool   `json:"t38_enabled"`
	EmergencyEnabled bool   `json:"emergency_enabled"`
	// Metadata is there since March 2026.
	Metadata *NumberMetadata `json:"metadata,omitempty"`
	// TMPurchase is when the carrier sold it; absent between February 2022 and
	// June 2023, and unset for a virtual number.
	TMPurchase wire.Time `json:"tm_purchase,omitzero"`
	// TMRenew is when it was last renewed, since June 2023.
	TMRenew  wire.Time `json:"tm_renew,omitzero"`
	TMCreate wire.Time `json:"tm_create,omitzero"`
	TMUpdate wire.Time `json:"tm_update,omitzero"`
	TMDelete wire.Time `json:"tm_delete,omitzero"`
}

// NumberMetadata is what the customer sets by UpdateMetadata.
type NumberMetadata struct {
	// RTPDebug switches the debugging of RTP on, the media of a call.
	RTPDebug *bool `json:"rtp_debug,omitempty"`
}

// nothing says why an answer tells of no number; "" where it does. In 2021 the
// server answered 200 with a zero object after it had bought a number and
// failed to record it.
func nothing(n *Number) string {
	if reason := nobody(n); reason != "" {
		return reason
	}
	if n.Number == "" {
		return "the number is empty"
	}
	return ""
}

// nobody says why a row of a list can't be told from others; "" where it can.
// One whose number is empty does not hide the rest of the list.
func nobody(n *Number) string {
	switch n.ID {
	case "":
		return "the number has no id"
	case NoFlow:
		return "it is the zero object, which stands for a failure on the way"
	}
	return ""
}
