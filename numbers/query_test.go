package numbers_test

import (
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
		assert.False(t, c.q.Match(nil))
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
		assert.False(t, c.q.Match(nil))
	}
}
