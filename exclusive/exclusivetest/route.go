package exclusivetest

import (
	"net/http"
	"net/url"
	"strings"
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
	if found.tenant && !c.authorise() {
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
