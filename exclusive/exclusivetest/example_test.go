package exclusivetest_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"strings"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
)

func Example() {
	pbx, err := exclusivetest.Start(exclusivetest.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer pbx.Close()

	body := strings.NewReader(`{"number":"+14155550100","enabled":true}`)
	req, err := http.NewRequest(http.MethodPost, pbx.URL()+"/api/exclusive_numbers", body)
	if err != nil {
		log.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+exclusivetest.Token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := pbx.HTTPClient().Do(req)
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, string(answer))
	fmt.Println(pbx.Books().Owned()[0].Number)
	// Output:
	// 200 {"id":"NzAwNTUxOTA5NzgxNTM2NzY4"}
	// +14155550100
}
