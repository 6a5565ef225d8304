package exclusivetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// route is one operation of the PBX.
type route struct {
	method, path string // "{}" stands for one segment that is not empty
	op           string
	do           func(*call)
	buys         bool
	since        int  // the minor version of 22 that brought it
	open         bool // asks for no bearer
	tenant       bool // is about tenant data
}

// routes returns the operations. The first that fits serves: export comes before the number whose id is "export".
func routes() []route {
	const numbers = "/api/exclusive_numbers"
	return []route{
		{method: "POST", path: "/api/login/oauth/token", op: "token", do: (*call).oauthToken, open: true},
		{method: "POST", path: "/api/login/oauth/revoke", op: "revoke token", do: (*call).oauthRevoke},

		{method: "POST", path: "/api/auth/sign_in", op: "sign in", do: (*call).signIn, open: true, since: 2},
		{method: "POST", path: "/api/auth/send_otp", op: "send OTP", do: (*call).sendOTP, open: true, since: 2},
		{method: "POST", path: "/api/auth/verify_otp", op: "verify OTP", do: (*call).verifyOTP, open: true, since: 2},
		{method: "POST", path: "/api/auth/refresh_token", op: "refresh token", do: (*call).refreshToken, open: true, since: 2},
		{method: "POST", path: "/api/auth/sign_out", op: "sign out", do: (*call).signOut, since: 2},
		{method: "GET", path: "/api/auth/user", op: "get user", do: (*call).authUser, since: 2},

		{method: "POST", path: "/api/login", op: "portal login", do: (*call).portalLogin, open: true},
		{method: "GET", path: "/api/login", op: "portal login status", do: (*call).portalStatus, open: true},
		{method: "POST", path: "/api/logout", op: "portal logout", do: (*call).portalLogout, open: true},
		{method: "POST", path: "/api/tenants/switch", op: "switch tenant", do: (*call).switchTenant},

		{method: "GET", path: numbers, op: "list exclusive numbers", do: (*call).listNumbers, tenant: true},
		{method: "POST", path: numbers, op: "create exclusive number", do: (*call).createNumber, tenant: true, buys: true},
		{method: "GET", path: numbers + "/export", op: "export exclusive numbers", do: (*call).exportNumbers, tenant: true},
		{method: "GET", path: numbers + "/{}", op: "get exclusive number", do: (*call).getNumber, tenant: true},
		{method: "POST", path: numbers + "/{}", op: "update exclusive number", do: (*call).updateNumber, tenant: true},
		{method: "POST", path: numbers + "/{}/destroy", op: "destroy exclusive number", do: (*call).destroyNumber, tenant: true},
		{method: "GET", path: numbers + "/{}/call_queues", op: "list call queues", do: (*call).listQueues, tenant: true},
		{method: "GET", path: numbers + "/{}/call_queues/{}/agents", op: "get agents", do: (*call).getAgents, tenant: true},
		{method: "POST", path: numbers + "/{}/call_queues/{}/agents", op: "set agents", do: (*call).setAgents, tenant: true},
		{method: "POST", path: numbers + "/{}/call_queues/{}/destroy", op: "clear agents", do: (*call).clearAgents, tenant: true},
	}
}

// call is one request on its way through the PBX.
type call struct {
	*Server
	w       http.ResponseWriter
	r       *http.Request
	args    []string // what the route's {} stand for
	session *session
	tenant  *tenant
}

// serve runs with the lock held.
func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	c := &call{Server: s, w: w, r: r}
	found, args, allow := s.find(r)
	if !c.admit(found) {
		return
	}
	switch {
	case found == nil && allow != "":
		w.Header().Set("Allow", allow)
		c.fail(http.StatusMethodNotAllowed, unknown, "Method Not Allowed", nil)
		return
	case found == nil || found.since > s.minor:
		c.fail(http.StatusNotFound, unknown, "Not Found", nil)
		return
	}
	c.args = args
	if strings.HasSuffix(r.URL.EscapedPath(), "/") {
		c.fake.Report("%s %s: an empty id at the end of a path reaches what is before it", r.Method, r.URL.Path)
	}
	if !found.open && !c.authenticate() {
		return
	}
	if found.tenant && !c.authorize() {
		return
	}
	found.do(c)
}

// classify names a request's operation for the log and the faults.
func (s *Server) classify(r *http.Request) (op string, buys bool) {
	if found, _, _ := s.find(r); found != nil {
		return found.op, found.buys
	}
	return "", false
}

// find returns the route of a request with its arguments, or else the methods that the path allows.
func (s *Server) find(r *http.Request) (found *route, args []string, allow string) {
	segments, ok := split(r.URL.EscapedPath())
	if !ok {
		return nil, nil, ""
	}
	var allowed []string
	for i := range s.routes {
		candidate := &s.routes[i]
		args, ok := match(candidate.path, segments)
		switch {
		case !ok:
		case candidate.method == r.Method:
			return candidate, args, ""
		default:
			allowed = append(allowed, candidate.method)
		}
	}
	return nil, nil, strings.Join(allowed, ", ")
}

// split cuts a path into its segments, each unescaped. A slash at the end makes no difference to the PBX: who sends an
// empty id there reaches the whole collection.
func split(escaped string) ([]string, bool) {
	segments := strings.Split(strings.TrimSuffix(escaped, "/"), "/")
	for i, segment := range segments {
		text, err := url.PathUnescape(segment)
		if err != nil {
			return nil, false
		}
		segments[i] = text
	}
	return segments, true
}

func match(pattern string, segments []string) (args []string, ok bool) {
	want := strings.Split(pattern, "/")
	if len(want) != len(segments) {
		return nil, false
	}
	for i, w := range want {
		switch {
		case w == "{}" && segments[i] != "":
			args = append(args, segments[i])
		case w != segments[i]:
			return nil, false
		}
	}
	return args, true
}

// The codes that PortSIP's documentation shows. It says that others may come.
const (
	unknown        = "UNKNOWN"
	validateFailed = "VALIDATE_FAILED"
	unauthorized   = "UNAUTHORIZED"
	denied         = "DENIED"
)

// ErrorStyle is the form of the PBX's error bodies.
type ErrorStyle int

// The forms of error bodies that are documented, sampled, or to be expected of what stands before a PBX.
const (
	ErrorsList    ErrorStyle = iota // {"errors":[{"code":"…","message":"…","detail":…}]}
	ErrorsFlat                      // {"code":"…","message":"…"}
	ErrorsEmpty                     // { }
	ErrorsText                      // the message as text/plain
	ErrorsHTML                      // a web page
	ErrorsNothing                   // no body at all
)

// SetErrorStyle changes the form of all error bodies from now on.
func (s *Server) SetErrorStyle(style ErrorStyle) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.style = style
}

type errorItem struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Detail  any    `json:"detail,omitempty"`
}

type errorBody struct {
	Errors []errorItem `json:"errors"`
}

// fail answers with an error.
func (c *call) fail(status int, code, message string, detail any) {
	switch c.style {
	case ErrorsFlat:
		fake.JSON(c.w, status, errorItem{code, message, detail})
	case ErrorsEmpty:
		fake.Raw(c.w, status, "application/json", []byte("{ }"))
	case ErrorsText:
		fake.Raw(c.w, status, "text/plain; charset=utf-8", []byte(message))
	case ErrorsHTML:
		fake.Raw(c.w, status, "text/html", page(status))
	case ErrorsNothing:
		c.w.WriteHeader(status)
	default:
		fake.JSON(c.w, status, errorBody{[]errorItem{{code, message, detail}}})
	}
}

// invalid refuses one field.
func (c *call) invalid(field, problem string) {
	c.fail(http.StatusBadRequest, validateFailed, "field validation failed", map[string]string{field: problem})
}

// notFound says that there is no such thing.
func (c *call) notFound() { c.fail(http.StatusNotFound, unknown, "Not Found", nil) }

// decode reads a JSON body, or answers why not.
func (c *call) decode(v any) bool {
	err := c.fake.DecodeStrict(c.r, v)
	if err == nil {
		return true
	}
	if mismatch, ok := errors.AsType[*json.UnmarshalTypeError](err); ok && mismatch.Field != "" {
		c.invalid(mismatch.Field, "must not be a "+mismatch.Value)
	} else {
		c.fail(http.StatusBadRequest, unknown, "unknown error", nil)
	}
	return false
}

// noBody reports a body where the operation has none.
func (c *call) noBody() {
	if c.r.ContentLength != 0 {
		c.fake.Report("%s %s: the PBX ignores the body", c.r.Method, c.r.URL.Path)
	}
}

// faultBody is what comes with an injected status: the gateway's page for 5xx, the usual body for the rest.
func faultBody(status int) (contentType string, body []byte) {
	if status >= http.StatusInternalServerError {
		return "text/html", page(status)
	}
	return "application/json", []byte(`{"errors":[{"code":"UNKNOWN","message":"unknown error"}]}`)
}

// page is what the API gateway says by itself.
func page(status int) []byte {
	title := fmt.Sprint(status, " ", http.StatusText(status))
	return []byte("<html>\r\n<head><title>" + title + "</title></head>\r\n<body>\r\n<center><h1>" + title + "</h1></center>\r\n</body>\r\n</html>\r\n")
}

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

// RateLimit is the gateway's access limit. A PBX allows 5,000 requests a minute, or
// 10,000 since 22.1.7. PortSIP does not document the answer to further requests.
type RateLimit struct {
	// PerMinute is how many requests an address may send in a minute; 0 = no limit.
	PerMinute int
	// Status is the status of the answer to further requests; 0 = 429.
	Status int
	// RetryAfter is the Retry-After header of that answer; "" = none.
	RetryAfter string
}

// SetRateLimit sets the access limit and starts to count from 0.
func (s *Server) SetRateLimit(limit RateLimit) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.gateway.limit, s.gateway.windows = limit, nil
}

// SetGatewayDown makes every request fail with a 502 and a web page while down is true.
func (s *Server) SetGatewayDown(down bool) {
	s.fake.Lock()
	defer s.fake.Unlock()
	s.gateway.down = down
}

// Unblock removes all failed logins and unblocks all addresses.
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
