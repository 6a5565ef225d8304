package numbers

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"time"
)

// ClientOptions are the options of every vendor's client. The zero value, and
// a nil pointer, mean the defaults.
type ClientOptions struct {
	// BaseURL replaces the vendor's own base URL: a staging system, a proxy, a
	// fake. It must be https, but for loopback hosts or with AllowHTTP; a
	// user, a query or a fragment in it is refused. PortSIP's client takes it
	// as an argument of New instead.
	BaseURL string
	// HTTPClient sends the requests. It is copied: its Transport is kept (so
	// tracing, proxies, private CAs and recorders plug in there), its Timeout
	// becomes the limit of one attempt, its cookie jar is dropped and its
	// redirect policy replaced. nil = a client on http.DefaultTransport with a
	// limit of 60 seconds an attempt.
	HTTPClient *http.Client
	// Logger gets one line for each request, at debug level: vendor, operation,
	// class, method, host, path template, attempt, duration, status and kind of
	// error, and nothing else. A panic of OnAttempt is logged at error level.
	// nil = no log.
	Logger *slog.Logger
	// UserAgent goes before the module's own in the User-Agent header.
	UserAgent string
	// Retry says how reads are repeated. Purchases never are.
	Retry Retry
	// Limiter is waited for before every attempt; *rate.Limiter of
	// golang.org/x/time/rate is one. nil = no limit.
	Limiter Limiter
	// MaxBodyBytes is the largest answer that is read; 0 = 32 MiB. Error
	// bodies are capped at 1 MiB, or at this where it is less.
	MaxBodyBytes int64
	// AllowHTTP permits a plain http BaseURL to other hosts than loopback.
	// Credentials and orders then cross the network in the clear.
	AllowHTTP bool
	// OnAttempt is called after each request, answered or not, logins included. It
	// is not called if nothing was handed to the transport: because of a limiter, a
	// login or a purchase's claim that failed. ctx has the values of the caller's
	// context, and [OperationFrom] returns its operation.
	//
	// It runs on the goroutine that made the call, which waits for it, and must be
	// safe for concurrent use. If it panics, the panic is recovered and logged as an
	// error, because the answer of a purchase must not be lost.
	OnAttempt func(ctx context.Context, a AttemptInfo)
	// OnDrift is called for each Drift of an answer, before the call returns, as
	// OnAttempt is. Logger gets each path of an operation once, at warn level.
	OnDrift func(ctx context.Context, d Drift)
	// Strict makes every Drift an error: ErrVendor, or ErrOutcomeUnknown if the
	// operation may have bought something. It is for tests that compare a vendor's
	// answers with this module.
	Strict bool
}

// Drift is a member of an answer that is not as the vendor documents it. The
// member is left out: its field has the zero value, which means unknown. (An id
// that is sent as a number is kept, as the number's literal.) A Drift contains
// nothing of the answer's values.
type Drift struct {
	Vendor string
	// Op is the operation: "NumberOrders.List".
	Op string
	// Path is where in the result the member is, with the names of the document:
	// "data[].phone_numbers_count". "[]" is any element of a list, and "*" any
	// member of an object whose members are named by data. An answer has at most one
	// Drift of the same Path, Want and Got, and at most 100 in all. "" is the whole
	// result; the call then returns an error.
	Path string
	// Want is what the member should be: "string", "number", "integer", "boolean",
	// "object", "array" or a description ("a decimal number, quoted or not").
	Want string
	// Got is the JSON type of the member: "string", "number", "boolean", "object",
	// "array" or "null".
	Got string
}

// Format prints the options without what may be secret, whatever the verb: of BaseURL
// only the scheme and the host, since a caller may have put a password into it.
func (o ClientOptions) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.String()) }

// String is what Format prints.
func (o ClientOptions) String() string {
	base := ""
	if u, err := url.Parse(o.BaseURL); err == nil && u.Host != "" {
		base = u.Scheme + "://" + u.Host
	}
	return fmt.Sprintf("numbers.ClientOptions{BaseURL:%q UserAgent:%q Retry:%+v MaxBodyBytes:%d AllowHTTP:%t}",
		base, o.UserAgent, o.Retry, o.MaxBodyBytes, o.AllowHTTP)
}

// LogValue is what a logger shows.
func (o ClientOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText writes what Format prints, so that no encoder shows more.
func (o ClientOptions) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Retry says how reads, and writes that are documented as harmless to repeat,
// are repeated after 429, 502, 503, 504 and transport errors: with full
// jitter, no longer than MaxWait between attempts, and not at all where the
// vendor asks for a longer wait than MaxWait or than the context has left.
type Retry struct {
	// Attempts is how often a request is sent in all; 0 = 4, 1 = once.
	Attempts int
	// MinWait is the base of the exponential backoff; 0 = 500 ms.
	MinWait time.Duration
	// MaxWait caps every wait, the vendor's Retry-After included; 0 = 30 s.
	MaxWait time.Duration
}

// Limiter delays requests.
type Limiter interface {
	// Wait blocks until a request may be sent, or returns an error, after
	// which none is sent.
	Wait(ctx context.Context) error
}
