package voipbintest

import (
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

// TripBreaker opens the vendor's circuit breaker for 30 seconds of the server's clock, as five timeouts of other
// customers do: all of today's operations on numbers fail with 500 meanwhile, lists too.
func (s *Server) TripBreaker() {
	s.engine.Lock()
	defer s.engine.Unlock()
	s.breaker = breaker{until: s.engine.Now().Add(breakerOpen)}
}
