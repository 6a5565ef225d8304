package api

import (
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/url"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// Config says what is particular to a vendor.
type Config struct {
	// Vendor is the name in errors, logs and Orders.
	Vendor string
	// BaseURL is the vendor's own; ClientOptions.BaseURL replaces it.
	BaseURL string
	// Auth puts credentials into requests; nil for none.
	Auth Auth
	// Unauthorised reports whether an answer refuses the credential, so that a
	// fresh one may help; nil = whether its status is 401.
	Unauthorised func(*Answer) bool
	// Refusal reads an answer that is no success.
	Refusal func(*Answer) Refusal
	// Open returns the part of a 2xx body that holds the result, or refused
	// where a 2xx is no success at all. nil = the whole body.
	Open func(*Answer) (result []byte, refused bool)
	// RequestIDHeader is the response header with the vendor's request id.
	RequestIDHeader string
}

// Client sends a vendor's operations. It is safe for concurrent use.
type Client struct {
	Config
	base       *url.URL
	transport  http.RoundTripper
	userAgent  string
	log        *slog.Logger
	limiter    numbers.Limiter
	onResponse func(numbers.ResponseInfo)
	tries      numbers.Retry
	timeout    time.Duration
	maxBody    int64
	maxError   int64
}

const (
	userAgent      = "tnkit/0.1"
	defaultTimeout = 60 * time.Second
	defaultBody    = 32 << 20
	defaultError   = 1 << 20
)

// New makes a client. opts may be nil; it is not kept.
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
		Config:     cfg,
		base:       base,
		transport:  http.DefaultTransport,
		userAgent:  userAgent,
		log:        opts.Logger,
		limiter:    opts.Limiter,
		onResponse: opts.OnResponse,
		tries:      withDefaults(opts.Retry),
		timeout:    defaultTimeout,
		maxBody:    defaultBody,
		maxError:   defaultError,
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
	return c, nil
}

// None is a client that sends nothing: it stands where the caller gave none, so
// that his calls are errors and no panics.
func None(vendor string) *Client { return &Client{Config: Config{Vendor: vendor}} }

// Format prints the vendor's name, whatever the verb: fmt would follow some of
// the pointers.
func (c Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "api.Client("+c.Vendor+")") }

// Invalid is the error for a request that is refused before it is sent.
func Invalid(vendor, op, field, message string) *numbers.Error {
	return &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrInvalid, Field: field, Message: message}
}
