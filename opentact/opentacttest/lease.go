package opentacttest

import (
	"time"
)

// lease is a number that an account owns.
type lease struct {
	uuid              string
	tn                int64
	account           *account
	order             *order // nil where no order of ours bought it
	created, modified time.Time
	expires           time.Time
	autorenew         bool
	features          features
	profile           *profile
	connection, app   *peer
	messaging         *messagingProfile
	hidden            time.Time // shown only from then on
	released          bool
}

func (s *state) addLease(l *lease) *lease {
	l.uuid, l.created = s.fake.IDs().UUID(), s.fake.Now()
	l.modified, l.expires = l.created, l.created.AddDate(0, 1, 0)
	s.leases = append(s.leases, l)
	s.leaseOf[l.uuid] = l
	s.leasesOf[l.tn] = append(s.leasesOf[l.tn], l)
	s.holder[l.tn] = l.account
	if s.expiry.IsZero() || l.expires.Before(s.expiry) {
		s.expiry = l.expires
	}
	s.version++
	return l
}

// end takes a lease away from its owner.
func (s *state) end(l *lease) {
	l.released, l.modified = true, s.fake.Now()
	s.letGo(l.tn)
	s.fake.Release(e164(l.tn))
	s.version++
}

// letGo puts a number back into the stock, unless somebody still owns it.
func (s *state) letGo(tn int64) {
	for _, l := range s.leasesOf[tn] {
		if !l.released {
			return
		}
	}
	delete(s.holder, tn)
	s.version++
}

// expireLeases renews or releases the leases whose month is over. It is not scheduled work, so that Settle
// does not run through all months to come.
func (s *state) expireLeases() {
	now := s.fake.Now()
	if s.expiry.IsZero() || now.Before(s.expiry) {
		return
	}
	s.expiry = time.Time{}
	for _, l := range s.leases {
		for !l.released && !now.Before(l.expires) {
			if !l.autorenew {
				s.end(l)
				break
			}
			_, mrc := l.profile.cost(l.features)
			l.account.balance = l.account.balance.Sub(mrc)
			l.expires = l.expires.AddDate(0, 1, 0)
			s.version++
		}
		if !l.released && (s.expiry.IsZero() || l.expires.Before(s.expiry)) {
			s.expiry = l.expires
		}
	}
}
