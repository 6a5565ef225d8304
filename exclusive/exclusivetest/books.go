package exclusivetest

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// tenant is one tenant's part of the PBX.
type tenant struct {
	id, domain string
	users      []User
	queues     []Queue
	rows       []*row          // those that are listed, in the order of their creation
	byID       map[string]*row // all
	copies     map[string]int  // how many rows have a number
	least      int             // the lowest seq so far
	most       int             // the highest
	revision   int             // counts the changes
	view       view
}

// row is one exclusive number.
type row struct {
	id, number  string
	created     time.Time // zero is blank
	enabled     bool
	description string // "" is blank
	agents      map[string][]string
	seq         int
	hidden      bool // not listed yet
	seed        bool // still as the documentation has it
}

// addTenants makes the tenants that the options name.
func (s *Server) addTenants(tenants []Tenant) error {
	for _, t := range tenants {
		if !between(t.Domain, 1, 280) || s.tenantOf(t.Domain) != nil {
			return fmt.Errorf("exclusivetest: tenant %q: a domain has 1 to 280 characters and is there once", t.Domain)
		}
		if len(t.Users) == 0 {
			return fmt.Errorf("exclusivetest: tenant %q has no user", t.Domain)
		}
		for _, u := range t.Users {
			reserved := slices.Contains([]string{"admin", "system", "administrator", "root"}, strings.ToLower(u.Username))
			if !between(u.Username, 1, 64) || reserved {
				return fmt.Errorf("exclusivetest: tenant %q: user name %q is not possible", t.Domain, u.Username)
			}
		}
		s.tenants = append(s.tenants, &tenant{
			id: s.newID(), domain: t.Domain, users: slices.Clone(t.Users), byID: map[string]*row{}, copies: map[string]int{},
		})
	}
	return nil
}

// tenantOf finds a tenant by its domain; nil if there is none.
func (s *Server) tenantOf(domain string) *tenant {
	for _, t := range s.tenants {
		if t.domain == domain {
			return t
		}
	}
	return nil
}

func (s *Server) tenantOrFirst(domain string) *tenant {
	if domain == "" {
		return s.tenants[0]
	}
	return s.tenantOf(domain)
}

// add puts a new row behind all others; it is listed unless it is hidden.
func (t *tenant) add(n *row) {
	t.most++
	n.seq = t.most
	t.put(n)
}

// addFirst puts a new row before all others.
func (t *tenant) addFirst(n *row) {
	t.least--
	n.seq = t.least
	t.put(n)
}

func (t *tenant) put(n *row) {
	t.byID[n.id] = n
	t.copies[n.number]++
	if !n.hidden {
		t.show(n)
	}
}

// show lists a row.
func (t *tenant) show(n *row) {
	i, _ := t.place(n)
	t.rows = slices.Insert(t.rows, i, n)
	n.hidden = false
	t.revision++
}

// rename gives a row another number.
func (t *tenant) rename(n *row, number string) {
	t.copies[n.number]--
	t.copies[number]++
	n.number = number
}

// remove forgets a row.
func (t *tenant) remove(n *row) {
	delete(t.byID, n.id)
	t.copies[n.number]--
	if i, listed := t.place(n); listed {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
	t.revision++
}

// place finds where a row is listed, or would be.
func (t *tenant) place(n *row) (int, bool) {
	return slices.BinarySearchFunc(t.rows, n.seq, func(other *row, seq int) int { return cmp.Compare(other.seq, seq) })
}

// all returns every row in the order of creation, also those that are not listed yet.
func (t *tenant) all() []*row {
	return slices.SortedFunc(maps.Values(t.byID), func(a, b *row) int { return cmp.Compare(a.seq, b.seq) })
}

// newID returns the next id: base64 of a decimal number, as PortSIP's are.
func (s *Server) newID() string {
	const first = 700551909773148160 // the documentation's own
	s.nextID++
	return base64.StdEncoding.EncodeToString(strconv.AppendInt(nil, first+int64(s.nextID)<<22, 10))
}

// purchases are the books. The PBX keeps its own, by row: it may have one number twice, and destroying
// one of the two rows must release that one.
type purchases struct {
	list  []purchase
	owned map[*row]int // the place in list of what a row owns
}

type purchase struct {
	numberstest.Purchase
	domain string
}

// buy notes that a row has its number from now on.
func (p *purchases) buy(t *tenant, n *row, now time.Time) {
	if p.owned == nil {
		p.owned = map[*row]int{}
	}
	p.owned[n] = len(p.list)
	p.list = append(p.list, purchase{numberstest.Purchase{Number: n.number, OrderID: n.id, At: now, Listed: true}, t.domain})
}

// release notes that a row no longer has its number. It reports false for rows that are not in the books: those
// that nobody registered through the API.
func (p *purchases) release(n *row, now time.Time) bool {
	i, ok := p.owned[n]
	if ok {
		p.list[i].Released = now
		delete(p.owned, n)
	}
	return ok
}

// Books returns the records of all numbers that were registered through the API, in all
// tenants. A purchase is a number in a row, and its OrderID is the row's id. The purchase
// is released when the row is destroyed or gets another number. Two tenants may have the
// same number. Use [Server.BooksOf] to distinguish them.
func (s *Server) Books() numberstest.Books {
	return s.books(func(purchase) bool { return true })
}

// BooksOf returns the records of one tenant; "" = the first tenant.
func (s *Server) BooksOf(domain string) numberstest.Books {
	if domain == "" {
		domain = s.opts.Tenants[0].Domain
	}
	return s.books(func(p purchase) bool { return p.domain == domain })
}

func (s *Server) books(keep func(purchase) bool) numberstest.Books {
	s.fake.Lock()
	defer s.fake.Unlock()
	var books numberstest.Books
	for _, p := range s.purchases.list {
		if keep(p) {
			books.Purchases = append(books.Purchases, p.Purchase)
		}
	}
	return books
}

// SetState enables or disables the number with this id: "enabled" or "disabled".
func (s *Server) SetState(id, state string) {
	s.fake.Lock()
	defer s.fake.Unlock()
	for _, t := range s.tenants {
		if n := t.byID[id]; n != nil && (state == StateEnabled || state == StateDisabled) {
			n.enabled, n.seed = state == StateEnabled, false
			t.revision++
			return
		}
	}
	s.fake.Misuse("SetState: there is no number with the id %q, or no state %q", id, state)
}

// Settle ends the delays of LateListing faults: all rows are listed at once.
func (s *Server) Settle() { s.fake.Settle() }
