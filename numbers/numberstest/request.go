package numberstest

import (
	"net/http"
	"slices"
	"time"
)

// Request is one row of a fake's log: a request that a client sent, and its result.
type Request struct {
	// Time is when the request arrived, on the fake's clock.
	Time time.Time
	// Proto is "HTTP/1.1" or "HTTP/2.0".
	Proto string
	// Method, Host, Path and RawQuery are as the client sent them. Path is escaped.
	Method, Host, Path, RawQuery string
	Header                       http.Header
	// Body is the first mebibyte of the body.
	Body []byte
	// Op is the fake's name of the operation, such as "create order"; "" for an
	// unknown operation.
	Op string
	// Buys is true if the operation may buy.
	Buys bool
	// Status is the status of the answer; 0 if the client has not received one.
	Status int
	// Committed is true if the vendor executed the request.
	Committed bool
	// Faults are the faults that struck, in order.
	Faults []FaultKind
}

// Clone returns a copy that shares nothing with r.
func (r Request) Clone() Request {
	r.Header = r.Header.Clone()
	r.Body = slices.Clone(r.Body)
	r.Faults = slices.Clone(r.Faults)
	return r
}
