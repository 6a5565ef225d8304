package driver

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// StatusKind returns the kind of error of an HTTP status. Use it if the vendor's
// documentation does not say otherwise. For a status that is not in its table, it returns
// ErrVendor.
func StatusKind(status int) error {
	switch status {
	case http.StatusUnauthorized:
		return numbers.ErrUnauthorized
	case http.StatusPaymentRequired:
		return numbers.ErrInsufficientFunds
	case http.StatusForbidden:
		return numbers.ErrForbidden
	case http.StatusNotFound, http.StatusGone:
		return numbers.ErrNotFound
	case http.StatusConflict:
		return numbers.ErrConflict
	case http.StatusLocked:
		return numbers.ErrLocked
	case http.StatusTooManyRequests:
		return numbers.ErrRateLimited
	case http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusRequestEntityTooLarge,
		http.StatusMethodNotAllowed, http.StatusNotAcceptable, http.StatusLengthRequired,
		http.StatusRequestURITooLong, http.StatusUnsupportedMediaType:
		return numbers.ErrInvalid
	}
	return numbers.ErrVendor
}

// StatusError returns the error of an answer whose HTTP status is not a success. Its kind
// is that of [StatusKind], except that a 404 or 410 is ErrVendor, because a proxy may
// have sent it. Set the kind to ErrNotFound if the body is the vendor's own error that
// nothing has this id. RetryAfter comes from the answer.
func StatusError(vendor, op string, resp *http.Response) *numbers.Error {
	e := &numbers.Error{
		Op: op, Vendor: vendor, Kind: StatusKind(resp.StatusCode), Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header, time.Now()),
	}
	if errors.Is(e.Kind, numbers.ErrNotFound) {
		e.Kind = numbers.ErrVendor
	}
	return e
}

// StatusUnclear reports whether the outcome of a purchase is unknown after an answer
// with this HTTP status. A 4xx means that the purchase was not made, except 408, 409
// and 425. A 2xx is unclear if the rest of the answer can't be used.
func StatusUnclear(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly:
		return true
	}
	return status < 400 || status > 499
}

// retryAfter reads a Retry-After header, in seconds or as a date. A time that has passed,
// or is more than a day away, is ignored.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := strings.TrimSpace(h.Get("Retry-After"))
	var wait time.Duration
	if n, err := strconv.Atoi(text); err == nil {
		wait = time.Duration(min(n, 1<<20)) * time.Second
	} else if date, err := http.ParseTime(text); err == nil {
		wait = date.Sub(now)
	}
	if wait < 0 || wait > 24*time.Hour {
		return 0
	}
	return wait
}
