package telnyx_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// traced stands for a transport that makes a span of each request, as otelhttp's
// does with a span name formatter.
type traced struct{ name func(r *http.Request) string }

func (t traced) RoundTrip(r *http.Request) (*http.Response, error) {
	fmt.Println("span:", t.name(r))
	return http.DefaultTransport.RoundTrip(r)
}

// A span is named after the operation, not after a path full of ids. OnAttempt
// counts and times the requests.
func ExampleNew_tracing() {
	srv, _ := start(telnyxtest.Options{})
	defer srv.Close()
	spanName := func(r *http.Request) string {
		o, _ := numbers.OperationFrom(r.Context())
		return o.Vendor + " " + o.Op
	}
	c, err := telnyx.New(telnyx.APIKeyAuth(telnyxtest.APIKey), &numbers.ClientOptions{
		BaseURL:    srv.URL(),
		HTTPClient: &http.Client{Transport: traced{spanName}},
		OnAttempt: func(_ context.Context, a numbers.AttemptInfo) {
			fmt.Println("attempt:", a.Op, a.Class, a.Attempt, a.Status, a.Kind)
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = c.NumberOrders.Get(context.Background(), "00000000-0000-0000-0000-000000000000")
	fmt.Println(errors.Is(err, numbers.ErrNotFound))
	// Output:
	// span: telnyx NumberOrders.Get
	// attempt: NumberOrders.Get read 1 404 not found
	// true
}
