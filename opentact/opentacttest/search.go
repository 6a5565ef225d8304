package opentacttest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// search is one request of the vendor's search framework, which orders and leases share: take and skip in the
// query or the body, and in the body mode, order, the limits of created_on and modified_on, and the row's own
// conditions.
type search[T any] struct {
	take, skip int64
	mode       *string
	order      json.RawMessage
	uncounted  bool   // the answer has no total
	key        string // says what is selected and how it is sorted
	holds      []func(T) bool
	sorts      []func(a, b T) int
}

// readSearch reads what all searches have in common; the caller adds its conditions and calls b.check.
func readSearch[T any](c *call, b *body, sorts map[string]func(a, b T) int, created, modified func(T) time.Time) *search[T] {
	q := c.query("take", "skip")
	s := &search[T]{take: 10}
	// The query goes before the body.
	s.take = b.queryNumber(q, "take", 1, 100, or(b.number("take", 1, 100), 10))
	s.skip = b.queryNumber(q, "skip", 0, 1<<53, or(b.number("skip", 0, 1<<53), 0))
	fields := map[string]json.RawMessage{}
	for k, v := range b.fields {
		if k != "take" && k != "skip" {
			fields[k] = v
		}
	}
	s.key = c.account.uuid + " " + string(encode(fields))
	if s.mode = b.text("mode", 0, 255); s.mode != nil && *s.mode != "AND" && *s.mode != "OR" {
		b.fail("mode", "should be one of the following; ['AND','OR']", encode(*s.mode))
	}
	s.readOrder(b, sorts)
	for field, of := range map[string]func(T) time.Time{"created_on": created, "modified_on": modified} {
		if from := instant(b, field+"_from"); from != nil {
			s.holds = append(s.holds, func(row T) bool { return !of(row).Before(*from) })
		}
		if to := instant(b, field+"_to"); to != nil {
			s.holds = append(s.holds, func(row T) bool { return !of(row).After(*to) })
		}
	}
	return s
}

// queryNumber reads an integer of the query; what is wrong with it is told together with the body.
func (b *body) queryNumber(q url.Values, key string, least, most, otherwise int64) int64 {
	if !q.Has(key) {
		return otherwise
	}
	n, err := strconv.ParseInt(q.Get(key), 10, 64)
	if err != nil || n < least || n > most {
		b.fail(key, fmt.Sprintf("invalid integer number, min %d, max %d", least, most), encode(q.Get(key)))
	}
	return n
}

func instant(b *body, key string) *time.Time {
	text := b.text(key, 1, 255)
	if text == nil {
		return nil
	}
	t, err := time.Parse(time.RFC3339, *text)
	if err != nil {
		b.fail(key, "invalid ISO 8601 datetime", encode(*text))
		return nil
	}
	return &t
}

// readOrder reads {"created_on":"DESC"}; several keys sort in their order.
func (s *search[T]) readOrder(b *body, sorts map[string]func(a, b T) int) {
	raw, ok := b.get("order")
	if !ok {
		return
	}
	s.order = raw
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		b.mistyped("order", "object", raw)
		return
	}
	for d.More() {
		key, _ := d.Token()
		value, _ := d.Token()
		name, _ := key.(string)
		by := sorts[name]
		switch {
		case by == nil:
			b.fail("order."+name, "unknown field", nil)
		case value == "ASC":
			s.sorts = append(s.sorts, by)
		case value == "DESC":
			s.sorts = append(s.sorts, func(x, y T) int { return by(y, x) })
		default:
			b.fail("order."+name, "should be one of the following; ['ASC','DESC']", nil)
			return
		}
	}
}

// where adds a condition.
func (s *search[T]) where(holds func(T) bool) { s.holds = append(s.holds, holds) }

func (s *search[T]) selects(row T) bool {
	if s.mode != nil && *s.mode == "OR" && len(s.holds) > 0 {
		return slices.ContainsFunc(s.holds, func(holds func(T) bool) bool { return holds(row) })
	}
	return !slices.ContainsFunc(s.holds, func(holds func(T) bool) bool { return !holds(row) })
}

// sorted selects and sorts; rows that no key tells apart keep the vendor's order.
func (s *search[T]) sorted(all []T, visible func(T) bool) []T {
	out := []T{}
	for _, row := range all {
		if visible(row) && s.selects(row) {
			out = append(out, row)
		}
	}
	if len(s.sorts) > 0 {
		slices.SortStableFunc(out, func(a, b T) int {
			for _, by := range s.sorts {
				if n := by(a, b); n != 0 {
					return n
				}
			}
			return 0
		})
	}
	return out
}

// window returns at most take rows, from the row at skip on.
func window[T any](rows []T, skip, take int64) []T {
	rest := rows[min(skip, int64(len(rows))):]
	return rest[:min(take, int64(len(rest)))]
}

// answer is the payload for one page of the rows selected.
func (s *search[T]) answer(c *call, rows []T, show func(T) []byte) json.RawMessage {
	page := window(rows, s.skip, s.take)
	if len(page) > 0 {
		if _, ok := c.fake.Take(numberstest.DuplicateListing, ""); ok {
			page = append(page[:len(page):len(page)], page[0])
		}
	}
	out := fake.Object{{Key: "take", Value: s.take}, {Key: "skip", Value: s.skip}}
	if s.mode != nil {
		out = append(out, fake.Member{Key: "mode", Value: *s.mode})
	}
	if s.order != nil {
		out = append(out, fake.Member{Key: "order", Value: s.order})
	}
	if !s.uncounted {
		out = append(out, fake.Member{Key: "total", Value: len(rows)})
	}
	head := encode(out)
	return append(append(append(head[:len(head)-1], `,"data":`...), array(page, show)...), '}')
}

// array joins rows that are encoded already.
func array[T any](rows []T, show func(T) []byte) json.RawMessage {
	var b bytes.Buffer
	b.WriteByte('[')
	for i, row := range rows {
		if i > 0 {
			b.WriteByte(',')
		}
		b.Write(show(row))
	}
	b.WriteByte(']')
	return b.Bytes()
}

func byTime[T any](of func(T) time.Time) func(a, b T) int {
	return func(a, b T) int { return of(a).Compare(of(b)) }
}

// mask matches a number with a mask: * is anything, % one digit.
func mask(pattern, digits string) bool {
	for {
		if pattern == "" {
			return digits == ""
		}
		switch pattern[0] {
		case '*':
			rest := strings.TrimLeft(pattern, "*")
			for i := 0; i <= len(digits); i++ {
				if mask(rest, digits[i:]) {
					return true
				}
			}
			return false
		case '%':
			if digits == "" {
				return false
			}
		default:
			if digits == "" || pattern[0] != digits[0] {
				return false
			}
		}
		pattern, digits = pattern[1:], digits[1:]
	}
}

func byNumber(a, b *lease) int { return cmp.Compare(a.tn, b.tn) }

// view keeps the rows that the last query of a list selected, so that reading it page by page does not filter
// and sort it anew for every page.
type view[T any] struct {
	key     string
	version int
	rows    []T
}

// get returns the rows of a query, selecting them only if the query or the state has changed.
func (v *view[T]) get(s *state, key string, sel func() []T) []T {
	if v.rows == nil || v.key != key || v.version != s.version || s.hidden > 0 {
		v.key, v.version, v.rows = key, s.version, sel()
	}
	return v.rows
}
