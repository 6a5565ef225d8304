package driver

import (
	"context"
	"errors"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/internal/gate"
	"github.com/tnkit/tnkit/numbers"
)

// Once is an http.RoundTripper that sends a purchase at most once, and not after its
// fence. It is for an Orderer whose client may repeat a request: a vendor's SDK, or
// net/http, which repeats requests on dead connections and after an HTTP/2 reset.
// Make it the innermost transport, so that limiters and logins come before it:
//
//	client := &http.Client{Transport: &driver.Once{}}
//
// A request is the purchase if its context comes from [NewSending] and Buys returns true.
// Once sends other requests unchanged, with one exception: if Buys is set and returns
// true for a request without a Sending, the error is ErrInvalid, and the request is not
// sent.
//
// Once replaces the body of the purchase by one that can be read only once, because
// net/http reads the body immediately before it sends it. So a purchase without a body is
// refused with ErrInvalid. Send {} if the vendor needs no body.
type Once struct {
	// Base sends the requests; nil = http.DefaultTransport.
	Base http.RoundTripper
	// Buys reports whether a request is the purchase. nil = every request whose method is
	// not GET, HEAD or OPTIONS. Set Buys if the client may send another such request with
	// the context of a Sending, such as a login.
	Buys func(*http.Request) bool
}

// RoundTrip implements http.RoundTripper. It removes the Location header from a 3xx
// answer to a purchase, so that no client follows the redirect.
func (o *Once) RoundTrip(req *http.Request) (*http.Response, error) {
	base := o.Base
	if base == nil {
		base = http.DefaultTransport
	}
	if !o.buys(req) {
		return base.RoundTrip(req)
	}
	s, ok := req.Context().Value(sendingKey{}).(*Sending)
	if !ok && o.Buys == nil {
		return base.RoundTrip(req)
	}
	data, err := bodyOf(req)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, Refused("", "Once", numbers.ErrInvalid, "ctx", "nothing was sent: the request is a purchase, and its context is not from driver.NewSending")
	}
	return s.send(base, req, data)
}

func (o *Once) buys(req *http.Request) bool {
	if o.Buys != nil {
		return o.Buys(req)
	}
	return req.Method != "" && req.Method != http.MethodGet && req.Method != http.MethodHead && req.Method != http.MethodOptions
}

// bodyOf reads the body of a request to its end, and closes it.
func bodyOf(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	data, err := io.ReadAll(req.Body)
	return data, errors.Join(err, req.Body.Close())
}

// errTwice is the error of a second request for the same purchase.
var errTwice = errors.New("the purchase was already sent, and is not sent again")

type sendingKey struct{}

// Sending is the state of one order while it is sent. It is safe for concurrent use.
type Sending struct {
	vendor string
	r      numbers.OrderRequest

	mu      sync.Mutex
	busy    bool       // an attempt is running
	over    bool       // Error was called: nothing may be sent
	begun   bool       // r.Begin was called
	sendBy  time.Time  // the fence that r.Begin returned
	refused error      // why nothing may be sent
	lost    error      // why the purchase, which may have been sent, has no answer
	gate    *gate.Gate // of the latest attempt; nil = no attempt
	started time.Time  // of the latest attempt
	status  int        // of the answer; 0 = no answer
	wait    time.Duration
}

// NewSending prepares the order r for sending. Place uses the returned context for one
// purchase with the vendor's client, and for nothing after it:
//
//	ctx, sending := driver.NewSending(ctx, "acme", r)
//	made, err := o.sdk.Order(ctx, …)
//	if err != nil {
//		return nil, sending.Error(err)
//	}
//
// Once calls r.Begin when the client passes the request to it. Once sends the body only
// before the time that Begin returned. If the client repeats the request, the second
// request fails and is not sent, unless no byte of the first was sent.
func NewSending(ctx context.Context, vendor string, r numbers.OrderRequest) (context.Context, *Sending) {
	s := &Sending{vendor: vendor, r: r}
	return context.WithValue(ctx, sendingKey{}, s), s
}

// send makes one attempt.
func (s *Sending) send(base http.RoundTripper, req *http.Request, data []byte) (*http.Response, error) {
	g, err := s.open(req.Context(), data)
	if err != nil {
		return nil, err
	}
	defer s.close()
	body, err := g.Body()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	if sendBy := s.sendBy; !sendBy.IsZero() {
		// If the fence passes while the attempt waits for a connection, the attempt can
		// end at once.
		fence := time.AfterFunc(time.Until(sendBy), func() {
			if g.Expire() {
				cancel(gate.ErrLate)
			}
		})
		defer fence.Stop()
	}
	out := req.Clone(ctx)
	out.Body, out.GetBody, out.ContentLength, out.TransferEncoding = body, g.Body, int64(len(data)), nil
	resp, err := base.RoundTrip(out)
	if err != nil || resp == nil {
		cancel(nil)
		g.Close()
		switch {
		case g.Late():
			err = gate.ErrLate
		case err == nil:
			err = errors.New("the transport returned neither an answer nor an error")
		}
		s.failed(err)
		return nil, err
	}
	g.Pass() // an answer shows that the vendor got the request
	s.answered(resp)
	return response(resp, cancel), nil
}

// response returns an answer that ends its attempt when its body is closed, and that has
// no Location.
func response(resp *http.Response, cancel context.CancelCauseFunc) *http.Response {
	out := *resp
	if out.Body == nil {
		out.Body = http.NoBody
	}
	out.Body = &closing{out.Body, cancel}
	if out.StatusCode >= 300 && out.StatusCode < 400 && out.Header.Get("Location") != "" {
		out.Header = out.Header.Clone()
		out.Header.Del("Location")
	}
	return &out
}

type closing struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
}

func (c *closing) Close() error {
	defer c.cancel(nil)
	return c.ReadCloser.Close()
}

// open begins an attempt if one is allowed. The first attempt calls r.Begin.
func (s *Sending) open(ctx context.Context, data []byte) (*gate.Gate, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.refused != nil:
		return nil, s.refused
	case s.over, s.busy, s.gate != nil && s.gate.Passed():
		return nil, errTwice
	case s.gate != nil && s.gate.Late():
		return nil, gate.ErrLate
	case len(data) == 0:
		s.refused = Refused(s.vendor, "Place", numbers.ErrInvalid, "Body", "the purchase has no body, so it could be sent twice", s.r.Numbers...)
		return nil, s.refused
	}
	s.busy = true
	if !s.begun && s.r.Begin != nil {
		s.begun = true
		s.mu.Unlock() // Begin may take long
		sendBy, err := s.r.Begin(ctx)
		s.mu.Lock()
		s.sendBy = sendBy
		if err != nil {
			s.refused = &beginError{err}
		}
	}
	err := s.refused
	switch {
	case err != nil:
	case s.over:
		err = errTwice
	default:
		err = ctxerr.Of(ctx)
	}
	if err != nil {
		s.busy = false
		return nil, err
	}
	s.gate, s.started = gate.New(data, true), time.Now()
	s.gate.Fence(s.sendBy)
	return s.gate, nil
}

// close ends an attempt.
func (s *Sending) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = false
}

// failed records why the purchase has no answer.
func (s *Sending) failed(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lost = err
}

// answered records the answer to the purchase.
func (s *Sending) answered(resp *http.Response) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.status, s.wait = resp.StatusCode, retryAfter(resp.Header, time.Now())
}

// beginError wraps the error that OrderRequest.Begin returned.
type beginError struct{ err error }

func (e *beginError) Error() string { return "OrderRequest.Begin failed: " + e.err.Error() }
func (e *beginError) Unwrap() error { return e.err }

// Error converts the client's error of this purchase into the error of Place. Error(nil)
// returns nil. If the vendor may have made the purchase, the kind of the result is
// ErrOutcomeUnknown, and it has an Attempt. After a refusal, or if nothing was sent, the
// result has the kind of err, or the kind of the HTTP status.
//
// If err is a *numbers.Error, the result keeps its fields. A *url.Error is removed from
// the chain, because its text contains the query. The text of other errors is used
// unchanged: it must not contain a secret.
//
// Error ends the Sending: nothing is sent after this call.
func (s *Sending) Error(err error) error {
	if err == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.over = true
	if s.gate != nil {
		s.gate.Close()
	}
	switch { // the client's error may not show these
	case s.refused != nil:
		err = s.refused
	case s.lost != nil && errors.Is(err, errTwice):
		err = s.lost
	}
	e := s.errorOf(err)
	switch {
	case s.gate != nil && s.gate.Passed():
		s.describeSent(e)
	case s.gate != nil && s.gate.Late():
		e.Kind, e.Err, e.Message = numbers.ErrNotPlaced, gate.ErrLate, "nothing was sent: "+gate.ErrLate.Error()
	default:
		describeUnsent(e, err)
	}
	return e
}

// errorOf returns the error of Place before its kind is decided.
func (s *Sending) errorOf(err error) *numbers.Error {
	if inner, ok := errors.AsType[*numbers.Error](err); ok {
		e := *inner
		e.Op, e.Vendor = "Place", s.vendor
		if len(e.Numbers) == 0 {
			e.Numbers = slices.Clone(s.r.Numbers)
		}
		return &e
	}
	err = withoutURL(err)
	e := &numbers.Error{Op: "Place", Vendor: s.vendor, Numbers: slices.Clone(s.r.Numbers), Err: err}
	if numbers.HasKind(err) {
		e.Kind = numbers.KindOf(err)
	}
	return e
}

// describeSent completes e for an order of which something was sent.
func (s *Sending) describeSent(e *numbers.Error) {
	e.Status = s.status
	if e.RetryAfter == 0 {
		e.RetryAfter = s.wait
	}
	if errors.Is(e.Kind, numbers.ErrOutcomeUnknown) || StatusUnclear(s.status) {
		e.Kind = numbers.ErrOutcomeUnknown
		e.Numbers, e.Refused = slices.Clone(s.r.Numbers), nil
		e.Attempt = &numbers.Attempt{
			Vendor: s.vendor, Reference: s.r.Reference, Numbers: slices.Clone(s.r.Numbers),
			Started: s.started, Ended: time.Now(), Status: s.status,
		}
		return
	}
	e.Attempt = nil
	if e.Kind == nil {
		e.Kind = StatusKind(s.status)
	}
}

// describeUnsent completes e, which was made from err, for an order of which nothing was
// sent.
func describeUnsent(e *numbers.Error, err error) {
	text := "nothing was sent"
	switch {
	case e.Message != "":
		text += ": " + e.Message
	case e.Err != nil:
		text += ": " + e.Err.Error()
	}
	e.Message, e.Attempt = text, nil
	unknown := errors.Is(err, numbers.ErrOutcomeUnknown)
	if begin, ok := errors.AsType[*beginError](err); ok {
		e.Err = begin.err
		if unknown || !numbers.HasKind(begin.err) {
			e.Kind = numbers.ErrNotPlaced
		}
	} else if unknown || e.Kind == nil {
		e.Kind = numbers.ErrUnreachable
	}
	if unknown { // err is about another operation, because this one was not sent
		e.Err = nil
	}
}
