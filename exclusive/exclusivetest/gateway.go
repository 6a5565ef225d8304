package exclusivetest

import (
	"net"
	"net/http"
	"time"
)

// gateway is what stands before the PBX: it counts requests and failed logins by address.
type gateway struct {
	down    bool
	limit   RateLimit
	windows map[string]*window
	failure map[string]int       // failed logins in a row
	blocked map[string]time.Time // until when
}

// window counts the requests of one minute.
type window struct {
	began time.Time
	count int
}

// RateLimit is the gateway's access limit. A PBX allows 5,000 requests a minute, or 10,000 since 22.1.7;
// how it answers the rest is not documented.
type RateLimit struct {
	// PerMinute is how many requests an address has; 0 is no limit.
	PerMinute int
	// Status answers the others; 0 means 429.
	Status int
	// RetryAfter is the Retry-After header that comes with it; "" is none.
	RetryAfter string
}

// SetRateLimit sets the access limit and begins to count from nothing.
func (s *Server) SetRateLimit(limit RateLimit) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.gateway.limit, s.gateway.windows = limit, nil
}

// SetGatewayDown makes every request end in a 502 with a web page, or lets them pass again.
func (s *Server) SetGatewayDown(down bool) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.gateway.down = down
}

// Unblock forgets all failed logins and the addresses that they blocked.
func (s *Server) Unblock() {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.gateway.failure, s.gateway.blocked = nil, nil
}

// admit lets a request in, or answers why not.
func (c *call) admit(to *route) bool {
	g, now := &c.gateway, c.fake.Now()
	switch {
	case g.down:
		c.w.Header().Set("Content-Type", "text/html")
		c.w.WriteHeader(http.StatusBadGateway)
		_, _ = c.w.Write(page(http.StatusBadGateway))
	case g.exceeded(c.address(), now):
		if g.limit.RetryAfter != "" {
			c.w.Header().Set("Retry-After", g.limit.RetryAfter)
		}
		status := g.limit.Status
		if status == 0 {
			status = http.StatusTooManyRequests
		}
		c.fail(status, unknown, http.StatusText(status), nil)
	case now.Before(g.blocked[c.address()]):
		status := http.StatusForbidden
		if to != nil && to.open {
			status = c.opts.LoginFailureStatus
		}
		c.fail(status, denied, "Denied", nil)
	default:
		return true
	}
	return false
}

// exceeded counts a request and reports whether it is one too many in its minute.
func (g *gateway) exceeded(address string, now time.Time) bool {
	if g.limit.PerMinute <= 0 {
		return false
	}
	if g.windows == nil {
		g.windows = map[string]*window{}
	}
	w := g.windows[address]
	if w == nil || now.Sub(w.began) >= time.Minute {
		w = &window{began: now}
		g.windows[address] = w
	}
	w.count++
	return w.count > g.limit.PerMinute
}

// failed counts a failed login; too many in a row block the address.
func (g *gateway) failed(address string, most int, until time.Time) {
	if g.failure == nil {
		g.failure, g.blocked = map[string]int{}, map[string]time.Time{}
	}
	if g.failure[address]++; g.failure[address] >= most {
		g.blocked[address] = until
		delete(g.failure, address)
	}
}

// forgive forgets an address's failed logins.
func (g *gateway) forgive(address string) { delete(g.failure, address) }

// address is where a request comes from.
func (c *call) address() string {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		return c.r.RemoteAddr // in memory
	}
	return host
}
