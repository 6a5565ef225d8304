package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// dismiss ends an entry as not placed by the decision of a person, who is asked.
func (p *program) dismiss(ctx context.Context, b *book, id string) error {
	e, err := b.entry(ctx, id)
	if err != nil {
		return err
	}
	p.print(e)
	if e.Open() { // else Dismiss says why not
		fmt.Fprintf(p.out, "\nDismissing it frees %s. If the vendor has sold a number of it, the number may be bought twice.\n", join(e.Numbers))
		if err := p.confirm(); err != nil {
			return err
		}
	}
	acct, err := account.New(e.Account, reader{vendor: e.Vendor}, &account.Options{Journal: b})
	if err != nil {
		return err
	}
	err = acct.Dismiss(ctx, e.ID, p.reason)
	if err = errors.Join(err, acct.Close()); err != nil { //nolint:contextcheck // Close takes none
		return err
	}
	fmt.Fprintf(p.out, "%s is dismissed.\n", e.ID)
	return nil
}

// confirm asks a person at a terminal. The answer must be yes.
func (p *program) confirm() error {
	if p.yes {
		return nil
	}
	if f, ok := p.in.(*os.File); ok {
		if info, err := f.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
			return fmt.Errorf("%w, because standard input is not a terminal: -yes dismisses without asking", errNotConfirmed)
		}
	}
	fmt.Fprint(p.out, "Dismiss it? Type yes: ")
	answer, err := bufio.NewReader(io.LimitReader(p.in, 100)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	if strings.TrimSpace(answer) != "yes" {
		fmt.Fprintln(p.out)
		return errNotConfirmed
	}
	return nil
}

// reader is an Orderer that orders nothing: Dismiss asks no vendor.
type reader struct{ vendor string }

func (r reader) Capabilities() numbers.Capabilities { return numbers.Capabilities{Vendor: r.vendor} }

func (r reader) Place(context.Context, numbers.OrderRequest) (*numbers.Order, error) {
	return nil, errors.ErrUnsupported
}

func (r reader) Order(context.Context, string) (*numbers.Order, error) {
	return nil, errors.ErrUnsupported
}

func (r reader) Orders(context.Context, numbers.OrderQuery) iter.Seq2[*numbers.Order, error] {
	return func(yield func(*numbers.Order, error) bool) { yield(nil, errors.ErrUnsupported) }
}
