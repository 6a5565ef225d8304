package api

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"sync/atomic"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// A test that stops or kills a process runs this package's tests once more, as a
// child that makes one purchase. The environment says so.
const (
	childURL    = "TNKIT_TEST_URL"     // of the vendor
	childAt     = "TNKIT_TEST_AT"      // where the child waits for a line, and says so
	childWithin = "TNKIT_TEST_SEND_BY" // how long after Begin it may send

	childInBegin     = "begin"
	childBeforeDial  = "dial"
	childBeforeWrite = "write"

	childWaits = "waits"
)

// runChild makes the purchase and reports what became of it.
func runChild(url, at string) {
	wait := func(here string) {
		if here == at {
			fmt.Fprintln(os.Stdout, childWaits)
			_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		}
	}
	transport := &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		wait(childBeforeDial)
		return new(net.Dialer).DialContext(ctx, network, addr)
	}}
	c, err := New(Config{Vendor: "acme"}, &numbers.ClientOptions{BaseURL: url, HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		panic(err)
	}
	call := buy(map[string]string{"name": "x"})()
	call.Begin = func(context.Context) (time.Time, error) {
		within, err := time.ParseDuration(os.Getenv(childWithin))
		sendBy := time.Now().Add(within)
		wait(childInBegin)
		return sendBy, err
	}
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) {
		wait(childBeforeWrite)
	}})
	switch err := c.Do(ctx, call); {
	case err == nil:
		fmt.Fprintln(os.Stdout, "sent:", call.Into.(*thing).ID)
	default:
		fmt.Fprintln(os.Stdout, numbers.KindOf(err), "-", err)
	}
}

// countingListener counts the bytes that its connections bring.
type countingListener struct {
	net.Listener
	bytes atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &countingConn{c, &l.bytes}, nil
}

type countingConn struct {
	net.Conn
	bytes *atomic.Int64
}

func (c *countingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.bytes.Add(int64(n))
	return n, err
}
