package opentact

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"

	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers/wire"
)

// Related is an object inside another one, such as the account of an order.
// OpenTact writes it as the whole object, as {} in lists, as its UUID, or as
// null. The zero value is absent.
type Related[T any] struct {
	// Object is nil if the vendor does not send it.
	Object *T
	// Ref is sent in place of the object: a UUID, or the number of a TN.
	Ref wire.TN
	// Empty is true for {}, which has no data of the object.
	Empty bool
	// Null is true for null.
	Null bool
}

// IsZero reports whether the object is absent. null is not.
func (r Related[T]) IsZero() bool { return r.Object == nil && r.Ref.IsZero() && !r.Empty && !r.Null }

// MarshalJSON writes the value as it was read.
func (r Related[T]) MarshalJSON() ([]byte, error) {
	switch {
	case r.Object != nil:
		return json.Marshal(r.Object)
	case r.Empty:
		return []byte("{}"), nil
	}
	return r.Ref.MarshalJSON()
}

// UnmarshalJSON reads an object, {}, a string, a whole number or null.
func (r *Related[T]) UnmarshalJSON(data []byte) error { return decode.Unmarshal(data, r.shape) }

func (r *Related[T]) shape(text []byte) (into any, done func()) {
	*r = Related[T]{}
	switch {
	case text[0] == 'n':
		r.Null = true
		return new(struct{}), nil
	case text[0] != '{':
		return &r.Ref, nil
	case isEmptyObject(text):
		r.Empty = true
		return new(struct{}), nil
	}
	r.Object = new(T)
	return r.Object, nil
}

// isEmptyObject reports whether the JSON object that text begins with has no
// member.
func isEmptyObject(text []byte) bool {
	inner, ok := bytes.CutPrefix(text, []byte("{"))
	return ok && bytes.HasPrefix(bytes.TrimLeft(inner, " \t\r\n"), []byte("}"))
}

// Opaque is a JSON value whose form OpenTact does not document: the users of a
// SIP connection, the provider of a profile. It may contain credentials, as
// documented objects do, and is therefore hidden as wire.Secret is: prints and
// log lines have "[redacted]". Its JSON has "[redacted]" in place of the values
// whose names mark them as secrets. The rest of its JSON is written as it was
// read. The zero value is absent.
type Opaque struct{ text wire.Secret }

// JSON returns the whole value as it was read, including its secrets. It
// returns nil if the value is absent.
func (o Opaque) JSON() json.RawMessage {
	if o.text.IsZero() {
		return nil
	}
	return json.RawMessage(o.text.Reveal())
}

// IsZero reports whether the value is absent or null.
func (o Opaque) IsZero() bool { return o.text.IsZero() }

// UnmarshalJSON reads any value. null is absent.
func (o *Opaque) UnmarshalJSON(data []byte) error {
	*o = Opaque{}
	if data = bytes.TrimSpace(data); string(data) != "null" {
		o.text = wire.NewSecret(string(data))
	}
	return nil
}

// MarshalJSON writes the value without its secrets.
func (o Opaque) MarshalJSON() ([]byte, error) {
	if o.IsZero() {
		return []byte("null"), nil
	}
	return withoutSecrets(o.JSON())
}

// Format prints "[redacted]" for every verb and flag.
func (o Opaque) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, wire.Redacted) }

// String returns "[redacted]".
func (o Opaque) String() string { return wire.Redacted }

// LogValue returns "[redacted]".
func (o Opaque) LogValue() slog.Value { return o.text.LogValue() }

// secretNames are parts of the names of secrets, in lower case and without
// hyphens and underscores.
var secretNames = []string{"password", "passwd", "secret", "token", "apikey", "privatekey", "credential"}

// namesSecret reports whether a member of this name, or the value at the end of
// this path, is a secret.
func namesSecret(name string) bool {
	name = strings.NewReplacer("_", "", "-", "").Replace(strings.ToLower(name))
	return strings.HasPrefix(name, "ha1") || // the digest of a SIP user's password
		slices.ContainsFunc(secretNames, func(s string) bool { return strings.Contains(name, s) })
}

// withoutSecrets replaces the values of all secret members with wire.Redacted,
// at any depth. It leaves the rest unchanged.
func withoutSecrets(text []byte) ([]byte, error) {
	var (
		out    []byte
		copied int64        // how much of text is in out
		inside []json.Delim // the objects and arrays around the next token
		named  bool         // the next token of an object is a value
	)
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	for {
		token, err := dec.Token()
		if err == io.EOF && len(inside) == 0 {
			return append(out, text[copied:]...), nil
		}
		if err != nil {
			return nil, err
		}
		object := len(inside) > 0 && inside[len(inside)-1] == '{'
		switch token {
		case json.Delim('{'), json.Delim('['):
			inside, named = append(inside, token.(json.Delim)), false
			continue
		case json.Delim('}'), json.Delim(']'):
			inside, named = inside[:len(inside)-1], false
			continue
		}
		name, isText := token.(string)
		if !object || named || !isText {
			named = false
			continue
		}
		if named = !namesSecret(name); named {
			continue
		}
		start := dec.InputOffset()
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, err
		}
		if !isHarmless(value) {
			out = append(append(append(out, text[copied:start]...), ':'), `"`+wire.Redacted+`"`...)
			copied = dec.InputOffset()
		}
	}
}

// isHarmless reports whether a value can't hold a secret, whatever its name.
func isHarmless(value []byte) bool {
	switch string(value) {
	case "null", "true", "false", `""`, "[]", "{}":
		return true
	}
	return false
}

// Account is the customer that orders and pays. It has personal data: don't log
// it.
type Account struct {
	CreatedOn  wire.Time `json:"created_on,omitzero"`
	ModifiedOn wire.Time `json:"modified_on,omitzero"`
	UUID       *string   `json:"uuid,omitempty"`
	Name       *string   `json:"name,omitempty"`
	Email      *string   `json:"email,omitempty"`
	// Level is ServiceAccount, Level0, Level1 or Level2.
	Level *string `json:"level,omitempty"`
	// Balance has no stated currency.
	Balance                 wire.Amount     `json:"balance,omitzero"`
	Class4ID                *int64          `json:"class4_id,omitempty"`
	DeletedOn               wire.Time       `json:"deleted_on,omitzero"`
	TimeZone                Opaque          `json:"time_zone,omitzero"`
	Users                   []Related[User] `json:"users,omitzero"`
	Admin                   Related[User]   `json:"admin,omitzero"`
	MessagingProfileDefault Opaque          `json:"messaging_profile_default,omitzero"`
	MessagingProfiles       []Opaque        `json:"messaging_profiles,omitzero"`
	Addresses               []Opaque        `json:"addresses,omitzero"`
}

// User is a person with access to an account. OpenTact sends it with every
// order, including its password and token: don't log it.
type User struct {
	CreatedOn  wire.Time `json:"created_on,omitzero"`
	ModifiedOn wire.Time `json:"modified_on,omitzero"`
	UUID       *string   `json:"uuid,omitempty"`
	Email      *string   `json:"email,omitempty"`
	// Password is the form in which the vendor stores it.
	Password    wire.Secret       `json:"password,omitzero"`
	PhoneNumber wire.Null[string] `json:"phone_number,omitzero"`
	FirstName   *string           `json:"first_name,omitempty"`
	LastName    *string           `json:"last_name,omitempty"`
	Avatar      wire.Null[string] `json:"avatar,omitzero"`
	// Gender is any text. The documentation has Male, Female, Other and
	// "Agender".
	Gender wire.Null[string] `json:"gender,omitzero"`
	// DOB is the date of birth.
	DOB wire.Time `json:"dob,omitzero"`
	// Role is Admin, User or Provider.
	Role           *string           `json:"role,omitempty"`
	GmailUserID    wire.Null[string] `json:"gmail_user_id,omitzero"`
	FacebookUserID wire.Null[string] `json:"facebook_user_id,omitzero"`
	AppleUserID    wire.Null[string] `json:"apple_user_id,omitzero"`
	WechatUserID   wire.Null[string] `json:"wechat_user_id,omitzero"`
	DeletedOn      wire.Time         `json:"deleted_on,omitzero"`
	// Token is a credential of the user.
	Token     wire.Secret      `json:"token,omitzero"`
	WSSOnline *bool            `json:"wss_online,omitempty"`
	Account   Related[Account] `json:"account,omitzero"`
}

// Profile is a TN profile: the providers and the prices of its numbers. An
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
