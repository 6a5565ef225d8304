// Package decode reads the JSON of a vendor's answer into the structs of its
// client.
//
// An answer that is as documented is read by encoding/json. If that fails, or if
// the answer is large or may nest without end, a second decoder reads it member by
// member. It is tolerant: a member of another JSON type than documented leaves its
// field zero, is reported as a [numbers.Drift], and hides nothing else. It is
// bounded: nesting, lists and memory have limits, the time is linear in the size,
// and the end of a context stops it.
package decode

import (
	"bytes"
	"context"
	"io"
	"reflect"
	"slices"

	"github.com/tnkit/tnkit/numbers"
)

// Limits bound the work for one answer.
type Limits struct {
	// Nesting is how many arrays and objects may be inside one another, Elements
	// how many elements one array may have, and Drifts how many drifts are
	// returned.
	Nesting, Elements, Drifts int
	// Salvage is for an answer that must be used if it can be: what is over a limit
	// is then a drift of its member and not an error of the answer.
	Salvage bool
}

// Default are limits that no documented answer comes near: the deepest one has 8
// arrays and objects inside one another, and the longest documented list 1,000
// elements.
func Default() Limits { return Limits{Nesting: 64, Elements: 100_000, Drifts: 100} }

// Form says how a type that a vendor writes in several forms is read from a text,
// which begins with the value and may continue behind it: into what into points
// to, which must not be the value itself. done, if not nil, is called afterwards.
type Form func(text []byte) (into any, done func())

// Forms returns the form of the value that target points to; nil if it has only
// one. The type's own UnmarshalJSON is then used, if there is one.
type Forms func(target any) Form

// Loose reads what can be read of a text that nobody depends on: an error body. A member
// that is not as documented, or over a limit, is left out. It reports whether the text is
// JSON and of the type that into points to.
func Loose(data []byte, into any, forms Forms) bool {
	limits := Limits{Nesting: 64, Elements: 1000, Drifts: 1000, Salvage: true}
	drifts, err := Into(context.Background(), data, into, forms, limits)
	return err == nil && !slices.ContainsFunc(drifts, func(d numbers.Drift) bool { return d.Path == "" })
}

const (
	// plenty is what any answer may take in memory.
	plenty = 8 << 20
	// quick is the largest text that is read without looking at the context.
	quick = 1 << 20
	// growth is how much more memory than their size values take while they are
	// read: lists grow, and the collector comes late.
	growth = 4
)

// Into reads data into what into points to. It returns what was not as documented,
// at most once per place of the document, without vendor and operation.
//
// An error is a *SyntaxError, a *LimitError or that of a context that ended. A
// value that is not at all what into points to is no error but a Drift with the
// Path "".
func Into(ctx context.Context, data []byte, into any, forms Forms, limits Limits) ([]numbers.Drift, error) {
	target := reflect.ValueOf(into).Elem()
	p := planOf(target.Type())
	if isHarmless(data, p) {
		if fast(data, into) == nil {
			return nil, nil
		}
		target.SetZero() // what was read before the failure
	}
	return carefully(ctx, data, target, p, forms, limits)
}

// carefully reads by the tolerant decoder.
func carefully(ctx context.Context, data []byte, target reflect.Value, p *plan, forms Forms, limits Limits) ([]numbers.Drift, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	s := scan{data: data, lists: make([]int32, 0, bytes.Count(data, []byte{'['}))}
	if err := s.run(ctx, limits); err != nil {
		return nil, err
	}
	d := decoder{
		ctx: ctx, data: data, lists: s.lists, forms: forms, limits: limits,
		room: max(plenty/growth, 5*len(data)), seen: map[numbers.Drift]bool{},
	}
	d.value(target, p, false)
	return d.drifts, d.err
}

// isHarmless reports whether encoding/json can read a text in little time and
// memory, whatever is in it. The counts cost nothing beside reading.
func isHarmless(data []byte, p *plan) bool {
	if len(data) > quick || p.endless {
		return false
	}
	values := bytes.Count(data, []byte{'{'}) + bytes.Count(data, []byte{'['}) + bytes.Count(data, []byte{','})
	return int64(values)*int64(p.largest)*growth+int64(growth*len(data)) <= plenty
}

// Unmarshal is the UnmarshalJSON of a type that has a form.
func Unmarshal(data []byte, form Form) error {
	if data = bytes.TrimSpace(data); len(data) == 0 {
		return io.ErrUnexpectedEOF
	}
	into, done := form(data)
	if err := fast(data, into); err != nil {
		return err
	}
	if done != nil {
		done()
	}
	return nil
}

// List is a list of which null means something else than absence, for the structs of
// answers that no caller sees.
type List[T any] struct {
	Rows []T
	// Sent: the member is there, perhaps as null.
	Sent bool
}

// UnmarshalJSON reads a list or null.
func (l *List[T]) UnmarshalJSON(data []byte) error { return Unmarshal(data, l.shape) }

func (l *List[T]) shape([]byte) (into any, done func()) { //nolint:unparam // a Form
	*l = List[T]{Sent: true}
	return &l.Rows, nil
}

// WantError is what an UnmarshalJSON returns if a value is not what its type takes.
type WantError struct{ Want string }

func (e *WantError) Error() string { return "want " + e.Want }

// Only returns the name and the text of the one member of the object that text
// begins with. ok is false if there is not exactly one.
func Only(text []byte) (name string, value []byte, ok bool) {
	d := decoder{data: text}
	if d.peek() != '{' {
		return "", nil, false
	}
	members := 0
	d.object(func(key []byte) {
		name, value = string(key), d.peekRaw()
		members++
		d.skip()
	})
	return name, value, members == 1
}

// Has reports whether the object that text begins with has a member of this name.
func Has(text []byte, name string) bool {
	d := decoder{data: text}
	if d.peek() != '{' {
		return false
	}
	found := false
	d.object(func(key []byte) {
		found = found || string(key) == name
		d.skip()
	})
	return found
}
