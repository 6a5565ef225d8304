package fake_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// spy is a testing.TB that notes errors.
type spy struct {
	testing.TB
	errors []string
}

func (s *spy) Errorf(format string, args ...any) {
	s.errors = append(s.errors, fmt.Sprintf(format, args...))
}

func TestWhenFaultsStrike(t *testing.T) {
	status := func(code int) numberstest.Fault {
		return numberstest.Fault{Kind: numberstest.StatusBefore, Status: code}
	}
	with := func(f numberstest.Fault, change func(*numberstest.Fault)) numberstest.Fault {
		change(&f)
		return f
	}
	after := func(f numberstest.Fault, n int) numberstest.Fault {
		return with(f, func(f *numberstest.Fault) { f.After = n })
	}
	times := func(f numberstest.Fault, n int) numberstest.Fault {
		return with(f, func(f *numberstest.Fault) { f.Times = n })
	}
	for _, tc := range []struct {
		name   string
		faults []numberstest.Fault
		want   []int
		unused int
	}{
		{"none", nil, []int{201, 201}, 0},
		{"once by default", []numberstest.Fault{status(500)}, []int{500, 201, 201}, 0},
		{"one", []numberstest.Fault{times(status(500), 1)}, []int{500, 201}, 0},
		{"twice", []numberstest.Fault{times(status(500), 2)}, []int{500, 500, 201}, 0},
		{"always", []numberstest.Fault{times(status(500), -1)}, []int{500, 500, 500}, 0},
		{"not often enough", []numberstest.Fault{times(status(500), 5)}, []int{500, 500}, 1},
		{"after", []numberstest.Fault{after(status(500), 2)}, []int{201, 201, 500, 201}, 0},
		{"after, not reached", []numberstest.Fault{after(times(status(500), -1), 2)}, []int{201, 201}, 1},
		{"in the order of injection", []numberstest.Fault{status(500), status(502)}, []int{500, 502, 201}, 0},
		{"after counts what other faults struck", []numberstest.Fault{status(500), after(status(502), 1)}, []int{500, 502, 201}, 0},
		{"one waits for another", []numberstest.Fault{times(status(500), 3), after(status(502), 1)}, []int{500, 500, 500, 502, 201}, 0},
		{"one overtakes another", []numberstest.Fault{after(status(500), 1), status(502)}, []int{502, 500, 201}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			shop := newShop(t, fake.Config{})
			shop.srv.Inject(tc.faults...)
			var got []int
			for range tc.want {
				got = append(got, shop.order(t).StatusCode)
			}
			assert.Equal(t, tc.want, got)
			assert.Len(t, shop.srv.Unused(), tc.unused)
		})
	}
}

func TestFaultStrikesWhatItMatches(t *testing.T) {
	shop := newShop(t, fake.Config{})
	fault := func(m numberstest.Match) numberstest.Fault {
		return numberstest.Fault{Kind: numberstest.StatusAfter, Status: 500, On: m, Times: -1}
	}
	shop.srv.Inject(numberstest.Fault{Kind: numberstest.StatusAfter, Status: 500}) // the next that may buy
	status, _ := shop.get(t, "/orders")
	assert.Equal(t, 200, status)
	assert.Equal(t, 500, shop.order(t).StatusCode)

	shop.srv.Inject(fault(numberstest.Match{Op: "list orders", PathPrefix: "/a"}))
	status, _ = shop.get(t, "/b")
	assert.Equal(t, 200, status)
	status, _ = shop.get(t, "/a/1")
	assert.Equal(t, 500, status)
	assert.Equal(t, 201, shop.order(t).StatusCode)
}

func TestInjectRefusesWhatCannotWork(t *testing.T) {
	tb := &spy{TB: t}
	shop := newShop(t, fake.Config{TB: tb, ServerOptions: numberstest.ServerOptions{Lenient: true}, Semantic: []numberstest.FaultKind{numberstest.ZeroObject}})
	shop.srv.Inject(
		numberstest.Fault{Kind: "no such"},
		numberstest.Fault{Kind: numberstest.PartialOrder},
		numberstest.Fault{Kind: numberstest.LostReply, Delay: 1},
	)
	require.Len(t, tb.errors, 3, "also where the fake is lenient")
	assert.Contains(t, tb.errors[0], "no such")
	assert.Contains(t, tb.errors[1], "partial order")
	assert.Contains(t, tb.errors[2], "Delay")
	assert.Equal(t, tb.errors, shop.srv.Reports())
	assert.Empty(t, shop.srv.Unused())
	shop.srv.Inject(numberstest.Fault{Kind: numberstest.ZeroObject})
	assert.Len(t, tb.errors, 3)
	assert.Len(t, shop.srv.Unused(), 1)
}

func TestTake(t *testing.T) {
	shop := newShop(t, fake.Config{Semantic: []numberstest.FaultKind{numberstest.ZeroObject, numberstest.PartialOrder}})
	var taken []string
	take := func(kind numberstest.FaultKind, number string) {
		if f, ok := shop.srv.Take(kind, number); ok {
			taken = append(taken, fmt.Sprint(f.Kind, " ", number, " ", f.Delay))
		}
	}
	shop.during = func(*http.Request) {
		for _, number := range []string{"+12025550101", "12025550102", ""} {
			take(numberstest.PartialOrder, number)
		}
		take(numberstest.ZeroObject, "")
	}
	shop.srv.Inject(
		numberstest.Fault{Kind: numberstest.PartialOrder, Numbers: []string{"+12025550102"}, Delay: time.Second, After: 1},
		numberstest.Fault{Kind: numberstest.ZeroObject, Times: 2},
	)
	for range 3 {
		shop.order(t)
	}
	assert.Equal(t, []string{"zero object  0s", "partial order 12025550102 1s", "zero object  0s"}, taken)
	rows := shop.srv.Requests()
	assert.Equal(t, []numberstest.FaultKind{numberstest.ZeroObject}, rows[0].Faults)
	assert.Equal(t, []numberstest.FaultKind{numberstest.PartialOrder, numberstest.ZeroObject}, rows[1].Faults)
	assert.Empty(t, rows[2].Faults)
}

func TestTransportAndSemanticFaultTogether(t *testing.T) {
	shop := newShop(t, fake.Config{Semantic: []numberstest.FaultKind{numberstest.StuckPending}})
	shop.during = func(*http.Request) { shop.srv.Take(numberstest.StuckPending, "") }
	shop.srv.Inject(numberstest.Fault{Kind: numberstest.StatusAfter}, numberstest.Fault{Kind: numberstest.StuckPending})
	assert.Equal(t, 503, shop.order(t).StatusCode)
	assert.Equal(t, []numberstest.FaultKind{numberstest.StatusAfter, numberstest.StuckPending}, shop.srv.Requests()[0].Faults)
}

// What scheduled work takes belongs to no request.
func TestTakeLater(t *testing.T) {
	clock := fake.NewClock(noon)
	shop := newShop(t, fake.Config{ServerOptions: numberstest.ServerOptions{Now: clock.Now}, Semantic: []numberstest.FaultKind{numberstest.StuckPending}})
	var taken bool
	shop.during = func(*http.Request) {
		shop.srv.After(time.Second, func() { _, taken = shop.srv.Take(numberstest.StuckPending, "") })
	}
	shop.srv.Inject(numberstest.Fault{Kind: numberstest.StuckPending})
	shop.order(t)
	clock.Advance(time.Second)
	shop.srv.Books() // brings the state up to date
	assert.True(t, taken)
	assert.Empty(t, shop.srv.Requests()[0].Faults)
}
