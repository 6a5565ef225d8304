package exclusivetest

import (
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

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

// Books returns the truth about what was registered through the API, in all tenants, though it cost nothing: a
// purchase is a number in a row (OrderID is the row's id), released when the row is destroyed or gets another
// number. Two tenants may have the same number; [Server.BooksOf] tells them apart.
func (s *Server) Books() numberstest.Books {
	return s.books(func(purchase) bool { return true })
}

// BooksOf returns the books of one tenant; "" is the first.
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
