package driver_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/driver"
)

// A test that stops a process runs this package's tests once more, as a child that makes
// one purchase at the URL of the environment.
const (
	childURL    = "TNKIT_TEST_URL"
	childWithin = "TNKIT_TEST_SEND_BY" // how long after Begin it may send
)

// orderInChild waits before it connects: it prints a line and reads one. Then it prints
// what became of the purchase.
func orderInChild(url string) {
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		fmt.Fprintln(os.Stdout, "waits")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		return new(net.Dialer).DialContext(context.WithoutCancel(ctx), network, addr)
	}}
	r := anOrderRequest()
	r.Begin = func(context.Context) (time.Time, error) {
		within, err := time.ParseDuration(os.Getenv(childWithin))
		return time.Now().Add(within), err
	}
	err := newSDK(url, &driver.Once{Base: transport}).place(context.Background(), r)
	fmt.Fprintln(os.Stdout, numbers.KindOf(err))
}
