package main

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"golang.org/x/time/rate"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/account"
	"github.com/tnkit/tnkit/telnyx"
)

const (
	keyHeader   = "Idempotency-Key"
	webhookPath = "/v1/webhooks/telnyx"
	purchases   = "/v1/purchases"
)

// service is the HTTP API of one account.
type service struct {
	config
	acct  *account.Account
	store *store
	sold  *vendor
	log   *slog.Logger
	limit *rate.Limiter

	stopping chan struct{}   // closed when no caller is to wait any more
	life     context.Context //nolint:containedctx // of the purchases, which outlive their callers
	end      func()          // ends it
	mu       sync.Mutex
	running  map[string]*job
	jobs     sync.WaitGroup
}

func newService(c config, acct *account.Account, db *store, v *vendor, log *slog.Logger) *service {
	life, end := context.WithCancel(context.Background())
	return &service{
		config: c, acct: acct, store: db, sold: v, log: log, limit: rate.NewLimiter(rate.Limit(c.rate), int(c.rate)+1),
		stopping: make(chan struct{}), life: life, end: end, running: make(map[string]*job),
	}
}

func (s *service) routes(t *telemetry) (http.Handler, error) {
	mux := http.NewServeMux()
	add := func(pattern string, h http.Handler) {
		mux.Handle(pattern, otelhttp.NewHandler(h, pattern, otelhttp.WithTracerProvider(t.traces), otelhttp.WithMeterProvider(t.metrics)))
	}
	add("GET /v1/offers", s.guarded(s.search))
	add("POST /v1/quotes", s.guarded(s.quote))
	add("POST "+purchases, s.guarded(s.buy))
	add("GET "+purchases+"/{key}", s.guarded(s.status))
	add("DELETE /v1/numbers/{number}", s.guarded(s.release))
	if s.sold.publicKey != "" {
		hook, err := telnyx.NewWebhookHandler([]string{s.sold.publicKey}, s.webhook)
		if err != nil {
			return nil, err
		}
		add(webhookPath, hook)
	}
	mux.HandleFunc("GET "+problemPath+"{slug}", describe)
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", s.ready)
	return mux, nil
}

// guarded checks the token and the rate.
func (s *service) guarded(h http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		switch {
		case s.token != "" && subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+s.token)) == 0:
			w.Header().Set("WWW-Authenticate", "Bearer")
			s.fail(w, r, errUnauthorized)
		case !s.limit.Allow():
			w.Header().Set("Retry-After", "1")
			s.fail(w, r, errTooMany)
		default:
			h(w, r)
		}
	})
}

// ready reports whether requests should come here.
func (s *service) ready(w http.ResponseWriter, r *http.Request) {
	select {
	case <-s.stopping:
		http.Error(w, "stopping", http.StatusServiceUnavailable)
		return
	default:
	}
	if err := s.store.db.PingContext(r.Context()); err != nil {
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	_, _ = io.WriteString(w, "ready\n")
}

func (s *service) search(w http.ResponseWriter, r *http.Request) {
	in := r.URL.Query()
	q := numbers.SearchQuery{
		Country: in.Get("country"), Type: numbers.NumberType(in.Get("type")), AreaCode: in.Get("area_code"), Locality: in.Get("locality"),
		Region: in.Get("region"), StartsWith: in.Get("starts_with"), Contains: in.Get("contains"), EndsWith: in.Get("ends_with"), Limit: 10,
	}
	if text := in.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			s.fail(w, r, invalid("limit", "it must be from 1 to 100"))
			return
		}
		q.Limit = n
	}
	offers := []*numbers.Offer{}
	for offer, err := range s.acct.Search(r.Context(), q) {
		if err != nil {
			s.fail(w, r, err)
			return
		}
		offers = append(offers, offer)
	}
	send(w, answer{http.StatusOK, encode(map[string]any{"offers": offers})})
}

func (s *service) quote(w http.ResponseWriter, r *http.Request) {
	in, err := read(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	quotation, err := s.acct.Quote(r.Context(), numbers.OrderRequest{Numbers: in.Numbers})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	send(w, answer{http.StatusOK, encode(quotation)})
}

// release gives a number back. It returns only after a reading shows that it is gone.
func (s *service) release(w http.ResponseWriter, r *http.Request) {
	n, err := numbers.ParseE164(r.PathValue("number"))
	if err != nil {
		s.fail(w, r, invalid("number", err.Error()))
		return
	}
	owned, err := s.acct.Find(r.Context(), n)
	if err == nil {
		err = s.acct.Release(context.WithoutCancel(r.Context()), owned) // also if the caller leaves
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// webhook wakes the purchases that wait for an order. Only what they read then counts.
func (s *service) webhook(ctx context.Context, hook *telnyx.Webhook) error {
	if o := hook.NumberOrder; o != nil {
		var list []numbers.E164
		for _, item := range o.PhoneNumbers {
			list = append(list, numbers.E164(item.PhoneNumber))
		}
		s.acct.Notify(o.ID, list...)
		s.log.LogAttrs(ctx, slog.LevelInfo, "webhook", slog.String("event", hook.Data.ID), slog.String("order", o.ID))
	}
	return nil
}

// read reads a request for numbers.
func read(r *http.Request) (in request, err error) {
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&in); err != nil {
		return in, invalid("body", "it is not the JSON of a request: "+err.Error())
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return in, invalid("body", "something follows the JSON")
	}
	for _, n := range in.Numbers {
		if _, err := numbers.ParseE164(string(n)); err != nil {
			return in, invalid("numbers", err.Error())
		}
	}
	if len(in.Numbers) == 0 {
		return in, invalid("numbers", "the list is empty")
	}
	return in, nil
}

func invalid(field, message string) error {
	return &numbers.Error{Op: "request", Kind: numbers.ErrInvalid, Field: field, Message: message}
}
