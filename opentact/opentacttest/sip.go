package opentacttest

import (
	"time"
)

// peerKind tells the two things that a number can be attached to.
type peerKind string

const (
	sipConnection peerKind = "sip_connection"
	sipApp        peerKind = "sip_control_app"
)

// peer is a SIP connection or a SIP control app.
type peer struct {
	kind    peerKind
	uuid    string
	name    string
	account *account
	created time.Time
}

func (s *state) addPeer(kind peerKind, uuid, name string, a *account) *peer {
	p := &peer{kind: kind, uuid: uuid, name: name, account: a, created: s.fake.Now()}
	s.peers = append(s.peers, p)
	return p
}

func (s *state) findPeer(kind peerKind, uuid string) *peer {
	for _, p := range s.peers {
		if p.kind == kind && p.uuid == uuid {
			return p
		}
	}
	return nil
}

// peerUUID reads a reference; one that is no uuid is refused unless a row of the samples has it.
func (c *call) peerUUID(b *body, kind peerKind) *string {
	v := b.text(string(kind), 0, 255)
	if v != nil && !uuidPattern.MatchString(*v) && c.findPeer(kind, *v) == nil {
		b.fail(b.at(string(kind)), "Not match in '"+uuidPattern.String()+"'", encode(*v))
	}
	return v
}

// peerFor finds what a reference means; another's can't be found.
func (c *call) peerFor(uuid *string, kind peerKind) (*peer, *refusal) {
	if uuid == nil {
		return nil, nil
	}
	p := c.findPeer(kind, *uuid)
	if p == nil || p.account != c.account {
		return nil, errNotFound
	}
	return p, nil
}

type connectionJSON struct {
	CreatedOn                  string `json:"created_on"`
	ModifiedOn                 string `json:"modified_on"`
	UUID                       string `json:"uuid"`
	Name                       string `json:"name"`
	IsActive                   bool   `json:"is_active"`
	TechPrefix                 int    `json:"tech_prefix"`
	Product                    empty  `json:"product"`
	Subdomain                  string `json:"subdomain"`
	IP                         string `json:"ip"`
	Port                       int    `json:"port"`
	Class4IngressTrunkID       int    `json:"class4_ingress_trunk_id"`
	Class4IngressTrunkSettings empty  `json:"class4_ingress_trunk_settings"`
	Class4IngressResourceIPID  int    `json:"class4_ingress_resource_ip_id"`
	Class4EgressTrunkID        int    `json:"class4_egress_trunk_id"`
	Class4EgressTrunkSettings  empty  `json:"class4_egress_trunk_settings"`
	Class4EgressResourceIPID   int    `json:"class4_egress_resource_ip_id"`
	Class4TrunkPrefixID        int    `json:"class4_trunk_prefix_id"`
	TNLeases                   []any  `json:"tnleases"`
	SIPUsers                   []any  `json:"sipusers"`
	SIPUserInvites             []any  `json:"sip_user_invites"`
	Account                    empty  `json:"account"`
	CreatedBy                  empty  `json:"created_by"`
	ModifiedBy                 empty  `json:"modified_by"`
	OutboundVoiceProfile       empty  `json:"outbound_voice_profile"`
}

type appJSON struct {
	CreatedOn                 string `json:"created_on"`
	ModifiedOn                string `json:"modified_on"`
	UUID                      string `json:"uuid"`
	Name                      string `json:"name"`
	IsActive                  bool   `json:"is_active"`
	Subdomain                 string `json:"subdomain"`
	TNLeases                  []any  `json:"tnleases"`
	Class4EgressTrunkID       int    `json:"class4_egress_trunk_id"`
	Class4EgressTrunkSettings empty  `json:"class4_egress_trunk_settings"`
	Class4EgressResourceIPID  int    `json:"class4_egress_resource_ip_id"`
	Account                   empty  `json:"account"`
	CreatedBy                 empty  `json:"created_by"`
	ModifiedBy                empty  `json:"modified_by"`
	OutboundVoiceProfile      empty  `json:"outbound_voice_profile"`
	WebhookURL                string `json:"webhook_url"`
	WebhookMethod             string `json:"webhook_method"`
	WebhookRequestTimeout     int    `json:"webhook_request_timeout"`
	CallFlowURL               string `json:"call_flow_url"`
	CallFlowRequestTimeout    int    `json:"call_flow_request_timeout"`
	CallFlowMethod            string `json:"call_flow_method"`
}

// showPeer is the object that orders and leases contain; null where there is none.
func (s *state) showPeer(p *peer) any {
	switch {
	case p == nil:
		return nil
	case p.kind == sipConnection:
		return connectionJSON{
			CreatedOn: stamp(p.created), ModifiedOn: stamp(p.created), UUID: p.uuid, Name: p.name, IsActive: true,
			Subdomain: "owner", IP: "192.0.2.10", Port: 5060,
			TNLeases: []any{}, SIPUsers: []any{}, SIPUserInvites: []any{},
		}
	}
	return appJSON{
		CreatedOn: stamp(p.created), ModifiedOn: stamp(p.created), UUID: p.uuid, Name: p.name, IsActive: true,
		Subdomain: "owner", TNLeases: []any{}, WebhookURL: "https://owner.example/webhook", WebhookMethod: "GET",
		CallFlowURL: "https://owner.example/flow", CallFlowMethod: "GET",
	}
}

// messagingProfile is what a lease's messaging_profile means.
type messagingProfile struct {
	uuid, name string
	account    *account
	created    time.Time
}
