package exclusivetest

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"

	"github.com/tnkit/tnkit/internal/fake"
)

// exportNumbers serves GET /exclusive_numbers/export: a file. What is in it is not documented; here it is CSV.
func (c *call) exportNumbers() {
	c.fake.Strict(c.r)
	var file bytes.Buffer
	w := csv.NewWriter(&file)
	lines := [][]string{{"number", "enabled", "description"}}
	for _, n := range c.tenant.rows {
		lines = append(lines, []string{n.number, strconv.FormatBool(n.enabled), n.description})
	}
	if err := w.WriteAll(lines); err != nil {
		c.fail(http.StatusInternalServerError, unknown, "unknown error", nil)
		return
	}
	c.w.Header().Set("Content-Disposition", `attachment; filename="exclusive_numbers.csv"`)
	fake.Raw(c.w, http.StatusOK, "application/octet-stream", file.Bytes())
}
