package opentacttest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
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
	before2024 := []Generation{Gen2020, Gen2021}
	since2021 := []Generation{Gen2021, Gen2024}
	only2020, only2024 := []Generation{Gen2020}, []Generation{Gen2024}
	return []route{
		{"GET", "/auth", "log in", false, nil, nil}, // the only one without a token

		{"POST", "/token", "create token", false, nil, (*call).createToken},
		{"GET", "/token/list", "list tokens", false, nil, (*call).listTokens},
		{"PATCH", "/token/{}", "update token", false, nil, (*call).patchToken},
		{"DELETE", "/token/all", "delete all tokens", false, nil, (*call).deleteAllTokens},
		{"DELETE", "/token/{}", "delete token", false, nil, (*call).deleteToken},

		{"POST", "/order/tn", "create order", true, before2024, (*call).createOrder},
		{"POST", "/order", "create order", true, only2024, (*call).createOrder},
		{"POST", "/order/price", "price order", false, before2024, (*call).priceOrder},
		{"POST", "/order/search", "search orders", false, only2024, (*call).searchOrders},
		{"GET", "/order", "list orders", false, nil, (*call).listOrders},
		{"GET", "/order/{}", "get order", false, nil, (*call).getOrder},

		{"POST", "/lease/tn/search", "search leases", false, since2021, (*call).searchLeases},
		{"GET", "/lease/tn", "list leases", false, only2020, (*call).listLeases},
		{"GET", "/lease/tn/{}", "get lease", false, nil, (*call).getLease},
		{"GET", "/lease/tn/{}/tn", "get lease by number", false, nil, (*call).getLeaseByTN},
		{"GET", "/lease/tn/{}/route", "get route", false, nil, (*call).getRoute},
		{"PATCH", "/lease/tn/{}", "update lease", false, nil, (*call).patchLease},
		{"DELETE", "/lease/tn/{}", "release lease", false, nil, (*call).releaseLease},

		{"GET", "/sip/connection/{}/tnlease", "list leases of a connection", false, nil, attached(sipConnection)},
		{"POST", "/sip/connection/{}/tnlease", "attach leases to a connection", false, nil, attach(sipConnection)},
		{"GET", "/sip/app/{}/tnlease", "list leases of an app", false, nil, attached(sipApp)},
		{"POST", "/sip/app/{}/tnlease", "attach leases to an app", false, nil, attach(sipApp)},

		{"POST", "/tn/search", "search numbers", false, nil, (*call).searchNumbers},
		{"GET", "/tn/search/countries", "list searchable countries", false, only2024, (*call).searchableCountries},
		{"GET", "/dict/country", "list countries", false, nil, (*call).countries},
		{"GET", "/dict/lerg/states", "list states", false, only2024, (*call).lergStates},
		{"GET", "/dict/lerg/ratecenters", "list rate centers", false, only2024, (*call).lergRateCenters},
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
	if s.opts.DateAhead != 0 {
		w.Header().Set("Date", s.fake.Now().Add(s.opts.DateAhead).UTC().Format(http.TimeFormat))
	}
	if no != nil {
		w.Header().Set("Content-Type", contentType)
		if no.retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(int((no.retryAfter+time.Second-1)/time.Second)))
		}
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

const contentType = "application/json; charset=utf-8"

// refusal is an error answer.
type refusal struct {
	status  int
	message string
	fields  fake.Object // what failed validation, by path; shown by the 2024 generation
	// retryAfter, if positive, is sent as a header, in whole seconds.
	retryAfter time.Duration
}

func refuse(status int, message string) *refusal { return &refusal{status: status, message: message} }

var (
	errToken     = refuse(http.StatusUnauthorized, "Unauthorized")
	errForbidden = refuse(http.StatusUnauthorized, "Forbidden")
	errNotFound  = refuse(http.StatusNotFound, "Not found")
	errBalance   = refuse(http.StatusPaymentRequired, "Not enough account balance")
)

// errorBody is the error envelope: the 2024 generation adds meta, and fields where validation failed.
func (s *state) errorBody(no *refusal) []byte {
	o := fake.Object{{Key: "success", Value: false}, {Key: "message", Value: no.message}}
	if !s.opts.OmitStatus {
		o = append(o, fake.Member{Key: "status", Value: no.status})
	}
	if s.is(Gen2024) {
		o = append(o, fake.Member{Key: "meta", Value: http.StatusText(no.status)})
		if no.fields != nil {
			o = append(o, fake.Member{Key: "fields", Value: no.fields})
		}
	}
	return encode(o)
}

// faultBody is what an injected error status says.
func (s *state) faultBody(status int) (string, []byte) {
	return contentType, s.errorBody(refuse(status, http.StatusText(status)))
}

// document is a whole answer, to be sent to the letter.
type document []byte

// send answers with a payload. Raw JSON is not encoded again, which makes long lists cheap.
func send(w http.ResponseWriter, status int, payload any) {
	w.Header().Set("Content-Type", contentType)
	switch p := payload.(type) {
	case document:
		fake.Raw(w, status, "", p)
	case json.RawMessage:
		fake.Raw(w, status, "", append(append([]byte(`{"success":true,"payload":`), p...), '}'))
	default:
		fake.JSON(w, status, fake.Object{{Key: "success", Value: true}, {Key: "payload", Value: payload}})
	}
}

// encode encodes a value of ours; one that can't be encoded is a defect, which the engine reports.
func encode(v any) []byte {
	b, err := fake.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
