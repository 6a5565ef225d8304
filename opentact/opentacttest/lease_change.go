package opentacttest

import (
	"net/http"
	"strconv"
)

var errNoLease = refuse(http.StatusNotFound, "TNLease not found")

// leaseByUUID finds a lease that is neither released nor hidden, of whatever account.
func (s *state) leaseByUUID(uuid string) *lease {
	if l := s.leaseOf[uuid]; l != nil && s.shown(l) {
		return l
	}
	return nil
}

func (s *state) shown(l *lease) bool { return !l.released && !s.fake.Now().Before(l.hidden) }

// leaseByTN finds the account's newest lease of a number.
func (c *call) leaseByTN(tn int64) *lease {
	all := c.leasesOf[tn]
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].account == c.account && c.shown(all[i]) {
			return all[i]
		}
	}
	return nil
}

// getLease is GET /lease/tn/{uuid}. Another's can't be found.
func (c *call) getLease() (any, *refusal) {
	c.query()
	l := c.leaseByUUID(c.params[0])
	if l == nil || l.account != c.account {
		return nil, errNoLease
	}
	return c.showLease(l), nil
}

// getLeaseByTN is GET /lease/tn/{tn}/tn.
func (c *call) getLeaseByTN() (any, *refusal) {
	c.query()
	tn, err := strconv.ParseInt(c.params[0], 10, 64)
	if err != nil {
		return nil, refuse(c.opts.ValidationStatus, "tn: invalid integer number")
	}
	l := c.leaseByTN(tn)
	if l == nil {
		return nil, errNoLease
	}
	return c.showLease(l), nil
}

// getRoute is GET /lease/tn/{tn}/route, which is for providers alone.
func (c *call) getRoute() (any, *refusal) {
	c.query()
	return nil, errForbidden
}

// listLeases is GET /lease/tn, which only the documentation of 2020 has: an array, without paging.
func (c *call) listLeases() (any, *refusal) {
	c.query()
	var rows []*lease
	for _, l := range c.leases {
		if l.account == c.account && c.shown(l) {
			rows = append(rows, l)
		}
	}
	return inShape(c, c.opts.Leases, rows, func(l *lease) []byte { return encode(c.listLease(l)) }), nil
}

// patchLease is PATCH /lease/tn/{uuid}: what is absent stays, null detaches.
func (c *call) patchLease() (any, *refusal) {
	c.query()
	b, no := c.readBody(false)
	if no != nil {
		return nil, no
	}
	w := readWish(b)
	messaging := b.text("messaging_profile", 0, 255)
	connection, app := c.readAttachment(b, sipConnection), c.readAttachment(b, sipApp)
	if no := b.check(); no != nil {
		return nil, no
	}
	l := c.leaseByUUID(c.params[0])
	switch {
	case l == nil:
		return nil, errNoLease
	case l.account != c.account:
		return nil, errForbidden
	}
	next := *l
	if messaging != nil {
		if next.messaging = c.messagingOf(*messaging); next.messaging == nil {
			return nil, errNotFound
		}
	}
	if next.connection, no = connection.apply(c, l.connection); no != nil {
		return nil, no
	}
	if next.app, no = app.apply(c, l.app); no != nil {
		return nil, no
	}
	next.features = features{
		or(w.voice, l.features.voice), or(w.fax, l.features.fax), or(w.sms, l.features.sms), or(w.mms, l.features.mms),
		or(w.emergency, l.features.emergency),
	}
	next.autorenew, next.modified = or(w.autorenew, l.autorenew), c.fake.Now()
	*l = next
	c.version++
	return c.showLease(l), nil
}

func (c *call) messagingOf(uuid string) *messagingProfile {
	for _, m := range c.messaging {
		if m.uuid == uuid && m.account == c.account {
			return m
		}
	}
	return nil
}

// attachment is what a patch says about sip_connection or sip_control_app.
type attachment struct {
	kind   peerKind
	uuid   *string
	detach bool
}

func (c *call) readAttachment(b *body, kind peerKind) attachment {
	if raw, ok := b.get(string(kind)); ok && string(raw) == "null" {
		return attachment{kind: kind, detach: true}
	}
	return attachment{kind: kind, uuid: c.peerUUID(b, kind)}
}

func (a attachment) apply(c *call, now *peer) (*peer, *refusal) {
	if a.detach || a.uuid == nil {
		if a.detach {
			now = nil
		}
		return now, nil
	}
	return c.peerFor(a.uuid, a.kind)
}

// releaseLease is DELETE /lease/tn/{uuid}; the documentation of 2024 also takes the number.
func (c *call) releaseLease() (any, *refusal) {
	c.query()
	l := c.leaseByUUID(c.params[0])
	if tn, err := parseTN(c.params[0]); l == nil && err == nil {
		if l = c.leaseByTN(tn); l != nil && !c.is(Gen2024) {
			c.report("releasing by number is documented for 2024 only")
		}
	}
	if l == nil || l.account != c.account {
		return nil, errNoLease
	}
	c.end(l)
	return c.showReleased(l), nil
}
