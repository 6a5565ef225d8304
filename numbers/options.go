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

// ClientOptions are the options of every vendor's client. The zero value and a nil
// pointer mean the defaults.
type ClientOptions struct {
	// BaseURL replaces the vendor's own base URL: a staging system, a proxy, a fake.
	// It must be https, except for loopback hosts or with AllowHTTP. A user, a query
	// or a fragment in it is refused. PortSIP's client takes the URL as an argument
	// of New instead.
	BaseURL string
	// HTTPClient sends the requests. The client copies it. The copy has the same
	// Transport (for tracing, proxies, private CAs and recorders), no cookie jar and
	// another redirect policy. Its Timeout is the limit of one attempt. nil = a
	// client on http.DefaultTransport with a limit of 60 seconds for an attempt.
	HTTPClient *http.Client
	// Logger gets one line for each request, at debug level: vendor, operation,
	// class, method, host, path template, attempt, duration, status and kind of
	// error, and nothing else. A panic of OnAttempt is logged at error level.
	// nil = no log.
	Logger *slog.Logger
	// UserAgent is put before the module's name in the User-Agent header.
	UserAgent string
	// Retry is how reads are repeated. Purchases are never repeated.
	Retry Retry
	// Limiter delays every attempt. A *rate.Limiter of golang.org/x/time/rate is a
	// Limiter. nil = no limit.
	Limiter Limiter
	// MaxBodyBytes is the largest answer that is read; 0 = 32 MiB. At most 1 MiB of
	// an error body is read, or MaxBodyBytes if that is less.
	MaxBodyBytes int64
	// PurchaseMaxIdle is how long an HTTP/1.1 connection may have been idle before a
	// purchase is sent on it. One that was idle for longer is closed, and another is
	// used or made: a server, or what is between, may have closed it unnoticed, and the
	// purchase would have an unknown outcome although nothing of it arrived. Shorter
	// than any server's own limit is right. 0 = 2 s; negative = any time. A transport
	// of the caller's own must call the hooks of net/http/httptrace, as all do that
	// wrap *http.Transport.
	PurchaseMaxIdle time.Duration
	// AllowHTTP permits an http BaseURL of a host that is not loopback. Credentials
	// and orders are then sent without encryption.
	AllowHTTP bool
	// OnAttempt is called after each request, with or without an answer. Logins are
	// included. It is not called if nothing was handed to the transport, because the
	// limiter, a login or a purchase's claim failed. ctx has the values of the
	// caller's context, and [OperationFrom] returns its operation.
	//
	// It runs on the goroutine of the call, and the call waits for it. It must be
	// safe for concurrent use. A panic is recovered and logged as an error, because
	// the answer to a purchase must not be lost.
	OnAttempt func(ctx context.Context, a AttemptInfo)
	// OnDrift is called for each Drift of an answer, before the call returns. The
	// rules of OnAttempt apply. Logger gets each path of an operation once, at warn
	// level.
	OnDrift func(ctx context.Context, d Drift)
	// Strict makes every Drift an error: ErrVendor, or ErrOutcomeUnknown if the
	// operation may have bought something. It is for tests that compare a vendor's
	// answers with this module.
	Strict bool
}

// Drift is a member of an answer that is not as the vendor documents it. The member
// is ignored: its field has the zero value, which means unknown. (An id that is sent
// as a number is kept as the number's literal.) A Drift contains no value of the
// answer.
type Drift struct {
	Vendor string
	// Op is the operation: "NumberOrders.List".
	Op string
	// Path is where in the result the member is, with the names of the JSON document:
	// "data[].phone_numbers_count". "[]" is any element of a list, and "*" any member
	// of an object whose members are named by data. An answer has at most one Drift
	// of the same Path, Want and Got, and at most 100 in all. "" is the whole result;
	// the call then returns an error.
	Path string
	// Want is what the member should be: "string", "number", "integer", "boolean",
	// "object", "array" or a description ("a decimal number, quoted or not").
	Want string
	// Got is the JSON type of the member: "string", "number", "boolean", "object",
	// "array" or "null".
	Got string
}

// Format prints the options without what may be secret, with every verb. It prints
// only the scheme and the host of BaseURL, because BaseURL may contain a password.
func (o ClientOptions) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.String()) }

// String returns what Format prints.
func (o ClientOptions) String() string {
	base := ""
	if u, err := url.Parse(o.BaseURL); err == nil && u.Host != "" {
		base = u.Scheme + "://" + u.Host
	}
	return fmt.Sprintf("numbers.ClientOptions{BaseURL:%q UserAgent:%q Retry:%+v MaxBodyBytes:%d AllowHTTP:%t}",
		base, o.UserAgent, o.Retry, o.MaxBodyBytes, o.AllowHTTP)
}

// LogValue returns what a logger writes: the text of String.
func (o ClientOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText returns what Format prints, so that no encoder writes more.
func (o ClientOptions) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Retry is how reads, and writes that are documented as safe to repeat, are repeated
// after 429, 502, 503, 504 and transport errors. The waits have full jitter and are
// at most MaxWait. A request is not repeated if the vendor asks for a wait that is
// longer than MaxWait, or that ends after the context's deadline.
type Retry struct {
	// Attempts is how often a request is sent in total; 0 = 4, 1 = once.
	Attempts int
	// MinWait is the base of the exponential backoff; 0 = 500 ms.
	MinWait time.Duration
	// MaxWait is the longest wait, including a Retry-After of the vendor; 0 = 30 s.
	MaxWait time.Duration
}

// Limiter delays requests.
type Limiter interface {
	// Wait blocks until a request may be sent. If it returns an error, the request is
	// not sent.
	Wait(ctx context.Context) error
}
