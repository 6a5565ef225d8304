package fleet

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// Record is one row of the caller's books: a number that the company should have.
type Record struct {
	Number numbers.E164 `json:"number"`
	// Account is the account that should have the number; "" = any account of the fleet.
	Account string `json:"account,omitempty"`
	// Assignment is the expected assignment of the number. Fields that are "" are not
	// compared.
	Assignment numbers.Assignment `json:"assignment,omitzero"`
	// State is the expected state of the number. "" = any state, except that a number in
	// an order that has not settled is reported.
	State numbers.NumberState `json:"state,omitempty"`
}

// DifferenceKind is the kind of a difference between the books and the vendors.
type DifferenceKind string

// The kinds of differences. A number can have several differences.
const (
	// Missing: the account does not have the number. Its listing was complete, and
	// nothing shows that the number is in an order.
	Missing DifferenceKind = "missing"
	// Unknown: an account has the number, and the books do not.
	Unknown DifferenceKind = "unknown"
	// OtherAccount: the number is at another account than in the books.
	OtherAccount DifferenceKind = "other-account"
	// OtherState: the number has another state than in the books.
	OtherState DifferenceKind = "other-state"
	// OtherAssignment: the number has another assignment than in the books.
	OtherAssignment DifferenceKind = "other-assignment"
	// Unassigned: the number is paid for, but is not connected to anything.
	Unassigned DifferenceKind = "unassigned"
	// Expiring: the account loses the number soon, unless it is renewed.
	Expiring DifferenceKind = "expiring"
	// Locked: the vendor refuses to release the number.
	Locked DifferenceKind = "locked"
	// OnOrder: the number is in an order, but not in the inventory yet.
	OnOrder DifferenceKind = "on-order"
	// PossiblyOrphaned: the journal has an order for the number that the vendor does not
	// list. The number may have been paid for.
	PossiblyOrphaned DifferenceKind = "possibly-orphaned"
	// OwnedTwice: the number is owned twice, at two accounts or under two ids of one
	// account.
	OwnedTwice DifferenceKind = "owned-twice"
)

// Difference is one difference between the books and the vendors. It can be stored as
// JSON.
type Difference struct {
	Kind   DifferenceKind `json:"kind"`
	Number numbers.E164   `json:"number"`
	// Account is the account that has the number, or should have it; "" = any account.
	Account string `json:"account,omitempty"`
	// Other is the account that also has the number, if Kind is OwnedTwice.
	Other string `json:"other,omitempty"`
	// Want is the row of the books, or nil if the books do not have the number.
	Want *Record `json:"want,omitempty"`
	// Have is the number of the account, or nil if no account has the number.
	Have *numbers.Number `json:"have,omitempty"`
	// Order is the order that has not settled, if Kind is OnOrder and the vendor lists
	// it.
	Order *numbers.Order `json:"order,omitempty"`
	// Entry is the entry of the journal, if the difference comes from the journal.
	Entry *numbers.JournalEntry `json:"entry,omitempty"`
}

// ReconcileOptions are the options of Fleet.Reconcile. The zero value means the defaults.
type ReconcileOptions struct {
	// ExpiringWithin is the time before its expiry from which a number is Expiring,
	// unless the vendor renews it automatically; 0 = 30 days.
	ExpiringWithin time.Duration
	// ReadAhead is how many pages of each listing are read before they are needed, as
	// numbers.ReadAhead describes.
	ReadAhead int
}

// Reconcile compares the caller's books with the numbers of the accounts, and yields the
// differences. It only reads.
//
// Reconcile first reads the books to their end, because only then a number can be
// reported as Unknown. Then it reads up to 16 accounts at the same time: the orders that
// have not settled, and the inventory. It yields the differences of numbers that an
// account has as the rows arrive. It yields the differences of numbers that no account
// has at the end. If the books are sorted by number, these differences are in the order
// of the books. For them it also reads the journal.
//
// The books may be in any order. They need 16 bytes of memory for each number if they are
// sorted by number, and up to 54 bytes otherwise. Of the listings, only the numbers that
// the books do not have are kept in memory. So a million numbers fit into 64 MiB.
//
// A number is Missing only if the listings of its account were read to their end without
// an error. If the row of the books names no account, this must be true for all accounts.
// If an account fails, the sequence yields an *AccountError and continues. It then ends
// with ErrIncomplete, which wraps the *AccountError of each account that failed. The
// Differences before it are correct, but others may be missing. If the books can't be
// read, the sequence ends with that error, and no account is read. If a row of the books
// is not valid, the sequence yields ErrInvalid and ignores the row. A row is not valid if
// its number is not E.164 or is in the books twice, or if its account is not in the
// fleet.
func (f *Fleet) Reconcile(ctx context.Context, books iter.Seq2[Record, error], opts *ReconcileOptions) iter.Seq2[Difference, error] {
	const op = "Reconcile"
	if opts == nil {
		opts = &ReconcileOptions{}
	}
	var refused error
	switch {
	case ctx == nil:
		refused = f.invalid(op, "ctx", "it is nil")
	case books == nil:
		refused = f.invalid(op, "books", "the sequence is nil")
	case opts.ExpiringWithin < 0:
		refused = f.invalid(op, "ExpiringWithin", "it is negative")
	}
	return func(yield func(Difference, error) bool) {
		if refused != nil {
			yield(Difference{}, refused)
			return
		}
		r := &reconciling{
			f: f, ctx: ctx, opts: *opts, yield: yield, now: time.Now(), books: newBooks(),
			strangers: make(map[numbers.E164]int), onOrder: make(map[place]*numbers.Order), failed: make([]bool, len(f.accounts)),
		}
		if r.opts.ExpiringWithin == 0 {
			r.opts.ExpiringWithin = 30 * 24 * time.Hour
		}
		_ = r.readBooks(books) && r.readAccounts() && r.readAbsent() && r.finish()
	}
}

// reconciling is one running Reconcile. Its steps return false if the caller has ended
// the loop.
type reconciling struct {
	f     *Fleet
	ctx   context.Context // of one call
	opts  ReconcileOptions
	yield func(Difference, error) bool
	now   time.Time

	books     *books
	strangers map[numbers.E164]int     // numbers that the books do not have, with the account that has them
	onOrder   map[place]*numbers.Order // orders that have not settled, by their numbers
	failed    []bool                   // accounts whose listings are not complete
	errs      []error
}

// place is a number at an account.
type place struct {
	account int
	number  numbers.E164
}

// readBooks reads the books to their end.
func (r *reconciling) readBooks(rows iter.Seq2[Record, error]) bool {
	const op = "Reconcile"
	for row, err := range rows {
		if err != nil {
			r.yield(Difference{}, because(r.f.err(op, numbers.ErrIncomplete, "books", "the books can't be read, and no account was asked"), err))
			return false
		}
		var refused *numbers.Error
		var account int
		if _, err := numbers.ParseE164(string(row.Number)); err != nil {
			refused = because(r.f.invalid(op, "books", "a row has no valid number", row.Number), err)
		} else if account = r.f.index(row.Account); row.Account != "" && account < 0 {
			refused = r.f.invalid(op, "books", "a row names account "+quote(row.Account)+", which is not in the fleet", row.Number)
		} else if !r.books.add(row, account) {
			refused = r.f.invalid(op, "books", "the books have the number twice", row.Number)
		}
		if refused != nil && !r.yield(Difference{}, refused) {
			return false
		}
	}
	return true
}

// found is one row of a listing: a number, or an order that has not settled.
type found struct {
	number *numbers.Number
	order  *numbers.Order
}

// readAccounts compares the numbers of the accounts with the books.
func (r *reconciling) readAccounts() bool {
	m := newMerge(r.ctx, len(r.f.accounts), func(*found) time.Time { return time.Time{} })
	defer m.stop()
	for i, a := range r.f.accounts {
		m.start(i, func(ctx context.Context) iter.Seq2[*found, error] { return r.list(ctx, a) })
	}
	for {
		i, row, err := m.next()
		switch {
		case i < 0:
			return true
		case err != nil:
			err = failure(r.f.accounts[i], err)
			r.failed[i], r.errs = true, append(r.errs, err)
			if !r.yield(Difference{}, err) {
				return false
			}
		case row.order != nil:
			for _, item := range row.order.Items {
				if item.E164 != "" && !item.State.Terminal() {
					r.onOrder[place{i, item.E164}] = row.order
				}
			}
		case !r.has(i, row.number):
			return false
		}
	}
}

// list lists the orders of an account that have not settled, and then its numbers. So a
// number whose order settles between the two readings is in the inventory.
func (r *reconciling) list(ctx context.Context, a *account.Account) iter.Seq2[*found, error] {
	return func(yield func(*found, error) bool) {
		_ = r.listUnsettled(ctx, a, yield) && r.listOwned(ctx, a, yield)
	}
}

// listUnsettled lists the orders of an account that have not settled. Like listOwned, it
// returns false if nothing more must be listed.
func (r *reconciling) listUnsettled(ctx context.Context, a *account.Account, yield func(*found, error) bool) bool {
	if a.Capabilities().OrdersAreOwned {
		return true
	}
	q := numbers.OrderQuery{States: []numbers.State{numbers.StatePending, numbers.StateActionRequired}, ReadAhead: r.opts.ReadAhead}
	for o, err := range a.Orders(ctx, q) {
		if err == nil && !o.HasAllItems() {
			o, err = a.Order(ctx, o.ID)
		}
		if !yield(&found{order: o}, err) || err != nil {
			return false
		}
	}
	return true
}

func (r *reconciling) listOwned(ctx context.Context, a *account.Account, yield func(*found, error) bool) bool {
	for n, err := range a.Owned(ctx, numbers.OwnedQuery{ReadAhead: r.opts.ReadAhead}) {
		if err == nil && n == nil {
			err = errNilItem
		}
		if !yield(&found{number: n}, err) || err != nil {
			return false
		}
	}
	return true
}

// has compares a number of an account with the books.
func (r *reconciling) has(i int, n *numbers.Number) bool {
	if n.State == numbers.NumberReleased || n.E164 == "" {
		return true
	}
	a := r.f.accounts[i]
	d := Difference{Number: n.E164, Account: a.Name(), Have: n}
	want, at, known := r.books.see(n.E164, i)
	if known {
		d.Want = r.record(want)
	} else {
		at = -1
		if other, twice := r.strangers[n.E164]; twice {
			at = other
		}
		r.strangers[n.E164] = i
	}
	if at >= 0 {
		twice := d
		twice.Kind, twice.Other = OwnedTwice, r.f.accounts[at].Name()
		if !r.yield(twice, nil) {
			return false
		}
	}
	for _, kind := range r.kinds(a, n, d.Want) {
		d.Kind = kind
		if !r.yield(d, nil) {
			return false
		}
	}
	return true
}

// kinds returns the differences of a number of an account. want is nil if the books do
// not have the number.
func (r *reconciling) kinds(a *account.Account, n *numbers.Number, want *Record) (kinds []DifferenceKind) {
	add := func(is bool, kind DifferenceKind) {
		if is {
			kinds = append(kinds, kind)
		}
	}
	caps := a.Capabilities()
	pending := n.State == numbers.NumberPending
	add(want == nil, Unknown)
	if want != nil {
		add(want.Account != "" && want.Account != a.Name(), OtherAccount)
		add(pending && want.State != numbers.NumberPending, OnOrder)
		add(!pending && want.State != "" && want.State != n.State, OtherState)
		add(!n.Assignment.IsZero() && differs(want.Assignment, n.Assignment) || n.Assignment.IsZero() && !want.Assignment.IsZero(), OtherAssignment)
	}
	add(!pending && n.Assignment.IsZero() && caps.Billing == numbers.Buys && caps.Assigns|caps.AssignsOwned != 0, Unassigned)
	renews := n.AutoRenew != nil && *n.AutoRenew
	add(n.Expires != nil && !renews && n.Expires.Before(r.now.Add(r.opts.ExpiringWithin)), Expiring)
	add(n.Locked, Locked)
	return kinds
}

// differs reports whether have differs from want in a field that want sets.
func differs(want, have numbers.Assignment) bool {
	for _, f := range [][2]string{
		{want.Connection, have.Connection}, {want.Application, have.Application}, {want.MessagingProfile, have.MessagingProfile},
		{want.BillingGroup, have.BillingGroup}, {want.CallFlow, have.CallFlow}, {want.MessageFlow, have.MessageFlow},
	} {
		if f[0] != "" && f[0] != f[1] {
			return true
		}
	}
	return false
}

// record returns a row of the books as the caller passed it.
func (r *reconciling) record(row row) *Record {
	out := r.books.record(row)
	if i := row.account(); i >= 0 {
		out.Account = r.f.accounts[i].Name()
	}
	return &out
}

// finish yields the error at the end of the sequence.
func (r *reconciling) finish() bool {
	if len(r.errs) == 0 {
		return true
	}
	return r.yield(Difference{}, r.f.incomplete("Reconcile", len(r.f.accounts), r.errs))
}
