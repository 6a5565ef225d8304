package voipbin

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/api"
)

// MaxPageSize is the largest page_size that the server honours. It took any
// other for the default, 10, in 2021, and takes it for 100 today.
const MaxPageSize = 100

// NumberPage is one page of numbers, exactly as sent: the newest first.
type NumberPage struct {
	Result []Number `json:"result"`
	// NextPageToken is the time of creation of the last number of this page,
	// on the last page too; "" where the page is empty. Rows of the very same
	// time that did not fit into this page are in no other page that is asked
	// for by this token; All loses none.
	NextPageToken string `json:"next_page_token"`
}

// pageRequest is ListNumbersRequest, and ListOrderNumbersRequest.
type pageRequest struct {
	PageSize  int    `url:"page_size,omitempty"`
	PageToken string `url:"page_token,omitempty"`
}

// list reads one page at a path; r may be nil.
func list(ctx context.Context, c *api.Client, op, path string, r *pageRequest) (*NumberPage, error) {
	if r == nil {
		r = new(pageRequest)
	}
	if err := checkPage(op, r.PageSize, r.PageToken); err != nil {
		return nil, err
	}
	return get(ctx, c, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: path, Query: r,
	}, (*NumberPage).check)
}

// checkPage refuses what the server would take for something else: a page size
// out of range for its default, a token that is no time for the end of the
// list.
func checkPage(op string, size int, token string) error {
	if size < 0 || size > MaxPageSize {
		return api.Invalid(vendor, op, "PageSize", "it must be from 1 to 100")
	}
	if token != "" && !isTime(token) {
		return api.Invalid(vendor, op, "PageToken", `it is no time in UTC such as "2026-08-04T00:00:00Z"; the server answers what it can't read with an empty page`)
	}
	return nil
}

// isTime reports whether the server reads a page token as a time: a T or a
// space between date and time, any fraction or none, a Z or nothing.
func isTime(token string) bool {
	const (
		space = len("2006-01-02")
		colon = len("2006-01-02T15")
	)
	b := []byte(strings.TrimSuffix(token, "Z") + "Z")
	if len(b) <= colon || b[colon] != ':' || bytes.IndexByte(b, ',') >= 0 {
		return false // package time lets an hour of one digit and a comma pass
	}
	if b[space] == ' ' {
		b[space] = 'T'
	}
	return new(time.Time).UnmarshalText(b) == nil
}

// check returns why an answer is not a page, or "". The server sends [] for an
// empty page, never null.
func (p *NumberPage) check() string {
	if p.Result == nil {
		return "it has no result"
	}
	for i := range p.Result {
		if reason := checkID(p.Result[i].ID); reason != "" {
			return fmt.Sprintf("result[%d]: %s", i, reason)
		}
	}
	return ""
}
