package telnyxtest

import (
	"math"
	"net/http"
	"time"
)

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
