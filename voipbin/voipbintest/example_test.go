package voipbintest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// A program orders a number whose order never reached the vendor's lists.
func ExampleStart() {
	srv, err := voipbintest.Start(voipbintest.Options{Era: voipbintest.EraSeed})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	srv.Inject(numberstest.Fault{Kind: numberstest.OrphanPurchase})

	send := func(method, body string) {
		r, err := http.NewRequest(method, srv.URL()+"/v1.0/order_numbers", strings.NewReader(body))
		if err != nil {
			fmt.Println(err)
			return
		}
		r.Header.Set("Authorization", "Bearer "+srv.Token(voipbintest.Username))
		r.Header.Set("Content-Type", "application/json")
		resp, err := srv.HTTPClient().Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		fmt.Println(resp.StatusCode, string(answer), err)
	}
	send("POST", `{"number":"+12182558711"}`)
	send("GET", "")
	for _, p := range srv.Books().Orphans() {
		fmt.Println("bought, and listed nowhere:", p.Number)
	}
	// Output:
	// 400  <nil>
	// 200 {"result":[],"next_page_token":""} <nil>
	// bought, and listed nowhere: +12182558711
}
