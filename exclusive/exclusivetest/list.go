package exclusivetest

import (
	"net/http"

	"github.com/tnkit/tnkit/internal/fake"
)

// collection is what a list answers.
type collection struct {
	Count int   `json:"count"`
	Items []any `json:"items"`
}

// listNumbers serves GET /exclusive_numbers.
func (c *call) listNumbers() {
	c.fake.Strict(c.r)
	if rows := c.tenant.rows; len(rows) == 1 && rows[0].seed {
		fake.Raw(c.w, http.StatusOK, "application/json", []byte(seedList))
		return
	}
	rows := c.tenant.rows
	answer := collection{Count: len(rows), Items: []any{}}
	for _, n := range rows[:min(len(rows), 100)] {
		answer.Items = append(answer.Items, c.object(n))
	}
	fake.JSON(c.w, http.StatusOK, answer)
}
