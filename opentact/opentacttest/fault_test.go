package opentacttest_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

func TestPartialOrder(t *testing.T) {
	for _, numbers := range [][]string{nil, {"+12029822917"}, {"12029822917"}} {
		s := opentacttest.NewServer(t)
		s.Inject(numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: numbers})
		uuid := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917,12029822918]}`).payload(), "uuid")
		o := ask(t, s, "GET", "/order/"+uuid, "").payload()
		assert.Equal(t, "success", at(t, o, "state"))
		require.Len(t, at(t, o, "tnleases"), 1)
		assert.EqualValues(t, "12029822918", at(t, o, "tnleases", 0, "tn", "tn"))
		assert.Equal(t, "997.15", s.Balance())
		s.SetGeneration(opentacttest.Gen2021)
		assert.Equal(t, "Rejected by provider", at(t, ask(t, s, "GET", "/order/"+uuid, "").payload(), "errors", 0, "reason"))
		s.SetGeneration(opentacttest.Gen2024)
		assert.Equal(t, "Rejected by provider", at(t, ask(t, s, "GET", "/order/"+uuid, "").payload(), "tn_items", 0, "reason"))
	}
}

func TestStuckPending(t *testing.T) {
	s := opentacttest.NewServer(t)
	s.Inject(numberstest.Fault{Kind: numberstest.StuckPending})
	uuid := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).payload(), "uuid")
	s.Settle()
	assert.Equal(t, "created", at(t, ask(t, s, "GET", "/order/"+uuid, "").payload(), "state"))
	assert.Empty(t, s.Books().Purchases)
	s.SetState(uuid, "success")
	assert.Len(t, s.Books().Owned(), 1)
}

func TestLateListing(t *testing.T) {
	clock := fake.NewClock(epoch)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	s.Inject(numberstest.Fault{Kind: numberstest.LateListing, Delay: time.Minute})
	uuid := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).payload(), "uuid")
	assert.Len(t, s.Books().Owned(), 1, "bought at once")
	shown := func() bool {
		a := ask(t, s, "GET", "/order/"+uuid, "").Status == http.StatusOK
		b := len(ask(t, s, "GET", "/order", "").payload().([]any)) == 1
		c := ask(t, s, "GET", "/lease/tn/12029822917/tn", "").Status == http.StatusOK
		d := len(ask(t, s, "GET", "/lease/tn", "").payload().([]any)) == 1
		require.Equal(t, [3]bool{a, a, a}, [3]bool{b, c, d}, "every view agrees")
		return a
	}
	assert.False(t, shown())
	clock.Advance(time.Minute - 1)
	assert.False(t, shown())
	clock.Advance(1)
	assert.True(t, shown())
}

func TestInsertWhileListing(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2024})
	for _, path := range []string{"/order/search", "/lease/tn/search"} {
		if path == "/order/search" {
			s.AddOrder(numberstest.PastOrder{Numbers: []string{"12029822917"}}, numberstest.PastOrder{Numbers: []string{"12029822918"}})
		} else {
			s.AddNumber(numberstest.Owned{Number: "12029822917"})
		}
		s.Inject(numberstest.Fault{Kind: numberstest.InsertWhileListing})
		first := ask(t, s, "POST", path+"?take=1", "").payload()
		second := ask(t, s, "POST", path+"?take=1&skip=1", "").payload()
		assert.Equal(t, at(t, first, "data", 0, "uuid"), at(t, second, "data", 0, "uuid"), "the rows have moved on by one")
		assert.NotEqual(t, at(t, first, "total"), at(t, second, "total"))
	}
	assert.Empty(t, s.Books().Purchases, "somebody else's purchases are not in the books")
}

func TestDuplicateListing(t *testing.T) {
	s := opentacttest.NewServer(t)
	for _, list := range []opentacttest.ListShape{opentacttest.ListArray, opentacttest.ListPaged} {
		s.SetList(list)
		s.AddOrder(numberstest.PastOrder{Numbers: []string{"12029822917"}})
		s.Inject(numberstest.Fault{Kind: numberstest.DuplicateListing})
		uuids := strings.Count(ask(t, s, "GET", "/order", "").Body, `"uuid"`)
		assert.Equal(t, strings.Count(ask(t, s, "GET", "/order", "").Body, `"uuid"`)+1, uuids)
	}
	s.AddNumber(numberstest.Owned{Number: "12029822917"}, numberstest.Owned{Number: "12029822918"})
	s.Inject(numberstest.Fault{Kind: numberstest.DuplicateListing})
	assert.Len(t, ask(t, s, "GET", "/lease/tn", "").payload(), 3)
	assert.Len(t, ask(t, s, "GET", "/lease/tn", "").payload(), 2)
}

func TestErrorsThatLie(t *testing.T) {
	clock := fake.NewClock(epoch)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	s.Inject(numberstest.Fault{Kind: numberstest.MisleadingStatus, Status: 402, Delay: time.Minute})
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822918]}`).refused(402, "Payment Required")
	s.Settle()
	assert.Equal(t, 1, s.Books().Bought("12029822918"), "it completes all the same")
	assert.Empty(t, ask(t, s, "GET", "/order", "").payload())
	clock.Advance(time.Minute)
	assert.Len(t, ask(t, s, "GET", "/order", "").payload(), 1)
}

func TestTransportFaults(t *testing.T) {
	s := opentacttest.NewServer(t)
	s.Inject(
		numberstest.Fault{Kind: numberstest.StatusBefore, Status: 502},
		numberstest.Fault{Kind: numberstest.StatusAfter, On: numberstest.Match{Op: "create order"}},
		numberstest.Fault{Kind: numberstest.RateLimited, On: numberstest.Match{Op: "get order"}, RetryAfter: "7"},
	)
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).refused(502, "Bad Gateway")
	s.Settle()
	assert.Empty(t, s.Books().Purchases)
	ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).refused(503, "Service Unavailable")
	s.Settle()
	assert.Len(t, s.Books().Purchases, 1)
	a := ask(t, s, "GET", "/order/x", "")
	a.refused(429, "Too Many Requests")
	assert.Equal(t, "7", a.Header.Get("Retry-After"))
	assert.Empty(t, s.Unused())

	rows := s.Requests()
	require.Len(t, rows, 3)
	assert.Equal(t, "create order", rows[0].Op)
	assert.True(t, rows[0].Buys)
	assert.False(t, rows[0].Committed)
	assert.True(t, rows[1].Committed)
	assert.False(t, rows[2].Buys)

	s.SetGeneration(opentacttest.Gen2024)
	s.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{PathPrefix: "/"}})
	assert.Equal(t, `{"success":false,"message":"Service Unavailable","status":503,"meta":"Service Unavailable"}`, ask(t, s, "GET", "/order", "").Body)
}

func TestLostReplyIsBought(t *testing.T) {
	s := opentacttest.NewServer(t)
	s.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	_, err := try(s, "POST", "/order/tn", `{"tns":[12029822917]}`)
	require.Error(t, err)
	s.Settle()
	assert.Equal(t, 1, s.Books().Bought("+12029822917"))
}

// The kinds that this vendor can't show are refused.
func TestUnknownFaults(t *testing.T) {
	tb := &fakeTB{TB: t}
	s := opentacttest.NewServer(tb)
	s.Inject(numberstest.Fault{Kind: numberstest.ZeroObject})
	assert.Len(t, tb.reported(), 1)
}

func TestVirtualTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, StepAfter: time.Minute})
		uuid := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917]}`).payload(), "uuid")
		token := login(t, s)
		time.Sleep(3 * time.Minute)
		assert.Equal(t, "success", at(t, ask(t, s, "GET", "/order/"+uuid, "").payload(), "state"))
		time.Sleep(24 * time.Hour)
		ask(t, s, "GET", "/order", "", "X-Auth-Token", token).refused(401, "Unauthorized")
		s.Close()
		s.HTTPClient().CloseIdleConnections()
	})
}

func TestManyClients(t *testing.T) {
	s, err := opentacttest.Start(opentacttest.Options{SellsAnything: true, Balance: "1000000"})
	require.NoError(t, err)
	defer s.Close()
	const n = 8
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			for j := range 20 {
				body := fmt.Sprintf(`{"tns":[%d]}`, 12125550000+int64(i*100+j))
				a, err := try(s, "POST", "/order/tn", body)
				assert.NoError(t, err)
				assert.Equal(t, http.StatusOK, a.Status, a.Body)
				_, err = try(s, "GET", "/order", "")
				assert.NoError(t, err)
				s.AddNumber(numberstest.Owned{Number: fmt.Sprint(13125550000 + int64(i*100+j))})
				s.Balance()
			}
		})
	}
	wg.Wait()
	assert.Len(t, s.Books().Owned(), n*20)
	assert.Len(t, ask(t, s, "GET", "/lease/tn", "").payload(), n*40)
	assert.Empty(t, s.Books().Duplicates())
	assert.Len(t, ask(t, s, "GET", "/order", "").payload(), n*20)
	s.Close()
	s.Close()
}

func TestOverTLSAndHTTP2(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{TLS: true, HTTP2: true}})
	assert.True(t, strings.HasPrefix(s.URL(), "https://"))
	ask(t, s, "GET", "/order", "").payload()
	assert.Equal(t, "HTTP/2.0", s.Requests()[0].Proto)
}
