package opentacttest

import (
	"net/http"
	"net/url"
	"strings"
)

// call is one request that a handler answers.
type call struct {
	*state
	r       *http.Request
	route   *route
	params  []string
	account *account
	status  int // of a success; 200 unless the handler sets another
}

// route is one operation. {} stands for a path parameter.
type route struct {
	method, path, op string
	buys             bool
	gens             []Generation // nil means all
	serve            func(*call) (any, *refusal)
}

// all is the table of operations; of those that match, the first one serves.
func all() []route {
	old := []Generation{Gen2020, Gen2021}
	return []route{
		{"GET", "/auth", "log in", false, nil, nil}, // the only one without a token
		{"POST", "/order/tn", "create order", true, old, (*call).createOrder},
		{"POST", "/order/price", "price order", false, old, (*call).priceOrder},
		{"GET", "/order", "list orders", false, nil, (*call).listOrders},
		{"POST", "/order", "create order", true, []Generation{Gen2024}, (*call).createOrder},
		{"GET", "/order/{}", "get order", false, nil, (*call).getOrder},
	}
}

var routes = all()

// match finds the operation of a request, whatever the generation.
func match(r *http.Request) (*route, []string) {
	path, ok := strings.CutPrefix(r.URL.EscapedPath(), basePath+"/")
	if !ok {
		return nil, nil
	}
	// The vendor's framework takes a trailing slash for none: GET /order/ is the list.
	parts := strings.Split(strings.TrimSuffix(path, "/"), "/")
	for i := range routes {
		if routes[i].method != r.Method {
			continue
		}
		if params, ok := matchPath(routes[i].path, parts); ok {
			return &routes[i], params
		}
	}
	return nil, nil
}

func matchPath(pattern string, parts []string) (params []string, ok bool) {
	want := strings.Split(pattern[1:], "/")
	if len(want) != len(parts) {
		return nil, false
	}
	for i, w := range want {
		part, err := url.PathUnescape(parts[i])
		switch {
		case err != nil || part == "":
			return nil, false
		case w == "{}":
			params = append(params, part)
		case w != part:
			return nil, false
		}
	}
	return params, true
}

// classify tells the engine what a request is.
func classify(r *http.Request) (op string, buys bool) {
	if rt, _ := match(r); rt != nil {
		return rt.op, rt.buys
	}
	return "", false
}

// ServeHTTP is the vendor: it runs with the engine's lock held.
func (s *state) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.expireLeases()
	c := &call{state: s, r: r, status: http.StatusOK}
	payload, no := c.answer()
	if no != nil {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(no.status)
		w.Write(s.errorBody(no))
		return
	}
	send(w, c.status, payload)
}

func (c *call) answer() (any, *refusal) {
	rt, params := match(c.r)
	if rt == nil {
		return nil, errNotFound
	}
	c.route, c.params = rt, params
	if rt.gens != nil && !c.is(rt.gens...) {
		if rt.path == "/order" {
			c.report("POST /order creates an order in the 2024 generation; the list is GET /order")
		}
		return nil, errNotFound
	}
	if rt.serve == nil {
		return c.login()
	}
	if no := c.authenticate(); no != nil {
		return nil, no
	}
	return rt.serve(c)
}

// report notes what a client should not have sent.
func (c *call) report(format string, args ...any) {
	c.fake.Report("%s %s: "+format, append([]any{c.r.Method, basePath + c.route.path}, args...)...)
}

// query reports query keys that the vendor ignores; the two that may carry a token are known everywhere.
func (c *call) query(allowed ...string) url.Values {
	return c.fake.Strict(c.r, append(allowed, "jwt", "bearer")...)
}
