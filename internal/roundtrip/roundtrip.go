// Package roundtrip holds the vendors' structs to their word that nothing is lost between decode and encode.
//
// [Check] sends a payload through a struct and back, and compares. [Leaves] goes further: it changes each leaf of the
// payload in turn and looks for just this change at the other end, so that a field can't pass because the fixture happens
// to hold a value that survives. Numbers and strings are compared to the letter; null equals absent; the order of an
// object's keys does not matter. The payload's fields must all be known to the struct.
package roundtrip

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// redacted is what a wire.Secret is written as.
const redacted = "[redacted]"

// Option tells Check and Leaves about paths. A path is the keys from the top, joined by dots, an array's elements by their
// index: "payload.items.0.nrc". In an option * stands for any one key, and ** for any number of keys.
type Option func(*config)

type config struct {
	secrets, kept   []string
	exempt, notNull []exemption
	sent            bool
}

type exemption struct{ path, reason string }

// Secrets names the strings that must come out as "[redacted]".
func Secrets(paths ...string) Option {
	return func(c *config) { c.secrets = append(c.secrets, paths...) }
}

// NotNull names members that the vendor's server never writes as null: Leaves does not try it there. Below them it still
// does. The reason must say why there is never a null.
func NotNull(reason string, paths ...string) Option {
	return func(c *config) {
		for _, p := range paths {
			c.notNull = append(c.notNull, exemption{p, reason})
		}
	}
}

// NullKept names members whose null must come out as null, since the vendor's server writes it in every row, or since a
// null in a request means something. A path that the payload does not have is a failure of Leaves, since nothing would be
// tried. It wins over NotNull and Sent.
func NullKept(paths ...string) Option {
	return func(c *config) { c.kept = append(c.kept, paths...) }
}

// Sent says that the payload is a request, which no vendor's server writes: Leaves tries null only where NullKept names it.
func Sent() Option {
	return func(c *config) { c.sent = true }
}

// Exempt leaves out a path and everything below it. The reason must say why a loss there is right.
func Exempt(path, reason string) Option {
	return func(c *config) { c.exempt = append(c.exempt, exemption{path, reason}) }
}

// Check decodes data into what into returns, a pointer to a new value, encodes that, and reports each difference. A field
// that the value does not know is a difference.
func Check(tb testing.TB, data []byte, into func() any, opts ...Option) {
	tb.Helper()
	c := configure(tb, opts)
	for _, f := range c.check(data, into) {
		tb.Error(f)
	}
}

// Leaves runs Check, and then once more for each change to each leaf of data: a string becomes another one and "", a
// number another one and 0, a bool its opposite, a filled array an empty one, an empty array or object null. A change keeps
// the JSON type and, where the value takes no other, the kind of text: a time becomes another time, with trailing zeros.
// Each member of an object, with all that is below it, also becomes null, which must come out as null or not at all.
func Leaves(tb testing.TB, data []byte, into func() any, opts ...Option) {
	tb.Helper()
	c := configure(tb, opts)
	found := c.check(data, into)
	if len(found) == 0 {
		found = c.leaves(data, into)
	}
	for _, f := range found {
		tb.Error(f)
	}
}

func configure(tb testing.TB, opts []Option) *config {
	tb.Helper()
	c := new(config)
	for _, o := range opts {
		o(c)
	}
	for _, e := range slices.Concat(c.exempt, c.notNull) {
		if strings.TrimSpace(e.reason) == "" {
			tb.Fatalf("roundtrip: the exemption of %q gives no reason", e.path)
		}
	}
	return c
}

// check returns what differs after a round trip of data.
func (c *config) check(data []byte, into func() any) []string {
	want, err := parse(data)
	if err != nil {
		return []string{fmt.Sprintf("the payload itself is not JSON: %v", err)}
	}
	got, err := through(data, into)
	if err != nil {
		return []string{err.Error()}
	}
	return c.compare(want, got)
}

// leaves returns what differs after each change to data.
func (c *config) leaves(data []byte, into func() any) []string {
	root, err := parse(data)
	if err != nil {
		return []string{err.Error()}
	}
	var found []string
	untried := slices.Clone(c.kept)
	setRoot := func(v any) { root = v }
	visit(root, nil, false, setRoot, func(path []string, original any, member bool, set func(any)) {
		if c.isExempt(path) {
			return
		}
		defer set(original)
		changes := changesOf(original)
		if c.triesNull(path, member) {
			changes = append(changes, change{nil})
			untried = slices.DeleteFunc(untried, func(p string) bool { return match(split(p), path) })
		}
		for _, alternatives := range changes {
			tried, differences := c.try(&root, set, alternatives, into)
			for _, d := range differences {
				found = append(found, fmt.Sprintf("%s changed from %s to %s: %s",
					name(path), show(original), show(tried), d))
			}
		}
	})
	for _, pattern := range untried {
		found = append(found, fmt.Sprintf("%s: null must be kept, but it is not in the payload", pattern))
	}
	return found
}

// triesNull reports whether a value is also tried as null.
func (c *config) triesNull(path []string, member bool) bool {
	switch {
	case matchAny(c.kept, path):
		return true
	case c.sent || !member:
		return false
	}
	return !slices.ContainsFunc(c.notNull, func(e exemption) bool { return match(split(e.path), path) })
}

// try puts the first of the alternatives that the value takes into the tree, and returns it with what differs then.
func (c *config) try(root *any, set func(any), alternatives change, into func() any) (tried any, differences []string) {
	for _, v := range alternatives {
		set(v)
		data, err := json.Marshal(*root)
		if err != nil {
			return v, []string{err.Error()}
		}
		got, err := through(data, into)
		if err == nil {
			return v, c.compare(*root, got)
		}
		tried, differences = v, []string{err.Error()}
		if _, refused := errors.AsType[*decodeError](err); !refused {
			break
		}
	}
	return tried, differences
}

type decodeError struct{ err error }

func (e *decodeError) Error() string { return "decode: " + e.err.Error() }
func (e *decodeError) Unwrap() error { return e.err }

// through decodes data strictly, encodes the result, and returns that as a tree.
func through(data []byte, into func() any) (any, error) {
	v := into()
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return nil, &decodeError{err}
	}
	out, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode: %w", err)
	}
	return parse(out)
}

func parse(data []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.UseNumber()
	var v any
	if err := dec.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, errors.New("more than one JSON value")
	}
	return v, nil
}
