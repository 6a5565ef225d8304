// Package book keeps the entries of a journal in memory and finds them by
// indices. The journal in memory and the one in a file share it.
package book

import (
	"slices"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Book has the entries of a journal. The zero value is empty and ready. Its owner must
// lock it. Its results stay valid without the lock.
type Book struct {
	begun int // how many entries were ever added

	ids map[string]*node
	// These indices have the entries that can forbid an attempt.
	references map[reference]list
	holders    map[claim]list
	// These indices have the keys of queries.
	all       list
	open      list
	scopes    map[string]list
	accounts  map[string]list
	purchases map[string]list
	numbers   map[numbers.E164]list
	orders    map[string]list // by folded order id

	// forgotten has the credits of removed entries.
	forgotten map[credit]struct{}
}

type (
	reference struct{ scope, reference string }
	claim     struct {
		account string
		number  numbers.E164
	}
	credit struct{ account, order string }
)

// node is an entry in the indices. The entry is replaced, never changed, so that a
// selection keeps what it selected.
type node struct {
	seq   int
	entry *numbers.JournalEntry
}

// InTheWay returns the entries that forbid a to begin, oldest first, and whether a has
// begun before. If it returns neither, a can be put into the book. If the attempt has no
// id, the error is ErrInvalid.
func (b *Book) InTheWay(a numbers.Attempt) (entries []numbers.JournalEntry, begun bool, err error) {
	if a.ID == "" {
		return nil, false, NoID(a)
	}
	var found list
	if own := b.ids[a.ID]; own != nil {
		if !own.entry.InTheWay(a) {
			return nil, true, nil
		}
		found = list{own}
	} else {
		// Candidates are collected first, so that an entry that holds many of the numbers
		// is compared only once.
		for _, n := range b.references[reference{a.ReferenceScope(), a.Reference}] {
			found = insert(found, n)
		}
		for _, number := range a.Numbers {
			for _, n := range b.holders[claim{a.Account, number}] {
				found = insert(found, n)
			}
		}
	}
	for _, n := range found {
		if n.entry.InTheWay(a) {
			entries = append(entries, clone(*n.entry))
		}
	}
	return entries, false, nil
}

// Ending returns the entry with e's id as it will be after end. The error is ErrNotFound
// if the book does not have the entry, and ErrConflict if end is refused.
func (b *Book) Ending(e numbers.JournalEntry, end numbers.JournalEnd) (numbers.JournalEntry, error) {
	n := b.ids[e.ID]
	if n == nil {
		return e, NotFound(e)
	}
	known := *n.entry
	ended, err := Ending(known, e, end)
	if err != nil || end.OrderID == "" {
		return ended, err
	}
	order := Fold(end.OrderID)
	for _, other := range b.orders[order] {
		if other != n && other.entry.Account == known.Account {
			return e, Credited(known, end.OrderID, other.entry.ID)
		}
	}
	if _, forgotten := b.forgotten[credit{known.Account, order}]; forgotten {
		return e, Credited(known, end.OrderID, "that was forgotten")
	}
	return ended, nil
}

// Entry returns the entry with this id.
func (b *Book) Entry(id string) (entry numbers.JournalEntry, found bool) {
	n := b.ids[id]
	if n == nil {
		return entry, false
	}
	return clone(*n.entry), true
}

// Put adds an entry, or replaces the one with its id. The two may differ only as the
// result of Ending does. The book keeps a copy.
func (b *Book) Put(e numbers.JournalEntry) {
	if b.ids == nil {
		b.make()
	}
	e = clone(e)
	n := b.ids[e.ID]
	if n == nil {
		n = &node{seq: b.begun, entry: &e}
		b.begun++
		b.ids[e.ID] = n
		b.fixed(n, insert)
	} else {
		b.changing(n, remove)
		n.entry = &e
	}
	b.changing(n, insert)
}

func (b *Book) make() {
	b.ids = make(map[string]*node)
	b.references, b.holders = make(map[reference]list), make(map[claim]list)
	b.scopes, b.accounts, b.purchases = make(map[string]list), make(map[string]list), make(map[string]list)
	b.numbers, b.orders = make(map[numbers.E164]list), make(map[string]list)
	b.forgotten = make(map[credit]struct{})
}

// fixed inserts a node into, or removes it from, the indices of fields that never change.
func (b *Book) fixed(n *node, change change) {
	e := n.entry
	b.all = change(b.all, n)
	at(b.scopes, e.ReferenceScope(), n, change)
	at(b.accounts, e.Account, n, change)
	at(b.purchases, e.Purchase, n, change)
	for _, number := range e.Numbers {
		at(b.numbers, number, n, change)
	}
}

// changing does the same for the indices of fields that an End changes.
func (b *Book) changing(n *node, change change) {
	e := n.entry
	if e.Reference != "" && !e.Free() {
		at(b.references, reference{e.ReferenceScope(), e.Reference}, n, change)
	}
	for _, number := range mayHold(e) {
		at(b.holders, claim{e.Account, number}, n, change)
	}
	if e.Open() {
		b.open = change(b.open, n)
	}
	if e.End.OrderID != "" {
		at(b.orders, Fold(e.End.OrderID), n, change)
	}
}

// mayHold returns the numbers that e may hold at any time.
func mayHold(e *numbers.JournalEntry) []numbers.E164 {
	switch e.End.Status {
	case "", numbers.EntryOrphaned:
		return e.Numbers
	case numbers.EntryUnknown, numbers.EntryPlaced:
		return e.End.Held
	default:
	}
	return nil
}

// Prune removes the entries that are not open, started before this time, and held no
// number at this time. It keeps their credits. It returns how many entries it removed.
func (b *Book) Prune(before time.Time) int {
	forget := make(map[*node]bool)
	for _, n := range b.all {
		if !n.entry.Started.Before(before) {
			break
		}
		if !n.entry.Open() && !slices.ContainsFunc(n.entry.End.Held, func(number numbers.E164) bool { return n.entry.Holds(number, before) }) {
			forget[n] = true
		}
	}
	if len(forget) == 0 {
		return 0
	}
	for n := range forget {
		b.changing(n, remove)
		if e := n.entry; e.End.OrderID != "" {
			b.forgotten[credit{e.Account, Fold(e.End.OrderID)}] = struct{}{}
		}
		delete(b.ids, n.entry.ID)
	}
	gone := func(n *node) bool { return forget[n] }
	b.all = slices.DeleteFunc(b.all, gone)
	dropFrom(b.scopes, gone)
	dropFrom(b.accounts, gone)
	dropFrom(b.purchases, gone)
	dropFrom(b.numbers, gone)
	return len(forget)
}

// clone returns a copy that shares nothing with e. Its times have no monotonic
// reading, as if they had been read from a file.
func clone(e numbers.JournalEntry) numbers.JournalEntry {
	e.Numbers, e.Before, e.End.Held = slices.Clone(e.Numbers), slices.Clone(e.Before), slices.Clone(e.End.Held)
	for _, t := range []*time.Time{&e.Started, &e.SendBy, &e.Deadline, &e.Ended, &e.End.HeldUntil, &e.End.Time} {
		*t = t.Round(0)
	}
	return e
}
