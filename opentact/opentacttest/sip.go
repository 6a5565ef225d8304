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

func attached(kind peerKind) func(*call) (any, *refusal) {
	return func(c *call) (any, *refusal) { return c.listAttached(kind) }
}

func attach(kind peerKind) func(*call) (any, *refusal) {
	return func(c *call) (any, *refusal) { return c.attach(kind) }
}

// listAttached is GET /sip/connection/{uuid}/tnlease and GET /sip/app/{uuid}/tnlease.
func (c *call) listAttached(kind peerKind) (any, *refusal) {
	c.query()
	p, no := c.peerFor(&c.params[0], kind)
	if no != nil {
		return nil, no
	}
	out := []any{}
	for _, l := range c.leases {
		if c.shown(l) && l.account == c.account && *l.at(kind) == p {
			out = append(out, c.listLease(l))
		}
	}
	return out, nil
}

// at is where a lease keeps what it is attached to.
func (l *lease) at(kind peerKind) **peer {
	if kind == sipConnection {
		return &l.connection
	}
	return &l.app
}

// attach is POST /sip/connection/{uuid}/tnlease and POST /sip/app/{uuid}/tnlease: all of it or nothing. It
// answers the leases named: themselves in 2020 and 2021, their uuids in 2024.
func (c *call) attach(kind peerKind) (any, *refusal) {
	c.query()
	b, no := c.readBody(false)
	if no != nil {
		return nil, no
	}
	add, remove := c.leaseUUIDs(b, "add"), c.leaseUUIDs(b, "remove")
	if no := b.check(); no != nil {
		return nil, no
	}
	p, no := c.peerFor(&c.params[0], kind)
	if no != nil {
		return nil, no
	}
	var leases []*lease
	for _, uuid := range append(add, remove...) {
		l := c.leaseByUUID(uuid)
		if l == nil || l.account != c.account {
			return nil, errNotFound
		}
		leases = append(leases, l)
	}
	out := []any{}
	for i, l := range leases {
		at := l.at(kind)
		switch {
		case i < len(add):
			*at = p
		case *at == p:
			*at = nil
		}
		l.modified = c.fake.Now()
	}
	c.version++
	for _, l := range leases {
		if c.is(Gen2024) {
			out = append(out, l.uuid)
			continue
		}
		out = append(out, c.listLease(l))
	}
	return out, nil
}

// leaseUUIDs reads a list of uuids.
func (c *call) leaseUUIDs(b *body, key string) []string {
	var out []string
	for i, raw := range b.list(key, 0) {
		uuid, ok := decode[string](raw)
		switch path := b.at(key) + element(i); {
		case !ok:
			b.mistyped(path, "string", raw)
		case !uuidPattern.MatchString(uuid):
			b.fail(path, "Not match in '"+uuidPattern.String()+"'", raw)
		default:
			out = append(out, uuid)
		}
	}
	return out
}
