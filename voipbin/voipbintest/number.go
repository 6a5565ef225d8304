package voipbintest

import (
	"strings"
	"time"
)

// Row is one row of the vendor's database. It may be deleted.
type Row struct {
	ID     string // UUID
	Number string // as it was ordered; not always E.164
	// Type is TypeNormal or TypeVirtual.
	Type string
	// CallFlowID is the flow of calls, and MessageFlowID the flow of messages. In 2021 a
	// number has only CallFlowID.
	CallFlowID, MessageFlowID string
	Name, Detail              string
	// Status is the carrier's status at the purchase, such as StatusActive. For a deleted
	// number it is StatusDeleted.
	Status string

	UserID     uint64 // the owner in 2021
	CustomerID string // the owner today

	T38Enabled, EmergencyEnabled, RTPDebug bool

	// The times have microseconds; zero = unset.
	Purchased, Renewed, Created, Updated, Deleted time.Time
}

const (
	// TypeNormal is a number bought at the carrier.
	TypeNormal = "normal"
	// TypeVirtual is a number of the vendor's own, free of charge: +899 and nine more digits.
	TypeVirtual = "virtual"

	// StatusActive is the usual status of a purchase.
	StatusActive = "active"
	// StatusPurchasePending is the first status of a carrier's order. The vendor never
	// updates it.
	StatusPurchasePending = "purchase-pending"
	// StatusPurchaseFailed is the status of a number that the carrier did not sell. The
	// vendor lists it.
	StatusPurchaseFailed = "purchase-failed"
	// StatusDeleted is the status of every deleted number.
	StatusDeleted = "deleted"
)

const noID = "00000000-0000-0000-0000-000000000000"

// row is a Row in the store.
type row struct {
	Row
	seq int // order of insertion
}

func (r *row) deleted() bool { return !r.Deleted.IsZero() }

// seedNumber is a number in the JSON of 2021.
type seedNumber struct {
	ID               string `json:"id"`
	Number           string `json:"number"`
	FlowID           string `json:"flow_id"`
	UserID           uint64 `json:"user_id"`
	Status           string `json:"status"`
	T38Enabled       bool   `json:"t38_enabled"`
	EmergencyEnabled bool   `json:"emergency_enabled"`
	TMPurchase       string `json:"tm_purchase"`
	TMCreate         string `json:"tm_create"`
	TMUpdate         string `json:"tm_update"`
	TMDelete         string `json:"tm_delete"`
}

func (r *row) seedJSON() seedNumber {
	return seedNumber{
		ID: r.ID, Number: r.Number, FlowID: r.CallFlowID, UserID: r.UserID, Status: r.Status,
		T38Enabled: r.T38Enabled, EmergencyEnabled: r.EmergencyEnabled,
		TMPurchase: seedTime(r.Purchased.Truncate(time.Second)), TMCreate: seedTime(r.Created),
		TMUpdate: seedTime(r.Updated), TMDelete: seedTime(r.Deleted),
	}
}

// todayNumber is a number in today's JSON.
type todayNumber struct {
	ID               string     `json:"id"`
	CustomerID       string     `json:"customer_id"`
	Number           string     `json:"number"`
	Type             string     `json:"type"`
	CallFlowID       string     `json:"call_flow_id"`
	MessageFlowID    string     `json:"message_flow_id"`
	Name             string     `json:"name"`
	Detail           string     `json:"detail"`
	Status           string     `json:"status"`
	T38Enabled       bool       `json:"t38_enabled"`
	EmergencyEnabled bool       `json:"emergency_enabled"`
	Metadata         metadata   `json:"metadata"`
	TMPurchase       *time.Time `json:"tm_purchase"`
	TMRenew          *time.Time `json:"tm_renew"`
	TMCreate         *time.Time `json:"tm_create"`
	TMUpdate         *time.Time `json:"tm_update"`
	TMDelete         *time.Time `json:"tm_delete"`
}

type metadata struct {
	RTPDebug bool `json:"rtp_debug"`
}

func (r *row) todayJSON() todayNumber {
	return todayNumber{
		ID: r.ID, CustomerID: r.CustomerID, Number: r.Number, Type: r.Type,
		CallFlowID: r.CallFlowID, MessageFlowID: r.MessageFlowID, Name: r.Name, Detail: r.Detail, Status: r.Status,
		T38Enabled: r.T38Enabled, EmergencyEnabled: r.EmergencyEnabled, Metadata: metadata{r.RTPDebug},
		TMPurchase: todayTime(r.Purchased), TMRenew: todayTime(r.Renewed), TMCreate: todayTime(r.Created),
		TMUpdate: todayTime(r.Updated), TMDelete: todayTime(r.Deleted),
	}
}

// seedTime is a time in the JSON of 2021.
func seedTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02 15:04:05.000000")
}

// todayTime is a time in today's JSON: RFC 3339 without trailing zeros, or null.
func todayTime(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return new(t.UTC())
}

// todayToken is a page token of today; it keeps all six digits.
func todayToken(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// readTime reads a time as the vendor's database does: date, time and fraction may end anywhere, "T" or a space
// stands between, "Z" may follow.
func readTime(s string) (time.Time, bool) {
	s = strings.Replace(strings.TrimSuffix(s, "Z"), "T", " ", 1)
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.Round(time.Microsecond), true
		}
	}
	return time.Time{}, false
}

// isVirtual says that a number has the form of a virtual one: +899 and nine more digits.
func isVirtual(number string) bool {
	digits, ok := strings.CutPrefix(number, "+899")
	return ok && len(digits) == 9 && strings.Trim(digits, "0123456789") == ""
}

// reserved says that a virtual number can't be ordered.
func reserved(number string) bool { return strings.HasPrefix(number, "+899000") }

// readUUID reads a UUID in any of the forms that the vendor accepts (with hyphens or without, in braces, as a URN,
// in either case), and returns the usual one. What is none is the zero UUID.
func readUUID(s string) (string, bool) {
	s = strings.TrimPrefix(s, "urn:uuid:")
	if strings.HasPrefix(s, "{") && strings.HasSuffix(s, "}") {
		s = s[1 : len(s)-1]
	}
	s = strings.ToLower(s)
	if len(s) == 36 && s[8] == '-' && s[13] == '-' && s[18] == '-' && s[23] == '-' {
		s = s[:8] + s[9:13] + s[14:18] + s[19:23] + s[24:]
	}
	if len(s) != 32 || strings.Trim(s, "0123456789abcdef") != "" {
		return noID, false
	}
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:], true
}
