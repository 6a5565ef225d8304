package bench

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// cost is what some work took, run by run.
type cost struct {
	time, bytes []float64
}

func (c *cost) measure(do func()) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	do()
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	c.time = append(c.time, took.Seconds())
	c.bytes = append(c.bytes, float64(after.TotalAlloc-before.TotalAlloc))
}

// compare runs both sides in turn, some rounds in each iteration, and reports
// the SDK's share of the loop's cost. The medians are compared: other work on
// the machine disturbs them least, and the garbage collector's share is in them.
func compare(b *testing.B, rounds int, sdk, loop func()) {
	b.Helper()
	sdk() // connections
	loop()
	var ours, theirs cost
	for b.Loop() {
		for i := range rounds {
			if i%2 == 0 {
				ours.measure(sdk)
				theirs.measure(loop)
			} else {
				theirs.measure(loop)
				ours.measure(sdk)
			}
		}
	}
	b.ReportMetric(median(ours.time)/median(theirs.time), "time-ratio")
	b.ReportMetric(median(ours.bytes)/median(theirs.bytes), "bytes-ratio")
}

// median sorts list.
func median(list []float64) float64 {
	slices.Sort(list)
	return (list[len(list)/2] + list[(len(list)-1)/2]) / 2
}

func sdkList(b *testing.B, c *telnyx.Client, want int, opts ...numbers.PageOption) {
	count := 0
	req := &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Size: pageSize}}
	for o, err := range c.NumberOrders.All(context.Background(), req, opts...) {
		if err != nil {
			b.Fatal(err)
		}
		if o.ID == "" {
			b.Fatal("an order without an id")
		}
		count++
	}
	if count != want {
		b.Fatalf("%d orders of %d", count, want)
	}
}

func loopListAll(b *testing.B, c *http.Client, url string, want int) {
	count, err := loopList(context.Background(), c, url)
	if err != nil || count != want {
		b.Fatalf("%d orders of %d, error %v", count, want, err)
	}
}

// BenchmarkList lists 10,000 orders.
func BenchmarkList(b *testing.B) {
	srv := listServer(b, 10_000, 0)
	c, hc := client(b, srv), &http.Client{Transport: transport(b)}
	compare(b, 12, func() { sdkList(b, c, 10_000) }, func() { loopListAll(b, hc, srv.URL, 10_000) })
}

// BenchmarkReadAhead lists 10,000 orders at 20 ms a page with default options, and at
// 50 ms a page with ReadAhead(8).
func BenchmarkReadAhead(b *testing.B) {
	for _, c := range []struct {
		name  string
		delay time.Duration
		opts  []numbers.PageOption
	}{
		{"default", 20 * time.Millisecond, nil},
		{"8", 50 * time.Millisecond, []numbers.PageOption{numbers.ReadAhead(8)}},
	} {
		b.Run(c.name, func(b *testing.B) {
			srv := listServer(b, 10_000, c.delay)
			sdk, hc := client(b, srv), &http.Client{Transport: transport(b)}
			compare(b, 2, func() { sdkList(b, sdk, 10_000, c.opts...) }, func() { loopListAll(b, hc, srv.URL, 10_000) })
		})
	}
}

// BenchmarkCreate orders one number.
func BenchmarkCreate(b *testing.B) {
	srv := createServer(b)
	c, hc := client(b, srv), &http.Client{Transport: transport(b)}
	const many = 200
	compare(b, 32, func() {
		for range many {
			if _, err := c.NumberOrders.Create(context.Background(), &telnyx.CreateNumberOrderRequest{
				PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: "+19705550100"}},
			}); err != nil {
				b.Fatal(err)
			}
		}
	}, func() {
		for range many {
			if _, err := loopCreate(context.Background(), hc, srv.URL, "+19705550100"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkMillion streams a million orders and reports by how much the heap
// in use grew between the first and the last tenth.
func BenchmarkMillion(b *testing.B) {
	const total = 1_000_000
	srv := listServer(b, total, 0)
	c := client(b, srv)
	for b.Loop() {
		var early, late uint64
		count := 0
		req := &telnyx.ListNumberOrdersRequest{Page: telnyx.PageParams{Size: pageSize}}
		for _, err := range c.NumberOrders.All(context.Background(), req) {
			if err != nil {
				b.Fatal(err)
			}
			count++
			switch count {
			case total / 10:
				early = heap()
			case total - 1:
				late = heap()
			}
		}
		b.ReportMetric((float64(late)-float64(early))/1024, "growth-KiB")
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
