package telnyxtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// A program orders a number at the fake, and looks at what was really bought.
func Example() {
	srv, err := telnyxtest.Start(telnyxtest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()

	r, err := http.NewRequest("POST", srv.URL()+"/number_orders", strings.NewReader(`{"phone_numbers":[{"phone_number":"+13125550100"}]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
	r.Header.Set("Content-Type", "application/json")
	resp, err := srv.HTTPClient().Do(r)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer resp.Body.Close()
	var order struct {
		Data struct {
			Status string `json:"status"`
		} `json:"data"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&order); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(resp.StatusCode, order.Data.Status)
	fmt.Println(srv.Books().Bought("+13125550100"))
	// Output:
	// 200 pending
	// 1
}

// A member of an answer changes its type without notice, until the fault is lifted.
func ExampleServer_Inject() {
	srv, err := telnyxtest.Start(telnyxtest.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer srv.Close()
	srv.AddOrder(numberstest.PastOrder{Numbers: []string{"+13125550100"}})
	count := func() {
		r, err := http.NewRequest("GET", srv.URL()+"/number_orders", nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
		resp, err := srv.HTTPClient().Do(r)
		if err != nil {
			fmt.Println(err)
			return
		}
		defer resp.Body.Close()
		var page struct {
			Data []struct {
				Count json.RawMessage `json:"phone_numbers_count"`
			} `json:"data"`
		}
		err = json.NewDecoder(resp.Body).Decode(&page)
		fmt.Printf("%s %v\n", page.Data[0].Count, err)
	}

	srv.Inject(numberstest.Fault{Kind: numberstest.Drift, Path: "data[].phone_numbers_count", Type: numberstest.JSONString})
	count()
	srv.Lift(numberstest.Drift)
	count()
	// Output:
	// "1" <nil>
	// 1 <nil>
}
