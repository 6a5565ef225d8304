package opentacttest_test

import (
	"net/http"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

// The sample answers of the 2020 documentation that the server composes itself.
const (
	seedCreated = `{"success":true,"payload":{"voice":true,"fax":true,"sms":true,"mms":true,"emergency":true,` +
		`"autorenew":true,"state":"created","request":{"voice":true,"fax":true,"sms":true,"mms":true,"emergency":true,` +
		`"tns":[0],"autorenew":true,"profile":"US"},"uuid":"e7fad289-f977-45bb-bc42-448d1290555c","price":null,` +
		`"created_on":"2020-10-28T10:47:28.270Z","modified_on":"2020-10-28T10:47:28.270Z"}}`
	seedPrice = `{"success":true,"payload":{"nrc":0,"mrc":0,"items":[{"nrc":"0","mrc":"0","voice_nrc":"0",` +
		`"voice_mrc":"0","voice_incoming_per_min_cost":"0","voice_outgoing_per_min_cost":"0","fax_nrc":"0","fax_mrc":"0",` +
		`"fax_incoming_per_min_cost":"0","fax_outgoing_per_min_cost":"0","emergency_nrc":"0","emergency_mrc":"0",` +
		`"emergency_incoming_per_min_cost":"0","emergency_outgoing_per_min_cost":"0","sms_nrc":"0","sms_mrc":"0",` +
		`"sms_per_send_cost":"0","sms_per_receive_cost":"0","mms_nrc":"0","mms_mrc":"0","mms_per_send_cost":"0",` +
		`"mms_per_receive_cost":"0","id":"string","name":"string","description":"string"}]}}`
	// seedRequest is the request of the documentation's curl.
	seedRequest = `{"voice":true,"fax":true,"sms":true,"mms":true,"emergency":true,"tns":[0],"autorenew":true,` +
		`"profile":"string","sip_connection":"string","sip_control_app":"string"}`
)

func TestSeedIsServedToTheLetter(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	get, err := os.ReadFile("seed/order.get.response.json")
	require.NoError(t, err)
	list, err := os.ReadFile("seed/order.list.response.json")
	require.NoError(t, err)

	assert.Equal(t, string(list), ask(t, s, "GET", "/order", "").Body)
	assert.Equal(t, string(get), ask(t, s, "GET", "/order/string", "").Body)
	assert.Equal(t, seedPrice, ask(t, s, "POST", "/order/price", seedRequest).Body)
	assert.Empty(t, s.Books().Purchases, "asking for a price buys nothing")

	a := ask(t, s, "POST", "/order/tn", `{"voice":true,"fax":true,"sms":true,"mms":true,"emergency":true,"tns":[0],"autorenew":true,"profile":"US"}`)
	assert.Equal(t, http.StatusOK, a.Status)
	assert.Equal(t, seedCreated, a.Body)

	assert.Equal(t, string(list), ask(t, s, "GET", "/order", "").Body, "the list stays one order")
	s.SetList(opentacttest.ListArray)
	rows := ask(t, s, "GET", "/order", "").payload()
	assert.Equal(t, "string", at(t, rows, 0, "uuid"))
	assert.Equal(t, "e7fad289-f977-45bb-bc42-448d1290555c", at(t, rows, 1, "uuid"))

	// The documentation's own request finds the rows that it names.
	a = ask(t, s, "POST", "/order/tn", seedRequest)
	assert.Equal(t, "string", at(t, a.payload(), "request", "sip_connection"))
	assert.NotEqual(t, "e7fad289-f977-45bb-bc42-448d1290555c", at(t, a.payload(), "uuid"))
}

func TestSeedAsArray(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}, List: opentacttest.ListArray})
	list, err := os.ReadFile("seed/order.list.response.json")
	require.NoError(t, err)
	rows := ask(t, s, "GET", "/order/", "") // a trailing slash is none
	want := compact(t, string(list))
	const head = `{"success":true,"payload":`
	assert.Equal(t, head+"["+want[len(head):len(want)-1]+"]}", compact(t, rows.Body))
}
