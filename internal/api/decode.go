package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/internal/page"
	"github.com/tnkit/tnkit/numbers"
)

// decode decodes the result of a 2xx answer. A member that is not as documented is a
// drift. Drifts are reported and are not errors, unless the result is useless without the
// member (Check) or Strict is set.
//
// The answer to a Buy is read to its end, even if the context has ended: it may
// have the id of what was bought.
func (x *exchange) decode(ctx context.Context, a *Answer) error {
	if x.call.Into == nil {
		return nil
	}
	result := bytes.TrimSpace(a.result)
	switch {
	case len(result) == 0:
		return x.unreadable(a, errors.New("it is empty"))
	case string(result) == "null":
		return x.unreadable(a, errors.New("it is null")) // null would decode into a zero value
	}
	limits, until := decode.Default(), ctx
	if x.call.Class == Buy {
		limits.Salvage, until = true, context.WithoutCancel(ctx)
	}
	drifts, err := decode.Into(until, result, x.call.Into, x.c.Forms, limits)
	if err != nil {
		return x.unreadable(a, err)
	}
	if err := x.drifted(ctx, drifts); err != nil {
		return x.unreadable(a, err)
	}
	if x.call.Check != nil {
		if reason := x.call.Check(); reason != "" {
			return x.unreadable(a, errors.New(reason))
		}
	}
	return nil
}

// unreadable returns the error of a success without a usable result. For a Buy, it is an
// unknown outcome.
func (x *exchange) unreadable(a *Answer, err error) error {
	e := x.error(numbers.ErrVendor)
	e.Status = a.Status
	e.RequestID = x.c.requestID(a.Header)
	e.Err = x.c.seal(fmt.Errorf("the answer is not usable: %w", err))
	x.unknown(e)
	return e
}

// drifted reports drifts. It returns an error if the whole result is not as documented,
// or if drifts are errors.
func (x *exchange) drifted(ctx context.Context, drifts []numbers.Drift) error {
	var failed error
	for _, d := range drifts {
		d.Vendor, d.Op = x.c.Vendor, x.call.Op
		x.c.report(ctx, d)
		if failed == nil && (d.Path == "" || x.c.strict || x.call.Strict) {
			failed = errors.New(describe(d))
		}
	}
	return failed
}

func describe(d numbers.Drift) string {
	where := d.Path
	if where == "" {
		where = "the result"
	}
	return fmt.Sprintf("%s is of the wrong JSON type: want %s, got %s", where, d.Want, d.Got)
}

// report passes a drift to OnDrift, and to the logger if it is new.
func (c *Client) report(ctx context.Context, d numbers.Drift) {
	if c.onDrift != nil {
		c.hook(ctx, "OnDrift", func() { c.onDrift(ctx, d) })
	}
	if c.log == nil || !c.log.Enabled(ctx, slog.LevelWarn) {
		return
	}
	if _, known := c.warned.LoadOrStore([2]string{d.Op, d.Path}, true); known {
		return
	}
	c.log.LogAttrs(ctx, slog.LevelWarn, "the vendor's answer is not as documented",
		slog.String("vendor", d.Vendor), slog.String("op", d.Op), slog.String("path", d.Path),
		slog.String("want", d.Want), slog.String("got", d.Got))
}

// Rows returns the rows of a list that are usable: check returns "" for them. If there
// are other rows, it also returns ErrIncomplete, from which [Lost] gets the details.
func Rows[T any](c *Client, call *Call, rows []T, check func(*T) string) ([]T, error) {
	var lost lostRows
	kept := 0
	for i := range rows {
		reason := check(&rows[i])
		if reason == "" {
			if kept < i {
				rows[kept] = rows[i]
			}
			kept++
			continue
		}
		if lost.Rows++; lost.Rows == 1 {
			lost.Reason = fmt.Sprintf("row %d: %s", i, reason)
		}
	}
	if lost.Rows == 0 {
		return rows, nil
	}
	clear(rows[kept:])
	return rows[:kept], &numbers.Error{
		Op: call.Op, Vendor: c.Vendor, Kind: numbers.ErrIncomplete, Message: "some rows of the answer were left out", Err: &lost,
	}
}

// lostRows is the error of an answer that was read without some of its rows.
type lostRows page.Lost

func (l *lostRows) Error() string { return fmt.Sprintf("%d unusable; %s", l.Rows, l.Reason) }

// Lost splits an error of an answer. If err is that of [Rows], it returns the rows that
// were left out, and rest is nil. Otherwise rest is err.
func Lost(err error) (lost page.Lost, rest error) {
	rows, ok := errors.AsType[*lostRows](err)
	if !ok {
		return page.Lost{}, err
	}
	return page.Lost{Rows: rows.Rows, Reason: "some rows of an answer were left out: " + rows.Error()}, nil
}
