package numbers

import (
	"context"
	"time"
)

// Class is the class of an operation: whether the client may repeat it. It belongs to the
// operation, not to the HTTP method, because several vendors read by POST.
type Class string

const (
	// ClassRead changes nothing. A failed read is repeated.
	ClassRead Class = "read"
	// ClassWrite can be repeated and costs nothing: an update, a release, a
	// cancellation.
	ClassWrite Class = "write"
	// ClassBuy may cost money or create a second row. The request is sent at most once.
	ClassBuy Class = "buy"
)

// Operation is one operation of a vendor's API.
type Operation struct {
	Vendor string
	// Op is the operation's name: "NumberOrders.Create".
	Op     string
	Class  Class
	Method string
	// Path is the path template: "/number_orders/{id}".
	Path string
}

type operationKey struct{}

// WithOperation returns a context with the operation. A client puts it into the
// context of each of its requests.
func WithOperation(ctx context.Context, o Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, o)
}

// OperationFrom returns the operation that a request belongs to. ctx is the context of an
// HTTP request that a client sends, of [ClientOptions.OnAttempt], of a log record or of
// [Limiter.Wait]. ok is false for any other context.
func OperationFrom(ctx context.Context) (o Operation, ok bool) {
	o, ok = ctx.Value(operationKey{}).(Operation)
	return o, ok
}

// AttemptInfo describes one request and its result. Its fields are an allow-list, and
// none of them contains a secret, a query or a body.
type AttemptInfo struct {
	Operation
	Host string
	// Attempt is the number of the request within one call of the operation, from 1.
	// Retries, followed redirects and a repetition with a new token all count.
	Attempt int
	// Status is the HTTP status, or 0 if there was no answer.
	Status int
	// Kind is the kind of the attempt's error ([KindOf]). It is nil if the vendor
	// reported success, or a redirect that the client follows. It is also nil for a
	// success whose body can't be decoded, because the body is decoded later.
	Kind error
	// Duration is the time from before the request was sent to the end of the answer's
	// body.
	Duration  time.Duration
	RequestID string
	// RetryAfter is how long the vendor asks to wait, or 0.
	RetryAfter time.Duration
	// RateLimit is nil if the answer has no rate limit headers.
	RateLimit *RateLimit
}

// RateLimit is the content of a vendor's rate limit headers.
type RateLimit struct {
	// Limit is the number of requests in a window. Remaining is how many are left.
	Limit, Remaining int
	// Reset is the time until the window ends.
	Reset time.Duration
}
