package api

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/tnkit/tnkit/internal/decode"
	"github.com/tnkit/tnkit/numbers"
)

// Config has what is specific to a vendor.
type Config struct {
	// Vendor is the name in errors, logs and Orders.
	Vendor string
	// BaseURL is the vendor's own; ClientOptions.BaseURL replaces it.
	BaseURL string
	// Auth puts credentials into requests; nil for none.
	Auth Auth
	// Unauthorized reports whether an answer refuses the credential, so that a
	// fresh one may help; nil = whether its status is 401.
	Unauthorized func(*Answer) bool
	// Refusal reads an answer that is not a success.
	Refusal func(*Answer) Refusal
	// Open returns the part of a 2xx body that has the result. It returns refused if a
	// 2xx answer is not a success. nil = the whole body.
	Open func(*Answer) (result []byte, refused bool)
	// Unconnected returns what to do about a connection that can't be made, as text for
	// people; "" for any other failure. nil = always "".
	Unconnected func(error) string
	// Forms are the forms of the vendor's types that have several forms; nil = none.
	Forms decode.Forms
	// RequestIDHeader is the response header with the vendor's request id.
	RequestIDHeader string
}

// Client sends a vendor's operations. It is safe for concurrent use.
type Client struct {
	Config
	base      *url.URL
	transport http.RoundTripper
	userAgent string
	log       *slog.Logger
	limiter   numbers.Limiter
	onAttempt func(context.Context, numbers.AttemptInfo)
	onDrift   func(context.Context, numbers.Drift)
	strict    bool
	warned    *sync.Map // the drifts that were logged: operation and path
	tries     numbers.Retry
	timeout   time.Duration
	maxIdle   time.Duration // of a connection for a Buy; negative = any
	plain     bool          // the transport is net/http's own: onePiece
	direct    *atomic.Bool  // the latest Buy had an HTTP/1 connection over TCP: onePiece
	maxBody   int64
	maxError  int64
}

const (
	userAgent      = "tnkit/" + numbers.Version
	defaultTimeout = 60 * time.Second
	defaultIdle    = 2 * time.Second
	// defaultBody is twice the largest answer that is to be expected. OpenTact's list of
	// orders has no pages, and an order with all its members takes 3 KiB: that is 16 MiB
	// for 5,000 orders. The largest answers of the others are far smaller: a Telnyx order
	// of the documented most, 10,000 numbers of half a KiB each, and pages of 250 rows.
	defaultBody  = 32 << 20
	defaultError = 1 << 20
)

// New returns a new Client. opts may be nil. New does not keep it.
func New(cfg Config, opts *numbers.ClientOptions) (*Client, error) {
	if opts == nil {
		opts = &numbers.ClientOptions{}
	}
	raw := cfg.BaseURL
	if opts.BaseURL != "" {
		raw = opts.BaseURL
	}
	base, reason := parseBase(raw, opts.AllowHTTP)
	if reason != "" {
		return nil, Invalid(cfg.Vendor, "New", "BaseURL", reason)
	}
	if reason := badRetry(opts.Retry); reason != "" {
		return nil, Invalid(cfg.Vendor, "New", "Retry", reason)
	}
	if opts.MaxBodyBytes < 0 {
		return nil, Invalid(cfg.Vendor, "New", "MaxBodyBytes", "it is negative")
	}
	if badHeader(opts.UserAgent) {
		return nil, Invalid(cfg.Vendor, "New", "UserAgent", "it has a control character")
	}
	c := &Client{
		Config:    cfg,
		base:      base,
		transport: http.DefaultTransport,
		userAgent: userAgent,
		log:       opts.Logger,
		limiter:   opts.Limiter,
		onAttempt: opts.OnAttempt,
		onDrift:   opts.OnDrift,
		strict:    opts.Strict,
		warned:    new(sync.Map),
		tries:     withDefaults(opts.Retry),
		timeout:   defaultTimeout,
		maxIdle:   cmp.Or(opts.PurchaseMaxIdle, defaultIdle),
		direct:    new(atomic.Bool),
		maxBody:   defaultBody,
		maxError:  defaultError,
	}
	if opts.UserAgent != "" {
		c.userAgent = opts.UserAgent + " " + userAgent
	}
	if opts.MaxBodyBytes > 0 {
		c.maxBody = min(opts.MaxBodyBytes, math.MaxInt64-1) // readBody reads one byte more
		c.maxError = min(defaultError, opts.MaxBodyBytes)
	}
	if h := opts.HTTPClient; h != nil {
		if h.Transport != nil {
			c.transport = h.Transport
		}
		if h.Timeout > 0 {
			c.timeout = h.Timeout
		}
	}
	c.plain = isPlain(c.transport)
	return c, nil
}

// None returns a client that sends nothing. It replaces a nil client, so that calls
// return errors and do not panic.
func None(vendor string) *Client { return &Client{Config: Config{Vendor: vendor}} }

// Format prints only the vendor's name, with every verb, because fmt would follow some of
// the pointers.
func (c Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "api.Client("+c.Vendor+")") }

// Invalid is the error for a request that is refused before it is sent.
func Invalid(vendor, op, field, message string) *numbers.Error {
	return &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: field, Message: message}
}

// parseBase returns the base URL without a trailing slash, or why it is refused. The
// reason never quotes the URL, because the URL may contain a password.
func parseBase(raw string, allowHTTP bool) (base *url.URL, reason string) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, "it is not a URL"
	case u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return nil, "it has no host"
	case u.User != nil:
		return nil, "it contains a user; credentials are an argument of New"
	case u.RawQuery != "" || u.ForceQuery:
		return nil, "it has a query"
	case strings.Contains(raw, "#"):
		return nil, "it has a fragment"
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, "its scheme is not https"
	case u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()):
		return nil, "http is allowed only for loopback hosts, unless AllowHTTP is set"
	case climbs(u.Path):
		return nil, "its path has a segment . or .."
	}
	// Only unescaped slashes are removed: the decoded path of /v2%2F/ ends with "//".
	u.RawPath = strings.TrimRight(u.EscapedPath(), "/")
	if u.Path, err = url.PathUnescape(u.RawPath); err != nil {
		return nil, "its path is not escaped correctly"
	}
	return u, ""
}

func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.IsLoopback()
}
