package driver

import (
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// StatusKind returns the kind of error that an HTTP status means where the vendor's
// documentation says nothing else. For all that is not listed it is ErrVendor.
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

// StatusError is the error of an answer with an HTTP status that is not a success. Its
// kind is StatusKind, except that a 404 or 410 is ErrVendor, since it may be that of a
// proxy: set the kind to ErrNotFound if the body is the vendor's own and says so.
// RetryAfter is what the answer asks for.
func StatusError(vendor, op string, resp *http.Response) *numbers.Error {
	e := &numbers.Error{
		Op: op, Vendor: vendor, Kind: StatusKind(resp.StatusCode), Status: resp.StatusCode, RetryAfter: retryAfter(resp.Header, time.Now()),
	}
	if errors.Is(e.Kind, numbers.ErrNotFound) {
		e.Kind = numbers.ErrVendor
	}
	return e
}

// StatusUnclear reports whether an answer to a purchase with this HTTP status leaves
// open whether the purchase was made. A 4xx says that it was not, except 408, 409 and
// 425. A 2xx is unclear, too, if nothing more of the answer can be used.
func StatusUnclear(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusConflict, http.StatusTooEarly:
		return true
	}
	return status < 400 || status > 499
}

// retryAfter reads a Retry-After header, in seconds or as a date. What is not in the
// next day is ignored.
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
