package telnyxtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// call is one request inside its operation. Its readers note the first thing that is wrong with the query;
// the operation must look at wrong before it changes anything.
type call struct {
	*Server
	r     *http.Request
	q     url.Values
	wrong *problem
}

// strict reports what Telnyx lets pass on every endpoint.
func (c *call) strict() {
	for key, values := range c.q {
		if len(values) > 1 && !strings.HasSuffix(key, "[]") {
			c.fake.Report("%s %s: the query key %q is given %d times; the vendor sees one", c.r.Method, c.r.URL.Path, key, len(values))
		}
	}
	if c.r.Header.Get("Idempotency-Key") != "" {
		c.fake.Report("%s %s: the vendor ignores Idempotency-Key here", c.r.Method, c.r.URL.Path)
	}
}

func (c *call) fail(p *problem) {
	if c.wrong == nil {
		c.wrong = p
	}
}

// body reads a JSON body. null is refused, except in members that are tagged as nullable.
func (c *call) body(v any) *problem {
	text, _ := io.ReadAll(c.r.Body)
	c.r.Body = io.NopCloser(bytes.NewReader(text))
	err := c.fake.DecodeStrict(c.r, v)
	if err == nil {
		if at, found := findNull(text, reflect.TypeOf(v)); found {
			return invalid(codeInvalidType, at, "The value must not be null.")
		}
		return nil
	}
	if bad, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field, _, _ := strings.Cut(bad.Field, ".") // deeper, the versions of encoding/json differ
		return invalid(codeInvalidType, "/"+field, "The value has the wrong type: %s.", bad.Value)
	}
	return refuse(http.StatusBadRequest, codeInvalidJSON, "The request body is not valid JSON.")
}

// findNull finds a null that the description of a body does not allow, and returns the JSON pointer to it.
func findNull(text []byte, t reflect.Type) (pointer string, found bool) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if bytes.Equal(bytes.TrimSpace(text), []byte("null")) {
		return "", true
	}
	switch t.Kind() {
	case reflect.Slice:
		var rows []json.RawMessage
		_ = json.Unmarshal(text, &rows)
		for i, row := range rows {
			if at, found := findNull(row, t.Elem()); found {
				return fmt.Sprintf("/%d%s", i, at), true
			}
		}
	case reflect.Struct:
		var object map[string]json.RawMessage
		_ = json.Unmarshal(text, &object)
		for _, f := range reflect.VisibleFields(t) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			value, ok := object[name]
			if !ok || f.Tag.Get("null") == "allowed" {
				continue
			}
			if at, found := findNull(value, f.Type); found {
				return "/" + name + at, true
			}
		}
	default:
	}
	return "", false
}

// noBody is for operations that take none.
func (c *call) noBody() {
	if b, _ := io.ReadAll(c.r.Body); len(b) > 0 {
		c.fake.Report("%s %s: the vendor ignores the body here", c.r.Method, c.r.URL.Path)
	}
}

// text returns a query parameter. Without the parameter ok is false.
func (c *call) text(key string) (value string, ok bool) {
	values := c.q[key]
	if len(values) == 0 {
		return "", false
	}
	return values[len(values)-1], true
}

// enum returns a query parameter that must be one of a few words.
func (c *call) enum(key string, words ...string) (value string, ok bool) {
	value, ok = c.text(key)
	if ok && !slices.Contains(words, value) {
		c.fail(refuse(http.StatusBadRequest, codeInvalidEnum, "%q is not one of %s.", value, strings.Join(words, ", ")).in(key))
	}
	return value, ok
}

// boolean returns a query parameter that must be true or false.
func (c *call) boolean(key string) (value, ok bool) {
	text, ok := c.text(key)
	if ok && text != "true" && text != "false" {
		c.fail(refuse(http.StatusBadRequest, codeInvalidType, "%q is not a boolean.", text).in(key))
	}
	return text == "true", ok
}

// integer returns a query parameter that must be a whole number within bounds.
func (c *call) integer(key string, low, high int) (value int, ok bool) {
	text, ok := c.text(key)
	if !ok {
		return 0, false
	}
	value, err := strconv.Atoi(text)
	switch {
	case err != nil:
		c.fail(refuse(http.StatusBadRequest, codeInvalidType, "%q is not an integer.", text).in(key))
	case value < low || value > high:
		c.fail(refuse(http.StatusBadRequest, codeOutOfRange, "%d is not between %d and %d.", value, low, high).in(key))
	}
	return value, true
}

// uuid returns a query parameter that must be a UUID.
func (c *call) uuid(key string) (value string, ok bool) {
	value, ok = c.text(key)
	if ok && !uuid.MatchString(value) {
		c.fail(refuse(http.StatusBadRequest, codeInvalidType, "%q is not a UUID.", value).in(key))
	}
	return value, ok
}

var uuid = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// moment returns a query parameter that must be a time.
func (c *call) moment(key string) (value time.Time, ok bool) {
	text, ok := c.text(key)
	if !ok {
		return time.Time{}, false
	}
	value, err := time.Parse(time.RFC3339, text)
	if err != nil {
		c.fail(refuse(http.StatusBadRequest, codeBadRequest, "%q is not an ISO 8601 datetime.", text).in(key))
	}
	return value, true
}

// list returns an array parameter, sent as key[]=a&key[]=b or as key=a,b.
func (c *call) list(key string) (values []string, ok bool) {
	values = slices.Clone(c.q[key+"[]"])
	if one, given := c.text(key); given {
		values = append(values, strings.Split(one, ",")...)
	}
	return values, len(values) > 0
}

// is makes a test out of a text filter.
func (c *call) is(key string) func(string) bool {
	want, ok := c.text(key)
	return func(have string) bool { return !ok || have == want }
}

// filter is what a list request wants of a row. Only the filters that were given cost time.
type filter[T any] []func(T) bool

func (f *filter[T]) add(given bool, test func(T) bool) {
	if given {
		*f = append(*f, test)
	}
}

// text compares a text, letter for letter.
func (f *filter[T]) text(c *call, key string, of func(T) string) {
	want, ok := c.text(key)
	f.add(ok, func(row T) bool { return of(row) == want })
}

// part looks for a part of a text, in any case.
func (f *filter[T]) part(c *call, key string, of func(T) string) {
	want, ok := c.text(key)
	f.add(ok, func(row T) bool { return strings.Contains(strings.ToLower(of(row)), strings.ToLower(want)) })
}

// word compares a text that must be one of a few words.
func (f *filter[T]) word(c *call, key string, words []string, of func(T) string) {
	want, ok := c.enum(key, words...)
	f.add(ok, func(row T) bool { return of(row) == want })
}

// truth compares a boolean.
func (f *filter[T]) truth(c *call, key string, of func(T) bool) {
	want, ok := c.boolean(key)
	f.add(ok, func(row T) bool { return of(row) == want })
}

// between reads the bounds of a time; the API knows gt and lt only.
func (f *filter[T]) between(c *call, key string, of func(T) time.Time) {
	after, hasAfter := c.moment(key + "[gt]")
	before, hasBefore := c.moment(key + "[lt]")
	f.add(hasAfter, func(row T) bool { return of(row).After(after) })
	f.add(hasBefore, func(row T) bool { return of(row).Before(before) })
}

func (f filter[T]) keep(row T) bool {
	for _, test := range f {
		if !test(row) {
			return false
		}
	}
	return true
}

// inOrder sorts rows by fields, each with "-" before it for the other direction, so that take returns them in this
// order. Without fields they stay as they are. It refuses other fields.
func inOrder[T any](c *call, rows []T, by []string, fields map[string]func(a, b T) int) []T {
	rows = slices.Clone(rows)
	for _, key := range slices.Backward(by) {
		name, down := strings.CutPrefix(key, "-")
		compare := fields[name]
		switch {
		case key == "":
		case compare == nil:
			c.fail(refuse(http.StatusBadRequest, codeInvalidSort, "%q is no field to sort by.", key).in("sort"))
		case down:
			slices.SortStableFunc(rows, compare)
		default:
			slices.SortStableFunc(rows, func(a, b T) int { return compare(b, a) })
		}
	}
	return rows
}

// take returns the rows of a page, from the newest row to the oldest.
func take[T any](rows []T, w window, f filter[T]) ([]T, meta) {
	m := meta{PageNumber: w.number, PageSize: w.size, TotalResults: len(rows)}
	items := []T{}
	first := min(w.number-1, len(rows)) * w.size // no overflow
	if len(f) == 0 {
		for i := len(rows) - 1 - first; i >= 0 && len(items) < w.size; i-- {
			items = append(items, rows[i])
		}
	} else {
		m.TotalResults = 0
		for _, row := range slices.Backward(rows) {
			if !f.keep(row) {
				continue
			}
			if m.TotalResults >= first && len(items) < w.size {
				items = append(items, row)
			}
			m.TotalResults++
		}
	}
	m.TotalPages = (m.TotalResults + w.size - 1) / w.size
	return items, m
}

const (
	defaultPageSize = 20
	maxPageSize     = 250
)

// meta is the end of a list.
type meta struct {
	PageNumber   int `json:"page_number"`
	PageSize     int `json:"page_size"`
	TotalPages   int `json:"total_pages"`
	TotalResults int `json:"total_results"`
}

// listing is the envelope of a list.
type listing struct {
	Data any  `json:"data"`
	Meta meta `json:"meta"`
}

// pageKeys are the query keys of lists with pages.
var pageKeys = []string{"page[number]", "page[size]"}

// window is the page that a list request asks for.
type window struct{ number, size int }

// page reads page[number] and page[size].
func (c *call) page() window { return c.pageNamed("page[number]", "page[size]") }

func (c *call) pageNamed(numberKey, sizeKey string) window {
	w := window{1, defaultPageSize}
	for _, p := range []struct {
		key     string
		pointer string
		high    int
		into    *int
	}{{numberKey, "page/number", math.MaxInt32, &w.number}, {sizeKey, "page/size", maxPageSize, &w.size}} {
		before := c.wrong
		if n, ok := c.integer(p.key, 1, p.high); ok {
			*p.into = n
		}
		if before == nil && c.wrong != nil { // the catch-all for pages, with a pointer that is no JSON pointer
			c.wrong = refuse(http.StatusBadRequest, codeBadRequest, "Invalid page: %s", c.wrong.Errors[0].Detail).at(p.pointer)
		}
	}
	return w
}

// each turns rows into what the wire shows of them.
func each[T, W any](rows []T, show func(T) W) []W {
	out := make([]W, 0, len(rows))
	for _, row := range rows {
		out = append(out, show(row))
	}
	return out
}

// stamp writes a time as Telnyx's number services do.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }
