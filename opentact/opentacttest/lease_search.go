package opentacttest

import (
	"slices"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

func leaseCreated(l *lease) time.Time  { return l.created }
func leaseModified(l *lease) time.Time { return l.modified }

var leaseSorts = map[string]func(a, b *lease) int{
	"tn": byNumber, "created_on": byTime(leaseCreated), "modified_on": byTime(leaseModified),
}

// searchLeases is POST /lease/tn/search, which the documentation of 2020 does not have.
func (c *call) searchLeases() (any, *refusal) {
	b, no := c.readBody(true)
	if no != nil {
		return nil, no
	}
	q := readSearch(c, b, leaseSorts, leaseCreated, leaseModified)
	if pattern := b.text("tn", 1, 255); pattern != nil {
		q.where(func(l *lease) bool { return mask(*pattern, strconv.FormatInt(l.tn, 10)) })
	}
	if autorenew := b.flag("autorenew"); autorenew != nil {
		q.where(func(l *lease) bool { return l.autorenew == *autorenew })
	}
	for _, kind := range []peerKind{sipConnection, sipApp} {
		if uuid := c.peerUUID(b, kind); uuid != nil {
			q.where(func(l *lease) bool { return (*l.at(kind)).is(*uuid) })
		}
	}
	if skip := c.leaseUUIDs(b, "sip_connections_skip"); skip != nil {
		q.where(func(l *lease) bool { return !slices.ContainsFunc(skip, l.connection.is) })
	}
	if no := b.check(); no != nil {
		return nil, no
	}
	if q.skip > 0 {
		if _, ok := c.fake.Take(numberstest.InsertWhileListing, ""); ok {
			c.insertLease(c.account)
		}
	}
	rows := c.leaseView.get(c.state, q.key, func() []*lease {
		return q.sorted(c.leases, func(l *lease) bool { return l.account == c.account && c.shown(l) })
	})
	q.uncounted = c.opts.Leases == ListUncounted
	return q.answer(c, rows, func(l *lease) []byte { return encode(c.listLease(l)) }), nil
}

// is reports whether this is the connection or app with the uuid.
func (p *peer) is(uuid string) bool { return p != nil && p.uuid == uuid }

// insertLease is a number that somebody else bought in the same account, shown before all others. The books have
// nothing of it.
func (s *state) insertLease(a *account) {
	s.own(a, s.freshTN())
	last := s.leases[len(s.leases)-1]
	s.leases = slices.Insert(s.leases[:len(s.leases)-1], 0, last)
}

// own gives an account a number that no order bought.
func (s *state) own(a *account, tn int64) *lease {
	return s.addLease(&lease{
		tn: tn, account: a, autorenew: true, features: wish{}.features(), profile: s.profileNamed("US"),
	})
}
