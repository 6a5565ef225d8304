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
	// BaseURL replaces the vendor's own base URL, for example with that of a staging
	// system, a proxy or a fake. It must be https, except for loopback hosts or with
	// AllowHTTP. A BaseURL with a user, a query or a fragment is refused. PortSIP's
	// client takes the URL as an argument of New instead.
	BaseURL string
	// HTTPClient sends the requests. The vendor's client uses a copy of it, with the same
	// Transport (for tracing, proxies, private CAs and recorders), no cookie jar and
	// another redirect policy. The Timeout of HTTPClient is the limit of one attempt. nil
	// = a client on http.DefaultTransport with a limit of 60 seconds for an attempt.
	HTTPClient *http.Client
	// Logger gets one line for each request, at debug level. The line has only vendor,
	// operation, class, method, host, path template, attempt, duration, status and kind
	// of error. A panic of OnAttempt is logged at error level. nil = no log.
	Logger *slog.Logger
	// UserAgent is put before the module's name in the User-Agent header.
	UserAgent string
	// Retry sets how reads are repeated. Purchases are never repeated.
	Retry Retry
	// Limiter delays every attempt. A *rate.Limiter of golang.org/x/time/rate is a
	// Limiter. nil = no limit.
	Limiter Limiter
	// MaxBodyBytes is the largest answer that is read; 0 = 32 MiB, twice what 5,000 orders
	// take in the only list that a vendor sends without pages. At most 1 MiB of an error
	// body is read, or MaxBodyBytes if that is less. A larger answer is ErrVendor, or
	// ErrOutcomeUnknown to a purchase. Reading an answer takes at most 16 times its size
	// of memory.
	MaxBodyBytes int64
	// PurchaseMaxIdle is the longest time that an HTTP/1.1 connection may have been idle
	// before a purchase is sent on it. A connection that was idle for longer is closed,
	// and the purchase is sent on another connection. The server or a proxy may have
	// closed an idle connection already: the purchase would not arrive, and its outcome
	// would be unknown. Use a time that is shorter than the idle limit of the server. 0 =
	// 2 s; negative = no limit. The limit needs a transport that calls the hooks of
	// net/http/httptrace, as *http.Transport and its wrappers do.
	PurchaseMaxIdle time.Duration
	// AllowHTTP permits an http BaseURL of a host that is not loopback. Credentials
	// and orders are then sent without encryption.
	AllowHTTP bool
	// OnAttempt is called after each request, with or without an answer. Logins are
	// included. OnAttempt is not called if the limiter, a login or the claim of a
	// purchase failed, because then no request was sent. ctx has the values of the
	// caller's context, and [OperationFrom] returns its operation.
	//
	// OnAttempt runs on the goroutine of the call, and the call waits for it. OnAttempt
	// must be safe for concurrent use. A panic is recovered and logged as an error,
	// because the answer to a purchase must not be lost.
	OnAttempt func(ctx context.Context, a AttemptInfo)
	// OnDrift is called for each Drift of an answer, before the call returns. The
	// rules of OnAttempt apply. Logger gets each path of an operation once, at warn
	// level.
	OnDrift func(ctx context.Context, d Drift)
	// Strict makes every Drift an error: ErrVendor, or ErrOutcomeUnknown if the operation
	// may have bought something. Use Strict in tests that compare a vendor's answers with
	// this module.
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
	// "data[].phone_numbers_count". "[]" is any element of a list. "*" is any member of
	// an object whose member names are data. An answer has at most one Drift of the same
	// Path, Want and Got, and at most 100 in total. "" is the whole result; the call then
	// returns an error.
	Path string
	// Want is what the member should be: "string", "number", "integer", "boolean",
	// "object", "array" or a description ("a decimal number, quoted or not").
	Want string
	// Got is the JSON type of the member: "string", "number", "boolean", "object",
	// "array" or "null".
	Got string
}

// Format prints the options without secrets, with every formatting verb. It prints only
// the scheme and the host of BaseURL, because BaseURL may contain a password.
func (o ClientOptions) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.String()) }

// String returns the text that Format prints.
func (o ClientOptions) String() string {
	base := ""
	if u, err := url.Parse(o.BaseURL); err == nil && u.Host != "" {
		base = u.Scheme + "://" + u.Host
	}
	return fmt.Sprintf("numbers.ClientOptions{BaseURL:%q UserAgent:%q Retry:%+v MaxBodyBytes:%d AllowHTTP:%t}",
		base, o.UserAgent, o.Retry, o.MaxBodyBytes, o.AllowHTTP)
}

// LogValue returns the text of String, for a logger.
func (o ClientOptions) LogValue() slog.Value { return slog.StringValue(o.String()) }

// MarshalText returns the text of String, so that no encoder writes a secret.
func (o ClientOptions) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// Retry sets how a client repeats reads, and writes that are documented as safe to
// repeat. It repeats them after 429, 502, 503, 504 and transport errors. The waits have
// full jitter and are at most MaxWait. A request is not repeated if the vendor asks for a
// wait that is longer than MaxWait, or that ends after the context's deadline.
type Retry struct {
	// Attempts is the largest count of times that a request is sent; 0 = 4, 1 = no
	// repetition.
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
