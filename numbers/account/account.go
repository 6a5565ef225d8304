package account

import (
	"context"
	"iter"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Account is one account at one vendor, with the journal that says who ordered
// which number there. It is safe for concurrent use. Make one and keep it.
type Account struct {
	name string
	o    numbers.Orderer
	caps numbers.Capabilities
}

// Options are the options of [New]. The zero value means the defaults.
type Options struct {
	// Journal is the book of claims; nil = one in memory that ends with the Account.
	Journal numbers.Journal
	// AnswerWithin is how long an order waits for its answer after the time by which
	// it must have been sent; 0 = 60 s.
	AnswerWithin time.Duration
}

func New(name string, o numbers.Orderer, opts *Options) (*Account, error) { panic("skeleton") }

type BuyOptions struct {
	MaxUpfront, MaxMonthly *numbers.Money
	Concurrency            int
	NoWait                 bool
	Wait                   WaitOptions
	OnEvent                func(numbers.Event)
}
type BuyAnyOptions struct {
	BuyOptions
	Reference  string
	Assign     *numbers.Assignment
	Native     any
	MaxOrphans int
}
type WaitOptions struct {
	MinInterval, MaxInterval time.Duration
	OnPoll                   func(*numbers.Order)
}
type Purchase struct {
	Reference string
	Orders    []*numbers.Order
	Unknown   []numbers.Attempt
	Owned     []*numbers.Number
}
type PurchaseError struct {
	Vendor, Account string
	Errs            []error
}
type Plan struct {
	Known     []*numbers.Order
	Unknown   []numbers.Attempt
	Owned     []*numbers.Number
	Requests  []numbers.OrderRequest
	Quotation *numbers.Quotation
}
type Resolved struct {
	Attempt    numbers.Attempt
	Resolution numbers.Resolution
	Err        error
}

func (p *Purchase) Bought() []numbers.E164               { panic("skeleton") }
func (e *PurchaseError) Error() string                   { panic("skeleton") }
func (e *PurchaseError) Missing() map[numbers.E164]error { panic("skeleton") }
func (a *Account) Buy(ctx context.Context, r numbers.OrderRequest, opts *BuyOptions) (*Purchase, error) {
	panic("skeleton")
}
func (a *Account) BuyAny(ctx context.Context, q numbers.SearchQuery, n int, opts *BuyAnyOptions) (*Purchase, error) {
	panic("skeleton")
}
func (a *Account) Plan(ctx context.Context, r numbers.OrderRequest, opts *BuyOptions) (*Plan, error) {
	panic("skeleton")
}
func (a *Account) Lookup(ctx context.Context, reference string) (*Purchase, error) { panic("skeleton") }
func (a *Account) Wait(ctx context.Context, id string, opts *WaitOptions) (*numbers.Order, error) {
	panic("skeleton")
}
func (a *Account) Resolve(ctx context.Context, attempts ...numbers.Attempt) ([]Resolved, error) {
	panic("skeleton")
}
func (a *Account) Recover(ctx context.Context) ([]Resolved, error)              { panic("skeleton") }
func (a *Account) Order(ctx context.Context, id string) (*numbers.Order, error) { panic("skeleton") }
func (a *Account) Orders(ctx context.Context, q numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	panic("skeleton")
}
func (a *Account) Search(ctx context.Context, q numbers.SearchQuery) iter.Seq2[*numbers.Offer, error] {
	panic("skeleton")
}
func (a *Account) Quote(ctx context.Context, r numbers.OrderRequest) (*numbers.Quotation, error) {
	panic("skeleton")
}
func (a *Account) Reserve(ctx context.Context, r numbers.ReserveRequest) (*numbers.Reservation, error) {
	panic("skeleton")
}
func (a *Account) Cancel(ctx context.Context, o *numbers.Order) (*numbers.Order, error) {
	panic("skeleton")
}
func (a *Account) Owned(ctx context.Context, q numbers.OwnedQuery) iter.Seq2[*numbers.Number, error] {
	panic("skeleton")
}
func (a *Account) Find(ctx context.Context, n numbers.E164) (*numbers.Number, error) {
	panic("skeleton")
}
func (a *Account) Release(ctx context.Context, n *numbers.Number) error { panic("skeleton") }
func (a *Account) Assign(ctx context.Context, n *numbers.Number, to numbers.Assignment) (*numbers.Number, error) {
	panic("skeleton")
}
func (a *Account) Dismiss(ctx context.Context, id, reason string) error { panic("skeleton") }
func (a *Account) Notify(orderID string, list ...numbers.E164)          { panic("skeleton") }
func (a *Account) Capabilities() numbers.Capabilities                   { return a.caps }
func (a *Account) Name() string                                         { return a.name }
func (a *Account) Close() error                                         { panic("skeleton") }
