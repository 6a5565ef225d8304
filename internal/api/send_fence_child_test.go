package api

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"os"
	"sync"
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

// recordingListener records what its connections bring.
type recordingListener struct {
	net.Listener
	mu    sync.Mutex
	bytes []byte
}

func (l *recordingListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &recordingConn{c, l}, nil
}

// body is what came after the headers.
func (l *recordingListener) body() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, body, _ := bytes.Cut(l.bytes, []byte("\r\n\r\n"))
	return string(body)
}

type recordingConn struct {
	net.Conn
	to *recordingListener
}

func (c *recordingConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.to.mu.Lock()
	defer c.to.mu.Unlock()
	c.to.bytes = append(c.to.bytes, p[:n]...)
	return n, err
}
