package telnyx

import (
	"context"
	"fmt"
	"reflect"

	"github.com/tnkit/tnkit/internal/api"
)

// MaxPageSize is the largest page[size] that Telnyx documents.
const MaxPageSize = 250

// Page is one page of a list, exactly as sent.
type Page[T any] struct {
	Data []T   `json:"data"`
	Meta *Meta `json:"meta,omitempty"`
	// Errors say what is missing from Data; only PhoneNumbers.List has them,
	// where ListPhoneNumbersRequest.HandleMessagingProfileError asks for it.
	Errors []ErrorItem `json:"errors,omitzero"`
}

// PageParams ask for one page of a list.
type PageParams struct {
	// Number counts from 1; 0 = not sent, which means 1.
	Number int `url:"number,omitempty"`
	// Size is 1 to 250; 0 = not sent, which means 20.
	Size int `url:"size,omitempty"`
}

func (p PageParams) check(op string) error {
	switch {
	case p.Number < 0:
		return api.Invalid(vendor, op, "Page.Number", "it is negative")
	case p.Size < 0 || p.Size > MaxPageSize:
		return api.Invalid(vendor, op, "Page.Size", "it must be from 1 to 250")
	}
	return nil
}

// enlarge asks for large pages where nothing else is asked for.
func (p *PageParams) enlarge() {
	if p.Size == 0 {
		p.Size = MaxPageSize
	}
}

// later asks for a page after the first one, where no page parameters are
// documented.
func (p *PageParams) later(number int) {
	if number > 1 {
		p.Number = number
	}
}

// one is the envelope of a single object.
type one[T any] struct {
	Data *T `json:"data"`
}

// get performs a call whose answer is an object in an envelope. check says why
// the object tells nothing, "" where it does.
func get[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*T, error) {
	var answer one[T]
	call.Into = &answer
	call.Check = func() string {
		if answer.Data == nil {
			return "it has no data"
		}
		return check(answer.Data)
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return answer.Data, nil
}

// list performs a call whose answer is a page. check says why a row tells
// nothing.
func list[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*Page[T], error) {
	return listOf(ctx, c, call, PageParams{}, check)
}

// listOf is list by page parameters, which are checked first. Of a page of a
// known size, room for all rows at once costs half of what rows cost that move
// each time there is none left.
func listOf[T any](ctx context.Context, c *api.Client, call *api.Call, page PageParams, check func(*T) string) (*Page[T], error) {
	if err := page.check(call.Op); err != nil {
		return nil, err
	}
	var answer Page[T]
	size := page.Size
	if size > 0 {
		answer.Data = make([]T, 1, size) // the one row stays if the answer has no data
	}
	call.Into = &answer
	call.Check = func() string {
		if size > 0 && len(answer.Data) == 1 && reflect.ValueOf(&answer.Data[0]).Elem().IsZero() {
			answer.Data = nil
		}
		return checkRows(answer.Data, check)
	}
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return &answer, nil
}

func checkRows[T any](rows []T, check func(*T) string) string {
	if rows == nil {
		return "it has no data"
	}
	for i := range rows {
		if reason := check(&rows[i]); reason != "" {
			return fmt.Sprintf("data[%d]: %s", i, reason)
		}
	}
	return ""
}

// bare performs a call whose answer is an object without an envelope.
func bare[T any](ctx context.Context, c *api.Client, call *api.Call, check func(*T) string) (*T, error) {
	answer := new(T)
	call.Into = answer
	call.Check = func() string { return check(answer) }
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return answer, nil
}

// pageOf is how a walk fetches a page: by the list method, with a request that
// differs in the page's number alone.
func pageOf[R, T any](from R, set func(r *R, number int), list func(context.Context, *R) (*Page[T], error)) func(context.Context, int) (*Page[T], error) {
	return func(ctx context.Context, number int) (*Page[T], error) {
		at := from
		set(&at, number)
		return list(ctx, &at)
	}
}

// orZero is r, or the zero request where r is nil.
func orZero[T any](r *T) *T {
	if r == nil {
		return new(T)
	}
	return r
}

// checkID returns why an object without an id is unusable, or "".
func checkID[ID ~string](id ID) string {
	if id == "" {
		return "the object has no id"
	}
	return ""
}
