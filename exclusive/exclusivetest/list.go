package exclusivetest

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const maxTop = 100

// collection is what a list answers.
type collection struct {
	Count *int  `json:"count,omitempty"`
	Items []any `json:"items"`
}

// query is what a list was asked for.
type query struct {
	filter, search, orderby string
	skip, top               int
}

// listNumbers serves GET /exclusive_numbers.
func (c *call) listNumbers() {
	q, ok := c.query()
	if !ok {
		return
	}
	if q.skip > 0 {
		if _, ok := c.fake.Take(numberstest.InsertWhileListing, ""); ok {
			c.tenant.addFirst(&row{id: c.newID(), number: fmt.Sprint("+1201555", 1000+c.nextID), enabled: true, created: c.fake.Now()})
		}
	}
	rows, field, err := c.tenant.find(q)
	if err != nil {
		c.invalid(field, err.Error())
		return
	}
	if c.r.URL.RawQuery == "" && len(rows) == 1 && rows[0].seed {
		fake.Raw(c.w, http.StatusOK, "application/json", []byte(seedList))
		return
	}
	answer := collection{Items: []any{}}
	page := c.page(c.turned(rows), q)
	for _, n := range page {
		answer.Items = append(answer.Items, c.object(n))
	}
	if !c.opts.NoCount {
		count := len(rows)
		if c.opts.Count != nil {
			count = c.opts.Count(len(rows), len(page))
		}
		answer.Count = &count
	}
	if last := len(answer.Items) - 1; last >= 0 {
		if _, ok := c.fake.Take(numberstest.DuplicateListing, ""); ok {
			answer.Items = append(answer.Items, answer.Items[last])
		}
	} else if c.opts.NullItems {
		answer.Items = nil
	}
	fake.JSON(c.w, http.StatusOK, answer)
}

// query reads the query parameters, or answers why not.
func (c *call) query() (query, bool) {
	q := query{top: maxTop}
	if c.opts.Params != ParamsHonored {
		q.top = len(c.tenant.rows) + 1
		given := c.r.URL.Query()
		if c.opts.Params == ParamsRefused && len(given) > 0 {
			c.invalid(slices.Sorted(maps.Keys(given))[0], "is no parameter")
			return q, false
		}
		c.fake.Strict(c.r)
		return q, true
	}
	given := c.fake.Strict(c.r, "filter", "search", "orderby", "skip", "top")
	c.oneEach(given)
	q.filter, q.search, q.orderby = given.Get("filter"), given.Get("search"), given.Get("orderby")
	for _, p := range []struct {
		name        string
		least, most int64
		to          *int
	}{{"skip", 0, 1<<31 - 1, &q.skip}, {"top", 1, maxTop, &q.top}} {
		if !given.Has(p.name) {
			continue
		}
		n, err := strconv.ParseInt(given.Get(p.name), 10, 32)
		if err != nil || n < p.least || n > p.most {
			c.invalid(p.name, fmt.Sprintf("must be a number from %d to %d", p.least, p.most))
			return q, false
		}
		*p.to = int(n)
	}
	return q, true
}

// oneEach reports parameters that say nothing, and those that are there twice.
func (c *call) oneEach(given url.Values) {
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if len(given[name]) > 1 || given.Get(name) == "" {
			c.fake.Report("%s %s: the query parameter %q is empty, or there twice", c.r.Method, c.r.URL.Path, name)
		}
	}
}

// turned are the rows of a list in the order of this answer.
func (c *call) turned(rows []*row) []*row {
	if !c.opts.Unstable || len(rows) == 0 {
		return rows
	}
	c.lists++
	first := c.lists % len(rows)
	return slices.Concat(rows[first:], rows[:first])
}

// page cuts out the rows that were asked for, or those that a PBX with quirks sends.
func (c *call) page(rows []*row, q query) []*row {
	begin := q.skip
	if begin > 0 {
		begin -= c.opts.ShiftRows
	}
	if c.opts.IgnoreSkip {
		begin = 0
	}
	begin = min(max(begin, 0), len(rows))
	size := q.top
	if c.opts.MaxPage > 0 {
		size = min(size, c.opts.MaxPage)
	}
	return rows[begin:min(begin+size, len(rows))]
}

// view is the result of the last query that was more than a page: who pages through it asks for the same again.
type view struct {
	query    query // without skip and top
	revision int
	rows     []*row
}

// find returns the rows that a query selects, in its order. An error comes with the parameter that is at fault.
func (t *tenant) find(q query) (rows []*row, field string, err error) {
	q.skip, q.top = 0, 0
	if q == (query{}) {
		return t.rows, "", nil
	}
	if t.view.query == q && t.view.revision == t.revision {
		return t.view.rows, "", nil
	}
	keep, err := parseFilter(q.filter)
	if err != nil {
		return nil, "filter", err
	}
	less, err := parseOrder(q.orderby)
	if err != nil {
		return nil, "orderby", err
	}
	for _, n := range t.rows {
		if keep(n) && n.hasText(q.search) {
			rows = append(rows, n)
		}
	}
	slices.SortStableFunc(rows, less)
	t.view = view{q, t.revision, rows}
	return rows, "", nil
}

// hasText is the free-text search: "a or b" in the number or the description, in any case.
func (n *row) hasText(search string) bool {
	text := strings.ToLower(n.number + "\n" + n.description)
	for term := range strings.SplitSeq(strings.ToLower(search), " or ") {
		if strings.Contains(text, strings.TrimSpace(term)) {
			return true
		}
	}
	return false
}
