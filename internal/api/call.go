package api

import (
	"context"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Class says what repeating an operation would do. It belongs to the
// operation, not to the HTTP method: several vendors read by POST.
type Class uint8

const (
	// Buy may cost money or make a second row: sent at most once.
	Buy Class = iota // the zero value, so that forgetting it is harmless
	// Write is repeatable and costs nothing: update, release, cancel.
	Write
	// Read changes nothing.
	Read
)

// String returns "buy", "write" or "read".
func (c Class) String() string {
	switch c {
	case Read:
		return "read"
	case Write:
		return "write"
	}
	return "buy"
}

// Call is one operation.
type Call struct {
	// Op is its name in errors and logs: "NumberOrders.Create".
	Op     string
	Class  Class
	Method string
	// Path is a template: "/number_orders/{id}". Args fill its placeholders,
	// in order; they are escaped, and "", "." and ".." are refused.
	Path string
	Args []string
	// Query is a struct for go-querystring, a url.Values, or nil.
	Query any
	// Body is encoded as JSON; a Form or a Stream is sent as it is; nil for
	// none.
	Body any
	// Accept is the Accept header; "" = application/json.
	Accept string
	// Numbers and Reference go into errors and into the Attempt.
	Numbers   []numbers.E164
	Reference string
	// Into is what a 2xx answer is decoded into; nil where there is nothing to
	// read. With Into, an empty body is an error.
	Into any
	// Check tells after decoding why the answer says nothing of what was made
	// or asked for; "" where it does.
	Check func() (reason string)
	// Header, where not nil, is set to the header of a 2xx answer.
	Header *http.Header
	// Begin, where not nil, is called once, immediately before a Buy with a body is
	// sent: after the login and the limiter. After sendBy (zero = never) nothing of
	// the body is sent. If it returns an error, nothing is sent, and the call
	// returns an error that wraps it.
	Begin func(ctx context.Context) (sendBy time.Time, err error)
	// Once forbids repeating whatever the class: logins.
	Once bool
	// NoAuth sends the call without credentials.
	NoAuth bool
}

// Do performs a call.
func (c *Client) Do(ctx context.Context, call *Call) error {
	x, err := c.encode(ctx, call)
	if err != nil {
		return err
	}
	defer x.release()
	answer, err := x.run(ctx)
	if err != nil {
		return err
	}
	if call.Header != nil {
		*call.Header = answer.Header
	}
	return x.decode(answer)
}

// Get performs a call whose answer is a T.
func Get[T any](ctx context.Context, c *Client, call *Call) (*T, error) {
	into := new(T)
	call.Into = into
	if err := c.Do(ctx, call); err != nil {
		return nil, err
	}
	return into, nil
}
