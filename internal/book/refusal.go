package book

import "github.com/tnkit/tnkit/numbers"

// Ending returns a known entry as it is after end, which stores Ended and Status of e. If
// the entry does not accept end, the error is ErrConflict. Ending does not check whether
// another entry has the order.
func Ending(known, e numbers.JournalEntry, end numbers.JournalEnd) (numbers.JournalEntry, error) {
	if !known.Accepts(end) {
		return e, refused(known, numbers.ErrConflict, "the entry "+e.ID+" is "+describe(known.End)+" and can't become "+describe(end))
	}
	known.Ended, known.Status, known.End = e.Ended, e.Status, end
	return clone(known), nil
}

// NoID refuses an attempt without an id.
func NoID(a numbers.Attempt) error {
	return &numbers.Error{Op: "Journal.Begin", Vendor: a.Vendor, Account: a.Account, Kind: numbers.ErrInvalid, Field: "ID", Message: "the attempt must have an id"}
}

// NotFound refuses to end an entry that never began.
func NotFound(e numbers.JournalEntry) error {
	return refused(e, numbers.ErrNotFound, "the journal has no entry "+e.ID)
}

// Credited refuses to credit e with an order that another entry has.
func Credited(e numbers.JournalEntry, order, owner string) error {
	return refused(e, numbers.ErrConflict, "the order "+order+" belongs to the entry "+owner)
}

func refused(e numbers.JournalEntry, kind error, message string) error {
	return &numbers.Error{Op: "Journal.End", Vendor: e.Vendor, Account: e.Account, Kind: kind, Message: message}
}

func describe(end numbers.JournalEnd) string {
	switch {
	case end.Status == "":
		return "without an end"
	case end.OrderID != "":
		return string(end.Status) + " with the order " + end.OrderID
	}
	return string(end.Status)
}
