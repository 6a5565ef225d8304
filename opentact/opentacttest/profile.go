package opentacttest

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// Profile is a TN profile, with its name in orders and its price list. Amounts are
// decimals. An empty or missing amount is 0.
type Profile struct {
	// UUID is the profile's UUID; "" = a new one.
	UUID string
	// Name is the name of the profile in orders and searches: "US".
	Name, Description string
	// Priority is high, normal or low; "" = normal.
	Priority string
	TollFree bool
	// NRC is charged once, MRC every month.
	NRC, MRC string
	// Prices are the prices of the features, by the vendor's key: "voice_nrc",
	// "voice_mrc", "voice_incoming_per_min_cost", "voice_outgoing_per_min_cost", the same
	// of fax and emergency, "sms_nrc", "sms_mrc", "sms_per_send_cost",
	// "sms_per_receive_cost", the same of mms.
	Prices map[string]string
}

// profile is a Profile with its amounts read: NRC and MRC are under "nrc" and "mrc".
type profile struct {
	Profile
	created time.Time
	costs   map[string]decimal.Decimal
}

// priceKeys are the keys of a price list in the order of the 2020 price sample.
var priceKeys = []string{
	"nrc", "mrc",
	"voice_nrc", "voice_mrc", "voice_incoming_per_min_cost", "voice_outgoing_per_min_cost",
	"fax_nrc", "fax_mrc", "fax_incoming_per_min_cost", "fax_outgoing_per_min_cost",
	"emergency_nrc", "emergency_mrc", "emergency_incoming_per_min_cost", "emergency_outgoing_per_min_cost",
	"sms_nrc", "sms_mrc", "sms_per_send_cost", "sms_per_receive_cost",
	"mms_nrc", "mms_mrc", "mms_per_send_cost", "mms_per_receive_cost",
}

func (s *state) newProfile(p Profile) error {
	if p.Name == "" {
		return fmt.Errorf("a profile needs a name")
	}
	if s.profileNamed(p.Name) != nil {
		return fmt.Errorf("there is a profile %q already", p.Name)
	}
	if p.UUID == "" {
		p.UUID = s.fake.IDs().UUID()
	}
	if p.Priority == "" {
		p.Priority = "normal"
	}
	out := &profile{Profile: p, created: s.fake.Now(), costs: map[string]decimal.Decimal{}}
	texts := map[string]string{"nrc": p.NRC, "mrc": p.MRC}
	for key, text := range p.Prices {
		texts[key] = text
	}
	for _, key := range priceKeys {
		if text := texts[key]; text != "" {
			d, err := decimal.NewFromString(text)
			if err != nil || d.IsNegative() {
				return fmt.Errorf("profile %q: %s is %q", p.Name, key, text)
			}
			out.costs[key] = d
		}
		delete(texts, key)
	}
	for key := range texts {
		return fmt.Errorf("profile %q: the vendor has no price %q", p.Name, key)
	}
	s.profiles = append(s.profiles, out)
	return nil
}

func (s *state) profileNamed(name string) *profile {
	for _, p := range s.profiles {
		if p.Name == name {
			return p
		}
	}
	return nil
}

// cost is what a number with these features costs at once and every month: the number itself and each
// feature that is on.
func (p *profile) cost(on features) (nrc, mrc decimal.Decimal) {
	nrc, mrc = p.costs["nrc"], p.costs["mrc"]
	for name, enabled := range on.all() {
		if enabled {
			nrc = nrc.Add(p.costs[name+"_nrc"])
			mrc = mrc.Add(p.costs[name+"_mrc"])
		}
	}
	return nrc, mrc
}

// profileJSON is a profile as orders show it; its amounts are numbers.
type profileJSON struct {
	CreatedOn                   string          `json:"created_on"`
	ModifiedOn                  string          `json:"modified_on"`
	UUID                        string          `json:"uuid"`
	Name                        string          `json:"name"`
	Description                 string          `json:"description"`
	Priority                    string          `json:"priority"`
	TNProvider                  empty           `json:"tn_provider"`
	TollFree                    bool            `json:"toll_free"`
	Class4ClientBillingRuleID   int             `json:"class4_client_billing_rule_id"`
	Class4VendorResID           int             `json:"class4_vendor_res_id"`
	Class4VendorBillingRuleID   int             `json:"class4_vendor_billing_rule_id"`
	RegisterProvider            empty           `json:"register_provider"`
	NRC                         json.RawMessage `json:"nrc"`
	MRC                         json.RawMessage `json:"mrc"`
	SMSProvider                 empty           `json:"sms_provider"`
	SMSNRC                      json.RawMessage `json:"sms_nrc"`
	SMSMRC                      json.RawMessage `json:"sms_mrc"`
	SMSPerSendCost              json.RawMessage `json:"sms_per_send_cost"`
	SMSPerReceiveCost           json.RawMessage `json:"sms_per_receive_cost"`
	MMSNRC                      json.RawMessage `json:"mms_nrc"`
	MMSMRC                      json.RawMessage `json:"mms_mrc"`
	MMSPerSendCost              json.RawMessage `json:"mms_per_send_cost"`
	MMSPerReceiveCost           json.RawMessage `json:"mms_per_receive_cost"`
	VoiceProvider               empty           `json:"voice_provider"`
	VoiceNRC                    json.RawMessage `json:"voice_nrc"`
	VoiceMRC                    json.RawMessage `json:"voice_mrc"`
	VoiceIncomingPerMinCost     json.RawMessage `json:"voice_incoming_per_min_cost"`
	VoiceOutgoingPerMinCost     json.RawMessage `json:"voice_outgoing_per_min_cost"`
	FaxNRC                      json.RawMessage `json:"fax_nrc"`
	FaxMRC                      json.RawMessage `json:"fax_mrc"`
	FaxIncomingPerMinCost       json.RawMessage `json:"fax_incoming_per_min_cost"`
	FaxOutgoingPerMinCost       json.RawMessage `json:"fax_outgoing_per_min_cost"`
	EmergencyNRC                json.RawMessage `json:"emergency_nrc"`
	EmergencyMRC                json.RawMessage `json:"emergency_mrc"`
	EmergencyIncomingPerMinCost json.RawMessage `json:"emergency_incoming_per_min_cost"`
	EmergencyOutgoingPerMinCost json.RawMessage `json:"emergency_outgoing_per_min_cost"`
}

func (p *profile) show() profileJSON {
	of := func(key string) json.RawMessage { return amount(p.costs[key]) }
	return profileJSON{
		CreatedOn: stamp(p.created), ModifiedOn: stamp(p.created), UUID: p.UUID, Name: p.Name,
		Description: p.Description, Priority: p.Priority, TollFree: p.TollFree,
		Class4ClientBillingRuleID: 1, Class4VendorResID: 1, Class4VendorBillingRuleID: 1,
		NRC: of("nrc"), MRC: of("mrc"),
		SMSNRC: of("sms_nrc"), SMSMRC: of("sms_mrc"),
		SMSPerSendCost: of("sms_per_send_cost"), SMSPerReceiveCost: of("sms_per_receive_cost"),
		MMSNRC: of("mms_nrc"), MMSMRC: of("mms_mrc"),
		MMSPerSendCost: of("mms_per_send_cost"), MMSPerReceiveCost: of("mms_per_receive_cost"),
		VoiceNRC: of("voice_nrc"), VoiceMRC: of("voice_mrc"),
		VoiceIncomingPerMinCost: of("voice_incoming_per_min_cost"), VoiceOutgoingPerMinCost: of("voice_outgoing_per_min_cost"),
		FaxNRC: of("fax_nrc"), FaxMRC: of("fax_mrc"),
		FaxIncomingPerMinCost: of("fax_incoming_per_min_cost"), FaxOutgoingPerMinCost: of("fax_outgoing_per_min_cost"),
		EmergencyNRC: of("emergency_nrc"), EmergencyMRC: of("emergency_mrc"),
		EmergencyIncomingPerMinCost: of("emergency_incoming_per_min_cost"), EmergencyOutgoingPerMinCost: of("emergency_outgoing_per_min_cost"),
	}
}
