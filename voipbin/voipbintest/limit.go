package voipbintest

import (
	"math"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// limits are today's rate limits, on the server's clock.
type limits struct {
	address, customer, login map[string]*bucket
}

func newLimits() limits {
	return limits{map[string]*bucket{}, map[string]*bucket{}, map[string]*bucket{}}
}

// bucket fills at a rate and is emptied by requests.
type bucket struct {
	tokens float64
	at     time.Time
}

// withinAddressLimit counts a request for the address it comes from, or answers.
func (s *Server) withinAddressLimit(c *call) bool {
	host, _, err := net.SplitHostPort(c.r.RemoteAddr)
	if err != nil {
		host = c.r.RemoteAddr
	}
	if strings.HasPrefix(c.r.URL.Path, "/auth/") {
		return s.within(c, s.limits.login, "ip", host, 10, 20)
	}
	return s.within(c, s.limits.address, "ip", host, 200, 400)
}

// withinCustomerLimit counts a request for its customer, or answers.
func (s *Server) withinCustomerLimit(c *call) bool {
	return s.within(c, s.limits.customer, "customer", c.account.CustomerID, 17, 33)
}

func (s *Server) within(c *call, buckets map[string]*bucket, kind, whose string, rate, burst float64) bool {
	if !s.opts.RateLimits {
		return true
	}
	now := s.engine.Now()
	b, ok := buckets[whose]
	if !ok {
		b = &bucket{tokens: burst, at: now}
		buckets[whose] = b
	}
	b.tokens = math.Min(burst, b.tokens+now.Sub(b.at).Seconds()*rate)
	b.at = now
	if b.tokens >= 1 {
		b.tokens--
		return true
	}
	c.w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil((1-b.tokens)/rate))))
	c.fail(tooMany, limitedBy(kind))
	return false
}

func limitedBy(kind string) any { return fake.Object{{Key: "limited_by", Value: kind}} }
