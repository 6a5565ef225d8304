package voipbintest_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// A program orders a number of which the vendor keeps no record, though its
// carrier has sold it.
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
	// 200 {"id":"00000000-0000-0000-0000-000000000000","number":"","flow_id":"00000000-0000-0000-0000-000000000000","user_id":0,"status":"","t38_enabled":false,"emergency_enabled":false,"tm_purchase":"","tm_create":"","tm_update":"","tm_delete":""} <nil>
	// 200 {"result":[],"next_page_token":""} <nil>
	// bought, and listed nowhere: +12182558711
}
