package exclusivetest

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// tenant is one tenant's part of the PBX.
type tenant struct {
	id, domain string
	users      []User
	rows       []*row // those that are listed, in the order of their creation
	byID       map[string]*row
	nextSeq    int
}

// row is one exclusive number.
type row struct {
	id, number  string
	created     time.Time // zero is blank
	enabled     bool
	description string // "" is blank
	seq         int
	seed        bool // still as the documentation has it
}

// addTenants makes the tenants that the options name.
func (s *Server) addTenants(tenants []Tenant) error {
	for _, t := range tenants {
		if n := utf8.RuneCountInString(t.Domain); n < 1 || n > 280 || s.tenantOf(t.Domain) != nil {
			return fmt.Errorf("exclusivetest: tenant %q: a domain has 1 to 280 characters and is there once", t.Domain)
		}
		if len(t.Users) == 0 {
			return fmt.Errorf("exclusivetest: tenant %q has no user", t.Domain)
		}
		for _, u := range t.Users {
			reserved := slices.Contains([]string{"admin", "system", "administrator", "root"}, strings.ToLower(u.Username))
			if n := utf8.RuneCountInString(u.Username); n < 1 || n > 64 || reserved {
				return fmt.Errorf("exclusivetest: tenant %q: user name %q is not possible", t.Domain, u.Username)
			}
		}
		s.tenants = append(s.tenants, &tenant{
			id: s.newID(), domain: t.Domain, users: slices.Clone(t.Users), byID: map[string]*row{},
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

func (t *tenant) firstUser() *User { return &t.users[0] }

// add lists a new row.
func (t *tenant) add(n *row) {
	t.nextSeq++
	n.seq = t.nextSeq
	t.byID[n.id] = n
	t.rows = append(t.rows, n)
}

// remove forgets a row.
func (t *tenant) remove(n *row) {
	delete(t.byID, n.id)
	if i, ok := t.place(n); ok {
		t.rows = slices.Delete(t.rows, i, i+1)
	}
}

// place finds where a row is listed, or would be.
func (t *tenant) place(n *row) (int, bool) {
	return slices.BinarySearchFunc(t.rows, n.seq, func(other *row, seq int) int { return other.seq - seq })
}

// newID returns the next id: base64 of a decimal number, as PortSIP's are.
func (s *Server) newID() string {
	const first = 700551909773148160 // the documentation's own
	s.nextID++
	return base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(first + s.nextID<<22)))
}
