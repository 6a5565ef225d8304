package telnyxtest

import (
	"slices"
	"time"
)

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
