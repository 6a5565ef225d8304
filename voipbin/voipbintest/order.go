package voipbintest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// order is what the POSTs of both eras come down to: one number. It returns its row, or answers and returns nil.
func (s *Server) order(c *call, n Row) *row {
	n.UserID, n.CustomerID = c.account.UserID, c.account.CustomerID
	if n.Type == TypeNormal && !s.atTheCarrier(c, n) {
		return nil
	}
	if !s.orderable(c, n) {
		c.fail(internal)
		return nil
	}
	s.carrier.hold(n.Number)
	if f, ok := s.engine.Take(numberstest.MisleadingStatus, n.Number); ok {
		s.engine.After(f.Delay, func() { s.buy(n) })
		if c.mislead(f.Status); f.Status == 0 || f.Status == http.StatusServiceUnavailable {
			s.timeout(c)
		}
		return nil
	}
	if tooLong(n.Name, n.Detail) {
		s.takeBack(n)
		c.fail(internal)
		return nil
	}
	if n.Type == TypeVirtual {
		return s.buy(n)
	}
	if s.unrecorded(c, n) {
		s.engine.Buy(numberstest.Purchase{Number: n.Number})
		if c.era == EraSeed {
			c.ok(seedNumber{ID: noID, FlowID: noID})
		} else {
			c.fail(internal)
		}
		return nil
	}
	return s.buy(n)
}

// atTheCarrier waits until the carrier has sold a number. It answers and returns false if that takes longer than the
// vendor waits: the order then goes on without its client.
func (s *Server) atTheCarrier(c *call, n Row) bool {
	takes := s.queued(s.opts.OrderTakes)
	if takes == 0 {
		return true
	}
	waits := patience
	if c.era == EraToday {
		waits = patienceToday
	}
	// The vendor serves others meanwhile, and goes on when the client is gone.
	s.engine.Unlock()
	time.Sleep(min(takes, waits))
	s.engine.Lock()
	if takes <= waits {
		return true
	}
	s.engine.After(takes-waits, func() {
		if !s.orderable(c, n) {
			return
		}
		s.carrier.hold(n.Number)
		switch {
		case tooLong(n.Name, n.Detail):
			s.takeBack(n)
		case s.unrecorded(c, n):
			s.engine.Buy(numberstest.Purchase{Number: n.Number})
		default:
			s.buy(n)
		}
	})
	c.fail(timedOut)
	s.timeout(c)
	return false
}

// queued is how long an order takes whose work takes this long, the waiting for a worker included.
func (s *Server) queued(work time.Duration) time.Duration {
	if len(s.workers) == 0 {
		return work
	}
	now := s.engine.Now()
	first := 0
	for i, free := range s.workers {
		if free.Before(s.workers[first]) {
			first = i
		}
	}
	begins := now
	if s.workers[first].After(now) {
		begins = s.workers[first]
	}
	s.workers[first] = begins.Add(work)
	return s.workers[first].Sub(now)
}

// The columns of a name and a detail have room for so many characters and bytes.
const (
	maxName   = 255
	maxDetail = 65_535
)

func tooLong(name, detail string) bool {
	return utf8.RuneCountInString(name) > maxName || len(detail) > maxDetail
}

// takeBack is what today's server does with a number that it bought and can't store.
func (s *Server) takeBack(n Row) {
	if n.Type == TypeNormal {
		s.engine.Buy(numberstest.Purchase{Number: n.Number})
		s.engine.Release(n.Number)
	}
	s.carrier.giveBack(n.Number)
}

// unrecorded says whether the carrier sells a number that the server then fails to record.
func (s *Server) unrecorded(c *call, n Row) bool {
	_, orphan := s.engine.Take(numberstest.OrphanPurchase, n.Number)
	if !orphan && c.era == EraSeed {
		_, orphan = s.engine.Take(numberstest.ZeroObject, n.Number)
	}
	return orphan
}

// orderable says whether an order goes through, and reports orders that a client should not send: those of a number
// that it has, or could know to be on its way.
func (s *Server) orderable(c *call, n Row) bool {
	again := s.carrier.holds(n.Number)
	if again && !s.ownedByOthers(c, n.Number) && !s.lost(c, n.Number) {
		s.engine.Report("%s %s: %s is ordered, though it is owned or on its way already", c.r.Method, c.r.URL.Path, n.Number)
	}
	switch {
	case n.Type == TypeVirtual:
		return isVirtual(n.Number) && !reserved(n.Number) && !again
	case c.era == EraToday && s.noCredit:
		return false
	case isVirtual(n.Number):
		s.engine.Report(`%s %s: %s without the type "virtual" is ordered from the carrier`, c.r.Method, c.r.URL.Path, n.Number)
		return false
	case !s.carrier.sells(n.Number):
		return false
	case !again:
		return true
	case s.carrier.duplicates && c.era == EraToday:
		s.rollBack(n.Number)
		return false
	}
	return s.carrier.duplicates
}

// ownedByOthers says that a number is stored, and not as the caller's, who can't know that it is sold.
func (s *Server) ownedByOthers(c *call, number string) bool {
	others := false
	for _, r := range s.store.live {
		if key(r.Number) == key(number) {
			if c.account.owns(c.era, &r.Row) {
				return false
			}
			others = true
		}
	}
	return others
}

// lost says that the server failed to record a number that the carrier sold, and that its answer did not arrive: it
// was lost, or something between answered in the server's place. Only another order of the number shows it then.
func (s *Server) lost(c *call, number string) bool {
	if slices.ContainsFunc(s.store.live, func(r *row) bool { return key(r.Number) == key(number) }) {
		return false
	}
	own := []int{http.StatusOK, http.StatusInternalServerError}
	if c.era == EraToday {
		own = append(own, http.StatusBadRequest, http.StatusServiceUnavailable)
	}
	return slices.ContainsFunc(s.engine.Requests(), func(r numberstest.Request) bool {
		var body struct {
			Number string `json:"number"`
		}
		unrecorded := slices.Contains(r.Faults, numberstest.OrphanPurchase) || slices.Contains(r.Faults, numberstest.ZeroObject)
		return unrecorded && !slices.Contains(own, r.Status) && json.Unmarshal(r.Body, &body) == nil && key(body.Number) == key(number)
	})
}

// rollBack is how today's server handles a number that it bought and has in its store already: it gives the number
// back, and with it the one that was owned. The row stays.
func (s *Server) rollBack(number string) {
	s.engine.Buy(numberstest.Purchase{Number: number})
	for s.engine.Release(number) {
	}
	for s.carrier.giveBack(number) {
	}
}

// buy completes an order: the carrier has sold the number, and the store gets a row.
func (s *Server) buy(n Row) *row {
	n.ID, n.Created = s.engine.IDs().UUID(), s.store.created(s.now())
	if f, ok := s.engine.Take(numberstest.LateListing, n.Number); ok {
		n.Created = n.Created.Add(f.Delay)
	}
	n.Status = StatusActive
	if n.Type == TypeNormal {
		n.Status, n.T38Enabled = s.carrier.status, true
		n.Purchased, n.Renewed = n.Created, n.Created
		if _, ok := s.engine.Take(numberstest.StuckPending, n.Number); ok {
			n.Status = StatusPurchasePending
		}
	}
	if n.Status == StatusPurchaseFailed {
		s.carrier.giveBack(n.Number) // not sold, and recorded all the same
	} else {
		s.engine.Buy(numberstest.Purchase{Number: n.Number, OrderID: n.ID, Listed: true})
	}
	r := &row{Row: n}
	s.store.add(r)
	return r
}

// mislead answers an order that will go through with a refusal. The status 0 means the era's usual one.
func (c *call) mislead(status int) {
	switch {
	case c.era == EraSeed && status != 0:
		c.w.WriteHeader(status)
	case c.era == EraSeed:
		c.w.WriteHeader(http.StatusBadRequest)
	case status == 0 || status == http.StatusServiceUnavailable:
		c.fail(timedOut)
	case status == http.StatusBadRequest:
		c.fail(invalidArgument)
	default:
		f := internal
		f.status = status
		c.fail(f)
	}
}

const (
	// patience is how long the vendor waits before it answers, whatever is still under way: patienceToday in 2026.
	patience      = 15 * time.Second
	patienceToday = 15100 * time.Millisecond
	// longestOrder is the vendor's balance call and its two calls of the carrier, each at its limit.
	longestOrder = 63 * time.Second
)

// SlowCarrier returns the faults of an order with a slow carrier. VoIPBin answers after
// 15 seconds with the refusal of the era, and the order completes later after that. The
// 15 seconds pass on the clock of package time, which is virtual inside a synctest
// bubble. The rest passes on the server's clock.
func SlowCarrier(later time.Duration) []numberstest.Fault {
	return []numberstest.Fault{
		{Kind: numberstest.DelayedReply, Delay: patience},
		{Kind: numberstest.MisleadingStatus, Delay: patience + later},
	}
}

// giveBack deletes a number: the carrier takes it back, or the number stays.
func (s *Server) giveBack(r *row) bool {
	if s.carrier.keeps[key(r.Number)] || !s.carrier.giveBack(r.Number) {
		return false
	}
	s.engine.Release(r.Number)
	s.store.remove(r)
	now := s.now()
	r.Status, r.Updated, r.Deleted = StatusDeleted, now, now
	return true
}

// list reads a page of the caller's numbers, newest first.
func (s *Server) list(c *call, token string, size int) []*row {
	before := s.now()
	if before.Before(s.store.floor) {
		before = s.store.floor
	}
	if token != "" {
		var ok bool
		if before, ok = readTime(token); !ok {
			s.engine.Report("%s %s: a page_token that is no time gives an empty list", c.r.Method, c.r.URL.Path)
			return nil
		}
	}
	mine := func(n *Row) bool { return c.account.owns(c.era, n) }
	rows := s.store.page(mine, before, size)
	if _, ok := s.engine.Take(numberstest.InsertWhileListing, ""); ok {
		s.insertForeign(c.account)
	}
	return rows
}

// insertForeign stores a number that somebody else of the account has bought.
func (s *Server) insertForeign(a Account) {
	n := Row{
		Number: fmt.Sprintf("+1555%07d", len(s.store.all)), CustomerID: a.CustomerID, UserID: a.UserID,
		Created: s.store.created(s.now()),
	}
	s.complete(&n)
	s.carrier.hold(n.Number)
	s.store.add(&row{Row: n})
}
