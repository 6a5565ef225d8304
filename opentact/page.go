package opentact

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/tnkit/tnkit/numbers/wire"
)

// Page is one page of a list, exactly as sent. OpenTact's sources show lists in
// three forms, and all are read: {take, skip, total, data}, the bare array of
// Data, and a single object, which is a list of one. A page is written in the
// form in which it was read.
type Page[T any] struct {
	// Take is how many rows were asked for, Skip how many stand before the
	// first one, Total how many there are in all. They are nil where the form
	// has none.
	Take  *int
	Skip  *int
	Total *int
	// Mode says how the filters of the search were joined: AND or OR.
	Mode *string
	// Order is the order of the rows, as {"created_on":"DESC"}.
	Order wire.Raw
	Data  []T

	form form
	date time.Time // when it was answered, by the vendor's clock; zero where not known
}

// form is how a page is written.
type form uint8

const (
	formPaged form = iota
	formArray
	formSingle
	formNull
)

// paged is the form of a search.
type paged[T any] struct {
	Take  *int     `json:"take,omitempty"`
	Skip  *int     `json:"skip,omitempty"`
	Mode  *string  `json:"mode,omitempty"`
	Order wire.Raw `json:"order,omitzero"`
	Total *int     `json:"total,omitempty"`
	Data  []T      `json:"data"`
}

// MarshalJSON writes the page in the form in which it was read.
func (p Page[T]) MarshalJSON() ([]byte, error) {
	switch {
	case p.form == formNull && len(p.Data) == 0:
		return []byte("null"), nil
	case p.form == formSingle && len(p.Data) == 1:
		return json.Marshal(p.Data[0])
	case p.form != formPaged:
		return json.Marshal(p.Data)
	}
	return json.Marshal(paged[T]{p.Take, p.Skip, p.Mode, p.Order, p.Total, p.Data})
}

// UnmarshalJSON reads a page in any of its forms; null is an empty list.
func (p *Page[T]) UnmarshalJSON(data []byte) error {
	*p = Page[T]{}
	switch {
	case string(data) == "null":
		p.form = formNull
		return nil
	case bytes.HasPrefix(data, []byte("[")):
		p.form = formArray
		return json.Unmarshal(data, &p.Data)
	}
	var keys struct {
		Data  json.RawMessage `json:"data"`
		Total *int            `json:"total"`
	}
	if err := json.Unmarshal(data, &keys); err != nil {
		return err
	}
	if keys.Data == nil {
		return p.single(data)
	}
	var body paged[T]
	if err := json.Unmarshal(data, &body); err != nil {
		return err
	}
	if body.Data == nil && (body.Total == nil || *body.Total > 0) {
		return errors.New("opentact: a page of a list has no data")
	}
	*p = Page[T]{Take: body.Take, Skip: body.Skip, Total: body.Total, Mode: body.Mode, Order: body.Order, Data: body.Data}
	return nil
}

// single reads a list that is one row.
func (p *Page[T]) single(data []byte) error {
	if isEmptyObject(data) {
		return errors.New("opentact: a list is neither rows nor a row")
	}
	p.Data = make([]T, 1)
	p.form = formSingle
	return json.Unmarshal(data, &p.Data[0])
}
