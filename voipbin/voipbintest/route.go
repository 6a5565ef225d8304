package voipbintest

import (
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// route is one operation of the API.
type route struct {
	era    Era // whose JSON and whose errors it speaks
	method string
	path   string // ":id" stands for one segment
	op     string
	buys   bool
	open   bool // needs no credentials
	handle func(*Server, *call)
}

// call is one request on its way through the handlers.
type call struct {
	w         http.ResponseWriter
	r         *http.Request
	era       Era
	id        string // the segment that the route calls ":id"
	account   Account
	requestID string
}

func routes(era Era) []route {
	all := []route{
		{era: EraSeed, method: "GET", path: "/v1.0/order_numbers", op: "list order numbers", handle: (*Server).listOrderNumbers},
		{era: EraSeed, method: "POST", path: "/v1.0/order_numbers", op: "create order number", buys: true, handle: (*Server).createOrderNumber},
		{era: EraSeed, method: "GET", path: "/v1.0/order_numbers/:id", op: "get order number", handle: (*Server).getOrderNumber},
		{era: EraSeed, method: "DELETE", path: "/v1.0/order_numbers/:id", op: "delete order number", handle: (*Server).deleteOrderNumber},

		{era: EraToday, method: "GET", path: "/v1.0/numbers", op: "list numbers", handle: (*Server).listNumbers},
		{era: EraToday, method: "POST", path: "/v1.0/numbers", op: "create number", buys: true, handle: (*Server).createNumber},
		{era: EraToday, method: "POST", path: "/v1.0/numbers/renew", op: "renew numbers", buys: true, handle: (*Server).renewNumbers},
		{era: EraToday, method: "GET", path: "/v1.0/numbers/:id", op: "get number", handle: (*Server).getNumber},
		{era: EraToday, method: "DELETE", path: "/v1.0/numbers/:id", op: "delete number", handle: (*Server).deleteNumber},
		{era: EraToday, method: "PUT", path: "/v1.0/numbers/:id", op: "update number", handle: (*Server).updateNumber},
		{era: EraToday, method: "PUT", path: "/v1.0/numbers/:id/flow_ids", op: "update number flows", handle: (*Server).updateNumberFlows},
		{era: EraToday, method: "PUT", path: "/v1.0/numbers/:id/metadata", op: "update number metadata", handle: (*Server).updateNumberMetadata},
		{era: EraToday, method: "GET", path: "/v1.0/flows/:id", op: "get flow", handle: (*Server).getFlow},
		{era: EraToday, method: "POST", path: "/v1.0/auth/login", open: true, handle: (*Server).stub},

		{method: "GET", path: "/v1.0/available_numbers", op: "list available numbers", handle: (*Server).listAvailableNumbers},
		{method: "POST", path: "/auth/login", op: "login", open: true, handle: (*Server).login},
		{method: "GET", path: "/ping", op: "ping", open: true, handle: (*Server).ping},
	}
	var served []route
	for _, r := range all {
		if r.era == "" { // of no family: as the server's era has it
			r.era = EraToday
			if era != "" {
				r.era = era
			}
		}
		if era == "" || r.era == era {
			served = append(served, r)
		}
	}
	return served
}

// match returns the route of a request and the segment that it calls ":id".
func (s *Server) match(method, path string) (route, string, bool) {
next:
	for _, r := range s.routes {
		if r.method != method {
			continue
		}
		want, got := strings.Split(r.path, "/"), strings.Split(path, "/")
		if len(want) != len(got) {
			continue
		}
		id := ""
		for i := range want {
			switch {
			case want[i] == ":id" && got[i] != "":
				id = got[i]
			case want[i] != got[i]:
				continue next
			}
		}
		return r, id, true
	}
	return route{}, "", false
}

func (s *Server) classify(r *http.Request) (op string, buys bool) {
	route, _, _ := s.match(r.Method, r.URL.Path)
	return route.op, route.buys
}

// serve is the vendor. The engine holds the lock.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	route, id, ok := s.match(r.Method, r.URL.Path)
	c := &call{w: w, r: r, era: route.era, id: id}
	if !ok {
		c.era = s.eraOf(r.URL.Path)
	}
	if c.era == EraToday {
		c.requestID = s.requestID(r)
		w.Header().Set("X-Request-Id", c.requestID)
	}
	switch {
	case c.era == EraToday && preflight(r):
		w.WriteHeader(http.StatusNoContent)
	case !ok && s.redirected(c):
	case !ok:
		c.notFound()
	case c.era == EraToday && !s.withinAddressLimit(c):
	case !route.open && !s.authenticate(c):
	case c.era == EraToday && !route.open && !s.withinCustomerLimit(c):
	case c.era == EraToday && !route.open && s.broken():
		c.fail(internal)
	default:
		timeouts := s.breaker.timeouts
		if route.handle(s, c); s.breaker.timeouts == timeouts && !route.open {
			s.breaker.timeouts = 0
		}
	}
}

// preflight reports whether a browser asks before it sends a request from another site.
func preflight(r *http.Request) bool {
	return r.Method == http.MethodOptions && r.Header.Get("Origin") != "" && r.Header.Get("Access-Control-Request-Method") != ""
}

// eraOf tells whose errors a path gets that belongs to no operation.
func (s *Server) eraOf(path string) Era {
	switch {
	case s.opts.Era != "":
		return s.opts.Era
	case path == "/v1.0/order_numbers" || strings.HasPrefix(path, "/v1.0/order_numbers/"):
		return EraSeed
	}
	return EraToday
}

// redirected sends a path with a slash too many to the one without. The query goes along, credentials included.
func (s *Server) redirected(c *call) bool {
	path, ok := strings.CutSuffix(c.r.URL.Path, "/")
	if !ok {
		return false
	}
	if _, _, ok := s.match(c.r.Method, path); !ok {
		return false
	}
	to := *c.r.URL
	to.Path, to.RawPath = path, ""
	status := http.StatusTemporaryRedirect
	if c.r.Method == http.MethodGet {
		status = http.StatusMovedPermanently
	}
	http.Redirect(c.w, c.r, to.RequestURI(), status)
	return true
}

// ok answers with v. As at the vendor, "<", ">" and "&" in strings are escaped.
func (c *call) ok(v any) {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	fake.Raw(c.w, http.StatusOK, "application/json; charset=utf-8", body)
}

// ping is GET /ping.
func (s *Server) ping(c *call) {
	s.engine.Strict(c.r)
	c.ok(struct {
		Message string `json:"message"`
	}{"pong"})
}

// stub is today's POST /v1.0/auth/login, which its interface description names and its server does not have.
func (s *Server) stub(c *call) { c.notFound() }

// breaker is the vendor's circuit breaker.
type breaker struct {
	timeouts int // in a row
	until    time.Time
}

const (
	breakerTimeouts = 5
	breakerOpen     = 30 * time.Second
)

// timeout counts an order of today that was answered with a timeout.
func (s *Server) timeout(c *call) {
	if !s.opts.Breaker || c.era != EraToday {
		return
	}
	if s.breaker.timeouts++; s.breaker.timeouts >= breakerTimeouts {
		s.breaker = breaker{until: s.engine.Now().Add(breakerOpen)}
	}
}

// broken reports whether the breaker is open.
func (s *Server) broken() bool { return s.engine.Now().Before(s.breaker.until) }

// TripBreaker opens the vendor's circuit breaker for 30 seconds of the server's clock, as
// five timeouts of other customers do. During this time all of today's operations on
// numbers fail with 500, also lists.
func (s *Server) TripBreaker() {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.breaker = breaker{until: s.engine.Now().Add(breakerOpen)}
}

// refusal is an error answer in today's words. In 2021 nearly all of them were 400 without a body.
type refusal struct {
	status               int
	word, reason, detail string
}

var (
	invalidArgument = refusal{400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "The request is invalid."}
	noCountry       = refusal{400, "INVALID_ARGUMENT", "INVALID_ARGUMENT", "country_code is required for non-virtual number queries."}
	invalidID       = refusal{400, "INVALID_ARGUMENT", "INVALID_ID", "The provided id is not a valid UUID."}
	invalidJSON     = refusal{400, "INVALID_ARGUMENT", "INVALID_JSON_BODY", "The request body is not valid JSON."}
	noCredentials   = refusal{401, "UNAUTHENTICATED", "AUTHENTICATION_REQUIRED", "Authentication is required."}
	badCredentials  = refusal{401, "UNAUTHENTICATED", "INVALID_CREDENTIALS", "The provided credentials are invalid."}
	noBalance       = refusal{402, "FAILED_PRECONDITION", "INSUFFICIENT_BALANCE", "The account balance is insufficient."}
	denied          = refusal{403, "PERMISSION_DENIED", "PERMISSION_DENIED", "You do not have permission to access this resource."}
	frozenAccount   = refusal{403, "PERMISSION_DENIED", "ACCOUNT_FROZEN", "This account is frozen. Contact support."}
	notIdentified   = refusal{403, "PERMISSION_DENIED", "IDENTITY_VERIFICATION_REQUIRED", "Customer identity verification is required for this operation."}
	numberUnknown   = refusal{404, "NOT_FOUND", "NUMBER_NOT_FOUND", "The phone number was not found."}
	flowUnknown     = refusal{404, "NOT_FOUND", "FLOW_NOT_FOUND", "The flow was not found."}
	numberGone      = refusal{404, "NOT_FOUND", "RESOURCE_NOT_FOUND", "The requested resource was not found."}
	routeUnknown    = refusal{404, "NOT_FOUND", "ROUTE_NOT_FOUND", "The requested endpoint does not exist."}
	tooMany         = refusal{429, "RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED", "Too many requests. Please try again later."}
	internal        = refusal{500, "INTERNAL", "INTERNAL", "An internal error occurred."}
	timedOut        = refusal{503, "UNAVAILABLE", "REQUEST_TIMEOUT", "The request timed out."}
)

func invalidParameter(name string) refusal {
	return refusal{400, "INVALID_ARGUMENT", "INVALID_REQUEST_PARAMETER", `The parameter "` + name + `" has an invalid format.`}
}

// fail answers with a refusal, in the words of the era.
func (c *call) fail(f refusal, details ...any) {
	switch {
	case c.era == EraSeed && f.status == http.StatusUnauthorized:
		c.w.WriteHeader(http.StatusUnauthorized)
	case c.era == EraSeed:
		c.w.WriteHeader(http.StatusBadRequest)
	default:
		contentType := "application/json; charset=utf-8"
		if f == invalidJSON {
			contentType = "text/plain; charset=utf-8" // the status is sent before the body is made
		}
		fake.Raw(c.w, f.status, contentType, envelope(f, c.requestID, details))
	}
}

// crash is what a panic of the vendor's handler looks like.
func (c *call) crash() { c.w.WriteHeader(http.StatusInternalServerError) }

// notFound is the answer for paths and methods that don't exist.
func (c *call) notFound() {
	if c.era == EraSeed {
		fake.Raw(c.w, http.StatusNotFound, "text/plain", []byte("404 page not found"))
		return
	}
	c.fail(routeUnknown)
}

// envelope is today's error body; its keys are sorted.
func envelope(f refusal, requestID string, details []any) []byte {
	var o fake.Object
	if len(details) > 0 {
		o = append(o, fake.Member{Key: "details", Value: details})
	}
	o = append(o,
		fake.Member{Key: "message", Value: f.detail},
		fake.Member{Key: "reason", Value: f.reason},
		fake.Member{Key: "request_id", Value: requestID},
		fake.Member{Key: "status", Value: f.word},
	)
	body, err := fake.Marshal(fake.Object{{Key: "error", Value: o}})
	if err != nil {
		panic(err)
	}
	return body
}

// faultBody is the body of injected error statuses: none in 2021, today's envelope otherwise.
func (s *Server) faultBody(status int) (contentType string, body []byte) {
	if s.opts.Era == EraSeed {
		return "", nil
	}
	var details []any
	f := internal
	for _, usual := range []refusal{invalidArgument, badCredentials, noBalance, denied, numberGone, tooMany, timedOut} {
		if usual.status == status {
			f = usual
		}
	}
	if f == tooMany {
		details = []any{limitedBy("customer")}
	}
	return "application/json; charset=utf-8", envelope(f, s.newRequestID(), details)
}

// requestID is the client's own id, where it is harmless, or a new one.
func (s *Server) requestID(r *http.Request) string {
	const harmless = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
	id := r.Header.Get("X-Request-Id")
	if id == "" || len(id) > 64 || strings.Trim(id, harmless) != "" {
		return s.newRequestID()
	}
	return id
}

// newRequestID makes "req_" and 26 letters and digits.
func (s *Server) newRequestID() string {
	b, err := hex.DecodeString(s.engine.IDs().Hex())
	if err != nil {
		panic(err)
	}
	return "req_" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}
