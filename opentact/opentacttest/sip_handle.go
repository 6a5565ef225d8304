package opentacttest

import "encoding/json"

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
			b.fail(path, "Not match in '"+uuidPattern.String()+"'", json.RawMessage(raw))
		default:
			out = append(out, uuid)
		}
	}
	return out
}
