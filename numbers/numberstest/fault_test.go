package numberstest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestMatch(t *testing.T) {
	buy := numberstest.Request{Method: "POST", Path: "/v1/orders/a%2Fb", Op: "create order", Buys: true}
	read := numberstest.Request{Method: "GET", Path: "/v1/orders", Op: "list orders"}
	for _, tc := range []struct {
		match     numberstest.Match
		buy, read bool
	}{
		{numberstest.Match{}, true, false},
		{numberstest.Match{Buys: true}, true, false},
		{numberstest.Match{PathPrefix: "/"}, true, true},
		{numberstest.Match{PathPrefix: "/v1/orders/a%2F"}, true, false},
		{numberstest.Match{PathPrefix: "/v1/orders/a/"}, false, false},
		{numberstest.Match{Method: "GET"}, false, true},
		{numberstest.Match{Method: "get"}, false, false},
		{numberstest.Match{Method: "GET", Buys: true}, false, false},
		{numberstest.Match{Op: "list orders"}, false, true},
		{numberstest.Match{Op: "list"}, false, false},
		{numberstest.Match{Op: "create order", Method: "POST", PathPrefix: "/v1", Buys: true}, true, false},
	} {
		assert.Equal(t, tc.buy, tc.match.Matches(buy), "%+v", tc.match)
		assert.Equal(t, tc.read, tc.match.Matches(read), "%+v", tc.match)
	}
}

func TestEveryKindIsValidAloneAndEitherTransportOrSemantic(t *testing.T) {
	seen := map[numberstest.FaultKind]bool{}
	for _, kind := range numberstest.TransportFaults() {
		assert.False(t, kind.Semantic(), kind)
		seen[kind] = true
	}
	for _, kind := range numberstest.SemanticFaults() {
		assert.True(t, kind.Semantic(), kind)
		seen[kind] = true
	}
	assert.Len(t, seen, len(numberstest.TransportFaults())+len(numberstest.SemanticFaults()))
	for kind := range seen {
		assert.NoError(t, numberstest.Fault{Kind: kind, Times: -1, After: 3}.Validate())
	}
	assert.False(t, numberstest.FaultKind("no such").Semantic())
}

func TestValidate(t *testing.T) {
	for _, tc := range []struct {
		fault numberstest.Fault
		says  string // "" = valid
	}{
		{numberstest.Fault{}, "no fault kind"},
		{numberstest.Fault{Kind: "no such"}, `"no such"`},
		{numberstest.Fault{Kind: numberstest.LostReply, Times: -2}, "Times"},
		{numberstest.Fault{Kind: numberstest.LostReply, After: -1}, "After"},
		{numberstest.Fault{Kind: numberstest.SlowBody, Delay: -1}, "Delay"},
		{numberstest.Fault{Kind: numberstest.StatusAfter, Status: 199}, "Status"},
		{numberstest.Fault{Kind: numberstest.StatusAfter, Status: 600}, "Status"},
		{numberstest.Fault{Kind: numberstest.StatusAfter, Body: "x", NoBody: true}, "NoBody"},

		{numberstest.Fault{Kind: numberstest.PartialOrder, On: numberstest.Match{Method: "GET"}}, "On"},
		{numberstest.Fault{Kind: numberstest.LostReply, On: numberstest.Match{Method: "GET"}}, ""},
		{numberstest.Fault{Kind: numberstest.LostReply, Delay: 1}, "Delay"},
		{numberstest.Fault{Kind: numberstest.MisleadingStatus, Delay: time.Second, Status: 400}, ""},
		{numberstest.Fault{Kind: numberstest.LateCommit, Delay: 1}, ""},
		{numberstest.Fault{Kind: numberstest.DelayedReply, Delay: 1}, ""},
		{numberstest.Fault{Kind: numberstest.HalfBody, Status: 500}, "Status"},
		{numberstest.Fault{Kind: numberstest.EmptyBody, Status: 202, BeforeCommit: true}, ""},
		{numberstest.Fault{Kind: numberstest.EmptyBody, Body: "x"}, "Body"},
		{numberstest.Fault{Kind: numberstest.HTMLBody, Status: 502, Body: "x", BeforeCommit: true}, ""},
		{numberstest.Fault{Kind: numberstest.HTMLBody, RetryAfter: "1"}, "RetryAfter"},
		{numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "1", NoBody: true, Status: 503}, ""},
		{numberstest.Fault{Kind: numberstest.WrongType, NoBody: true}, "NoBody"},
		{numberstest.Fault{Kind: numberstest.LostReply, BeforeCommit: true}, "BeforeCommit"},
		{numberstest.Fault{Kind: numberstest.LostReply, HTTP2Code: 7}, "HTTP2Code"},
		{numberstest.Fault{Kind: numberstest.HTTP2Reset, HTTP2Code: 7, BeforeCommit: true}, ""},
		{numberstest.Fault{Kind: numberstest.HTTP2GoAway, HTTP2Code: 11}, ""},
		{numberstest.Fault{Kind: numberstest.LostReply, Numbers: []string{"+12025550101"}}, "Numbers"},
		{numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{"+12025550101"}}, ""},
	} {
		err := tc.fault.Validate()
		if tc.says == "" {
			assert.NoError(t, err)
			continue
		}
		require.Error(t, err, "%+v", tc.fault)
		assert.ErrorContains(t, err, tc.says)
	}
}

func TestRequestClone(t *testing.T) {
	a := numberstest.Request{Header: map[string][]string{"A": {"b"}}, Body: []byte("x"), Faults: []numberstest.FaultKind{numberstest.LostReply}}
	b := a.Clone()
	assert.Equal(t, a, b)
	b.Header.Set("A", "c")
	b.Body[0] = 'y'
	b.Faults[0] = numberstest.HalfBody
	assert.Equal(t, numberstest.Request{Header: map[string][]string{"A": {"b"}}, Body: []byte("x"), Faults: []numberstest.FaultKind{numberstest.LostReply}}, a)
}
