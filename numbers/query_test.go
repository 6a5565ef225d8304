package numbers_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers"
)

func TestOrderQuery(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	o := complete("o", "job", several(3)...)
	o.Created = at
	list := several(5)
	for name, c := range map[string]struct {
		q    numbers.OrderQuery
		want bool
	}{
		"everything":        {numbers.OrderQuery{}, true},
		"reference":         {numbers.OrderQuery{Reference: "job"}, true},
		"another reference": {numbers.OrderQuery{Reference: "Job"}, false},
		"a number":          {numbers.OrderQuery{Numbers: []numbers.E164{list[4], list[2]}}, true},
		"other numbers":     {numbers.OrderQuery{Numbers: list[3:]}, false},
		"a state":           {numbers.OrderQuery{States: []numbers.State{numbers.StateFailed, numbers.StateComplete}}, true},
		"another state":     {numbers.OrderQuery{States: []numbers.State{numbers.StatePending}}, false},
		"after":             {numbers.OrderQuery{CreatedAfter: at.Add(-1)}, true},
		"not after itself":  {numbers.OrderQuery{CreatedAfter: at}, false},
		"before":            {numbers.OrderQuery{CreatedBefore: at.Add(1)}, true},
		"not before itself": {numbers.OrderQuery{CreatedBefore: at}, false},
		"all of it":         {numbers.OrderQuery{Reference: "job", Numbers: list, States: []numbers.State{numbers.StateComplete}, CreatedAfter: at.Add(-1), CreatedBefore: at.Add(1)}, true},
		"all but one":       {numbers.OrderQuery{Reference: "job", Numbers: list, States: []numbers.State{numbers.StatePartial}, CreatedAfter: at.Add(-1), CreatedBefore: at.Add(1)}, false},
	} {
		assert.Equal(t, c.want, c.q.Match(o), name)
		assert.Equal(t, c.want, c.q.Matcher()(o), name)
		assert.False(t, c.q.Match(nil))
		assert.False(t, c.q.Matcher()(nil))
	}
	o.Items = nil
	assert.False(t, numbers.OrderQuery{Numbers: several(3)}.Match(o), "what is not told does not match")
	assert.False(t, numbers.OrderQuery{Numbers: []numbers.E164{""}}.Match(o))
}

func TestOwnedQuery(t *testing.T) {
	n := &numbers.Number{E164: one, State: numbers.NumberActive}
	for name, c := range map[string]struct {
		q    numbers.OwnedQuery
		want bool
	}{
		"everything":     {numbers.OwnedQuery{}, true},
		"the number":     {numbers.OwnedQuery{Numbers: several(2)}, true},
		"another number": {numbers.OwnedQuery{Numbers: several(2)[1:]}, false},
		"the state":      {numbers.OwnedQuery{States: []numbers.NumberState{numbers.NumberActive}}, true},
		"another state":  {numbers.OwnedQuery{States: []numbers.NumberState{numbers.NumberReleased}}, false},
	} {
		assert.Equal(t, c.want, c.q.Match(n), name)
		assert.Equal(t, c.want, c.q.Matcher()(n), name)
		assert.False(t, c.q.Match(nil))
		assert.False(t, c.q.Matcher()(nil))
	}
}

// BenchmarkMatcher matches as many orders as the query has numbers: Match looks
// at all of them for each order.
func BenchmarkMatcher(b *testing.B) {
	const many = 10_000
	list := make([]numbers.E164, many)
	orders := make([]*numbers.Order, many)
	for i := range list {
		list[i] = numbers.E164(fmt.Sprintf("+1202%07d", i))
		orders[i] = complete(fmt.Sprint(i), "", list[i])
	}
	q := numbers.OrderQuery{Numbers: list}
	for b.Loop() {
		match := q.Matcher()
		for _, o := range orders {
			if !match(o) {
				b.Fatal(o.ID)
			}
		}
	}
}
