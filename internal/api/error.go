package api

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// Refusal is the meaning of a vendor's answer that is not a success.
type Refusal struct {
	// Kind is the kind of the error; nil = the kind of the status.
	Kind error
	// Own reports whether the body is the vendor's own error body, and not that of a
	// proxy. Only then can a 404 mean that an object does not exist.
	Own bool
	// Status replaces the HTTP status if the status in the body is the right one; 0 = the
	// HTTP status.
	Status int
	// Code, Message and Field are the vendor's own.
	Code, Message, Field string
	// RequestID is the request id in the body, or "".
	RequestID string
	// Outcome overrides the meaning of the answer to a Buy, if the vendor's sources
	// require it.
	Outcome Outcome
	// Err is the vendor's typed error.
	Err error
}

// Outcome is the meaning of a refusal for a Buy.
type Outcome uint8

const (
	// ByStatus: the table of statuses decides.
	ByStatus Outcome = iota
	// Definite: nothing was done.
	Definite
	// Unknown: the purchase may have been made.
	Unknown
)

// byID reports whether the call is about one object that it requests by its id. A
// request that is not modeled may be about anything.
func (c *Call) byID() bool { return len(c.Args) > 0 }

// classify separates answers with a result from refusals. A 2xx answer can also be a
// refusal.
func (x *exchange) classify(a *Answer) {
	if !a.OK() {
		a.refusal = x.refused(a)
		return
	}
	a.result = a.Body
	if x.c.Open == nil || a.stream != nil {
		return
	}
	result, refused := x.c.Open(a)
	if refused {
		a.refusal = x.refused(a)
		return
	}
	a.result = result
}

// refused returns the error of a refusal.
func (x *exchange) refused(a *Answer) error {
	clean := *a
	clean.Body = []byte(x.c.redact(string(a.Body)))
	var r Refusal
	if x.c.Refusal != nil {
		r = x.c.Refusal(&clean)
	}
	if r.Status == 0 {
		r.Status = a.Status
	}
	if r.Kind == nil {
		r.Kind = driver.StatusKind(r.Status)
		if errors.Is(r.Kind, numbers.ErrNotFound) && !(r.Own && x.call.byID()) {
			r.Kind = numbers.ErrVendor // a 404 of a whole list, or not with the vendor's body, shows nothing
		}
	}
	if r.RequestID == "" && x.c.RequestIDHeader != "" {
		r.RequestID = a.Header.Get(x.c.RequestIDHeader)
	}
	if r.Message == "" && a.Status >= 300 && a.Status < 400 {
		r.Message = "the vendor answered with a redirect that is not followed"
	}
	e := x.error(r.Kind)
	e.Status = r.Status
	e.Code, e.Message, e.Field = x.c.text(r.Code), x.c.text(r.Message), x.c.text(r.Field)
	e.RequestID = x.c.text(r.RequestID)
	e.RetryAfter = retryAfter(a.Status, a.Header, time.Now())
	e.Err = x.c.sealTyped(r.Err)
	if r.Outcome == Unknown || r.Outcome == ByStatus && driver.StatusUnclear(r.Status) {
		x.unknown(e)
	}
	return e
}

// error returns a new error of this call.
func (x *exchange) error(kind error) *numbers.Error {
	return &numbers.Error{Op: x.call.Op, Vendor: x.c.Vendor, Kind: kind, Numbers: slices.Clone(x.call.Numbers)}
}

// unknown makes e the error of a Buy whose outcome is unknown. For other classes it does
// nothing. If an answer came although the fence refused the body, its sender did not get
// the purchase.
func (x *exchange) unknown(e *numbers.Error) {
	switch {
	case x.call.Class != Buy:
		return
	case !x.maybeSent():
		e.Kind, e.Err = numbers.ErrNotPlaced, gate.ErrLate
		e.Message = "nothing was sent: " + gate.ErrLate.Error()
		return
	}
	e.Kind = numbers.ErrOutcomeUnknown
	e.Attempt = &numbers.Attempt{
		Vendor: x.c.Vendor, Reference: x.call.Reference, Numbers: slices.Clone(x.call.Numbers),
		Started: x.started, Ended: time.Now(), Status: e.Status,
	}
}

// failed returns the error of a call without an answer.
func (x *exchange) failed(ctx context.Context, err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		err = ue.Err // its own text has the URL with the query
	}
	e := x.error(numbers.ErrUnreachable)
	if truncated, ok := errors.AsType[*truncatedError](err); ok {
		e.Kind, e.Status, e.RequestID = numbers.ErrVendor, truncated.status, truncated.requestID
	}
	unsent, isUnsent := errors.AsType[*unsentError](err)
	begin, isBegin := errors.AsType[*beginError](err)
	switch {
	case isBegin:
		begin.describe(e)
	case x.gate != nil && x.gate.Late():
		e.Kind, err = numbers.ErrNotPlaced, gate.ErrLate
	case ctx.Err() != nil:
		e.Kind, err = numbers.ErrUnreachable, causeOf(ctx, err)
	case isUnsent:
		unsent.describe(e)
	}
	e.Err = x.c.seal(err)
	text := x.c.text(err.Error())
	if x.c.Unconnected != nil {
		if advice := x.c.Unconnected(err); advice != "" {
			text += "; " + advice
			e.Message = text
		}
	}
	if x.maybeSent() {
		x.unknown(e)
		return e
	}
	e.Message = "nothing was sent: " + text
	return e
}

// maybeSent reports whether the vendor may have got the request.
func (x *exchange) maybeSent() bool {
	if x.sentOnce() {
		return x.gate.Passed()
	}
	return x.sent
}

// unsentError is a failure of an attempt before anything of it was sent.
type unsentError struct {
	err    error
	reason string
	kind   error
	text   string // "" = the reason and the error
}

func (e *unsentError) Error() string {
	if e.text != "" {
		return e.text
	}
	return e.reason + ": " + e.err.Error()
}
func (e *unsentError) Unwrap() error { return e.err }

// describe sets the kind of the call's error to that of its cause. The text of a failed
// login is added only once.
func (e *unsentError) describe(to *numbers.Error) {
	if e.kind != nil {
		to.Kind = e.kind
	}
	login, ok := errors.AsType[*numbers.Error](e.err)
	if !ok {
		return
	}
	to.Kind, to.Status, to.Code, to.RetryAfter, to.RequestID = login.Kind, login.Status, login.Code, login.RetryAfter, login.RequestID
	e.text, e.err = e.reason, login.Err
	switch {
	case login.Message != "":
		e.text += ": " + login.Message
	case login.Err != nil && (login.Status == 0 || success(login.Status)): // a status is enough
		e.text += ": " + login.Err.Error()
	}
	if e.err == nil || numbers.HasKind(e.err) { // one kind is enough
		e.err = &sealedError{text: e.text}
	}
}

// beginError is a failure of Call.Begin.
type beginError struct{ err error }

func (e *beginError) Error() string { return "the purchase could not begin: " + e.err.Error() }
func (e *beginError) Unwrap() error { return e.err }

// describe sets the kind of the call's error to that of its cause, and copies what the
// cause reports about the purchase that holds the number.
func (e *beginError) describe(to *numbers.Error) {
	to.Kind = numbers.ErrNotPlaced
	if errors.Is(e.err, numbers.ErrOutcomeUnknown) {
		// The error is about another operation, because this purchase was not sent.
		e.err = &sealedError{text: e.err.Error()}
		return
	}
	if numbers.HasKind(e.err) {
		to.Kind = numbers.KindOf(e.err)
	}
	if cause, ok := errors.AsType[*numbers.Error](e.err); ok && cause != nil {
		to.HeldBy, to.RetryAfter = cause.HeldBy, cause.RetryAfter
	}
}
