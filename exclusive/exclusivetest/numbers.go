package exclusivetest

import (
	"bytes"
	"encoding/csv"
	"net/http"
	"strconv"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// numberBody is what create and update take. PortSIP marks every field as optional.
type numberBody struct {
	Number      *string `json:"number"`
	Enabled     *bool   `json:"enabled"`
	Description *string `json:"description"`
}

// numberJSON is an exclusive number as it is answered.
type numberJSON struct {
	ID          string  `json:"id"`
	Number      string  `json:"number"`
	CreatedAt   *string `json:"created_at"`
	Enabled     bool    `json:"enabled"`
	Description *string `json:"description"`
}

// numberWithoutBlanks is the same with blank fields left out.
type numberWithoutBlanks struct {
	ID          string  `json:"id"`
	Number      string  `json:"number"`
	CreatedAt   *string `json:"created_at,omitempty"`
	Enabled     bool    `json:"enabled"`
	Description *string `json:"description,omitempty"`
}

// createNumber serves POST /exclusive_numbers.
func (c *call) createNumber() {
	c.fake.Strict(c.r)
	var body numberBody
	if !c.decode(&body) {
		return
	}
	if body.Number == nil {
		c.invalid("number", "is missing")
		return
	}
	if !c.check(body, nil) {
		return
	}
	n := &row{id: c.newID(), number: *body.Number, enabled: true, created: c.fake.Now()}
	n.change(body)
	if late, ok := c.fake.Take(numberstest.LateListing, n.number); ok {
		n.hidden = true
		t := c.tenant
		c.fake.After(late.Delay, func() {
			if t.byID[n.id] == n {
				t.show(n)
			}
		})
	}
	c.tenant.add(n)
	c.purchases.buy(c.tenant, n, c.fake.Now())
	answered := n.id
	if _, ok := c.fake.Take(numberstest.ZeroObject, n.number); ok {
		answered = ""
	}
	fake.JSON(c.w, http.StatusOK, fake.Object{{Key: "id", Value: answered}})
}

// getNumber serves GET /exclusive_numbers/{id}.
func (c *call) getNumber() {
	c.fake.Strict(c.r)
	if n := c.number(); n == nil || n.hidden {
		c.notFound()
	} else if n.seed {
		fake.Raw(c.w, http.StatusOK, "application/json", []byte(seedNumber))
	} else {
		fake.JSON(c.w, http.StatusOK, c.object(n))
	}
}

// updateNumber serves POST /exclusive_numbers/{id}.
func (c *call) updateNumber() {
	c.fake.Strict(c.r)
	n := c.number()
	if n == nil {
		c.notFound()
		return
	}
	var body numberBody
	if !c.decode(&body) || !c.check(body, n) {
		return
	}
	if c.opts.UpdateReplaces {
		n.enabled, n.description = true, ""
	}
	if body.Number != nil && *body.Number != n.number {
		c.tenant.rename(n, *body.Number)
		if c.purchases.release(n, c.fake.Now()) {
			c.purchases.buy(c.tenant, n, c.fake.Now())
		}
	}
	n.change(body)
	n.seed = false
	c.tenant.revision++
	c.w.WriteHeader(http.StatusOK)
}

// destroyNumber serves POST /exclusive_numbers/{id}/destroy.
func (c *call) destroyNumber() {
	c.fake.Strict(c.r)
	c.noBody()
	n := c.number()
	if n == nil {
		c.notFound()
		return
	}
	c.tenant.remove(n)
	c.purchases.release(n, c.fake.Now())
	c.w.WriteHeader(http.StatusNoContent)
}

// number finds the row that the path names; nil if there is none.
func (c *call) number() *row { return c.tenant.byID[c.args[0]] }

// check refuses values that a row can't have. n is the row to be changed, or nil.
func (c *call) check(body numberBody, n *row) bool {
	switch {
	case body.Number != nil && !between(*body.Number, 1, 64):
		c.invalid("number", "must have 1 to 64 characters")
	case body.Description != nil && !between(*body.Description, 0, 1024):
		c.invalid("description", "must have at most 1024 characters")
	case body.Number != nil && c.opts.RefuseDuplicates && c.tenant.copies[*body.Number] > 0 && (n == nil || n.number != *body.Number):
		c.invalid("number", "is there already")
	default:
		return true
	}
	return false
}

// change sets what the body has, beside the number.
func (n *row) change(body numberBody) {
	if body.Enabled != nil {
		n.enabled = *body.Enabled
	}
	if body.Description != nil {
		n.description = *body.Description
	}
}

// object is a row as it is answered.
func (s *Server) object(n *row) any {
	blank := func(text string) *string {
		if text == "" && s.opts.Blanks != BlankEmpty {
			return nil
		}
		return &text
	}
	o := numberJSON{n.id, n.number, blank(timestamp(n.created)), n.enabled, blank(n.description)}
	if s.opts.Blanks == BlankAbsent {
		return numberWithoutBlanks(o)
	}
	return o
}

// timestamp writes a time as the PBX does: RFC 3339 in UTC, with microseconds where there are any.
func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.999999Z07:00")
}

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
