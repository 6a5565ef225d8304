package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
)

// tour does the same at every vendor, through account.Account alone, and prints
// a row for each.
func tour(ctx context.Context, vendors []vendor, opts options, out io.Writer) error {
	known := opts.buyVendor == ""
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "VENDOR\tQUOTE\tORDER\tLISTED\tREAD BACK\tRELEASE")
	var failed error
	for _, v := range vendors {
		known = known || v.name == opts.buyVendor
		row, err := visit(ctx, v, opts)
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", v.name, err))
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", v.name, row.quote, row.order, row.listed, row.read, row.release)
	}
	if !known {
		failed = errors.Join(failed, fmt.Errorf("-buy: there are no credentials for %q", opts.buyVendor))
	}
	return errors.Join(failed, table.Flush())
}

// row is what is printed of one vendor.
type row struct{ quote, order, listed, read, release string }

func visit(ctx context.Context, v vendor, opts options) (row, error) {
	r := row{quote: "-", order: "-", listed: "-", read: "-", release: "-"}
	number, buy := opts.number, !v.real
	if v.real && v.name == opts.buyVendor {
		number, buy = opts.buyNumber, true
	}
	if buy {
		var err error
		if r.quote, err = quote(ctx, v.account, number); err != nil {
			return r, err
		}
		purchase, err := v.account.Buy(ctx, numbers.OrderRequest{Numbers: []numbers.E164{number}}, nil)
		if err != nil {
			return r, err
		}
		r.order = "bought"
		if v.account.Capabilities().Billing == numbers.Registers {
			r.order = "registered"
		}
		if err := readBack(ctx, v.account, purchase.Orders[0].ID, &r); err != nil {
			return r, err
		}
	} else {
		r.quote, r.order = "read only", "read only"
	}
	latest, err := list(ctx, v.account, &r)
	if err != nil {
		return r, err
	}
	if !buy && latest != "" {
		if err := readBack(ctx, v.account, latest, &r); err != nil {
			return r, err
		}
	}
	if v.real {
		r.release = "read only"
		return r, nil
	}
	r.release, err = release(ctx, v.account, number)
	return r, err
}

func quote(ctx context.Context, a *account.Account, n numbers.E164) (string, error) {
	q, err := a.Quote(ctx, numbers.OrderRequest{Numbers: []numbers.E164{n}})
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return "vendor can't", nil
	case err != nil:
		return "-", err
	}
	return q.Price.String(), nil
}

func readBack(ctx context.Context, a *account.Account, id string, r *row) error {
	order, err := a.Order(ctx, id)
	if err != nil {
		return err
	}
	r.read = string(order.State)
	if order.VendorState != "" {
		r.read += " (" + order.VendorState + ")"
	}
	return nil
}

// list counts the orders, and returns the id of the first.
func list(ctx context.Context, a *account.Account, r *row) (id string, err error) {
	const most = 1000 // enough for a first look at a real account
	count := 0
	for order, err := range a.Orders(ctx, numbers.OrderQuery{}) {
		if err != nil {
			return "", err
		}
		if count++; count == 1 {
			id = order.ID
		}
		if count == most {
			r.listed = fmt.Sprintf("%d or more", most)
			return id, nil
		}
	}
	r.listed = fmt.Sprint(count)
	return id, nil
}

func release(ctx context.Context, a *account.Account, n numbers.E164) (string, error) {
	own, err := a.Find(ctx, n)
	if err == nil {
		err = a.Release(ctx, own)
	}
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		return "vendor can't", nil
	case err != nil:
		return "-", err
	}
	return "released", nil
}
