package opentacttest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

func TestGeneration2021(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2021, StepAfter: -1})
	a := ask(t, s, "POST", "/order/tn", `{"items":[{"tn":12029822917,"voice":true,"profile":"US"},{"tn":15555555555,"voice":true}]}`)
	assert.Equal(t, 200, a.Status)
	uuid := str(t, a.payload(), "uuid")
	assert.Equal(t, []string{"created_on", "modified_on", "uuid", "state", "request", "items", "errors", "tns", "tnleases", "account", "created_by"}, keys(t, a.Body, "payload"))
	assert.Equal(t, "created", at(t, a.payload(), "state"))

	s.SetState(uuid, "success")
	a = ask(t, s, "GET", "/order/"+uuid, "")
	assert.Contains(t, a.Body, `"state":"success","request":{"items":[{"voice":true,"tn":12029822917,"profile":"US"},{"voice":true,"tn":15555555555}]},`+
		`"items":[{"voice":true,"fax":false,"sms":true,"mms":false,"emergency":false,"tn":12029822917,"profile":"US","autorenew":true}],`+
		`"errors":[{"item":{"voice":true,"tn":15555555555},"reason":"Not found","description":"The number can not be ordered"}],`+
		`"tns":[{"tn":12029822917,`)
	assert.Len(t, at(t, a.payload(), "tnleases"), 1)
	assert.Equal(t, opentacttest.LeakedToken, at(t, a.payload(), "created_by", "token"))
	assert.Equal(t, 1, s.Books().Bought("12029822917"))
	assert.Equal(t, 0, s.Books().Bought("15555555555"))

	rows := ask(t, s, "GET", "/order", "")
	assert.Contains(t, rows.Body, `"request":{},"items":[],"errors":[],"tns":[],"tnleases":[],"account":{},"created_by":{}}]}`)

	ask(t, s, "POST", "/order/tn", `{"items":[{"tn":12029822918,"profile":"Mars"}]}`).refused(404, "Not found")
	ask(t, s, "POST", "/order/tn", `{"items":[]}`).refused(400, "items: minItems 1")
	ask(t, s, "POST", "/order/tn", `{"items":[{"voice":true}]}`).refused(400, "items.$0.tn: 'tn' is required")
	ask(t, s, "POST", "/order/search", `{}`).refused(404, "Not found")
	ask(t, s, "GET", "/lease/tn", "").refused(404, "Not found")
	assert.Empty(t, at(t, ask(t, s, "POST", "/lease/tn/search", "", "X-Auth-Token", opentacttest.OtherToken).payload(), "data"))
	assert.Empty(t, s.Reports())

	// Nothing bought is failed.
	uuid = str(t, ask(t, s, "POST", "/order/tn", `{"items":[{"tn":15555555555}]}`).payload(), "uuid")
	s.SetState(uuid, "success")
	assert.Equal(t, "failed", at(t, ask(t, s, "GET", "/order/"+uuid, "").payload(), "state"))
}

func TestGeneration2024(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2024, StepAfter: -1})
	a := ask(t, s, "POST", "/order", `{"items":[{"tn":12029822917,"features":["voice","sms"],"autorenew":true},{"tn":15555555555,"features":["voice"],"autorenew":false}]}`)
	assert.Equal(t, 201, a.Status)
	uuid := str(t, a.payload(), "uuid")
	times := `"created_on":"` + str(t, a.payload(), "created_on") + `","modified_on":"`
	assert.Equal(t, `{"success":true,"payload":{"uuid":"`+uuid+`","state":"created",`+times+str(t, a.payload(), "modified_on")+`","total":2,"success":0,"processing":1,"failed":1}}`, a.Body)

	s.SetState(uuid, "success")
	a = ask(t, s, "GET", "/order/"+uuid, "")
	assert.Equal(t, `{"success":true,"payload":{"uuid":"`+uuid+`","state":"success",`+times+str(t, a.payload(), "modified_on")+`","total":2,"success":1,"processing":0,"failed":1,`+
		`"request":{"items":[{"tn":12029822917,"features":["voice","sms"],"autorenew":true},{"tn":15555555555,"features":["voice"],"autorenew":false}]},`+
		`"tn_items":[{"tn":12029822917,"state":"success"},{"tn":15555555555,"state":"failed","reason":"Not found"}]}}`, a.Body)
}

func TestGeneration2024Refusals(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2024, ServerOptions: numberstest.ServerOptions{Lenient: true}})
	body := func(method, path, body string) string { return ask(t, s, method, path, body).Body }
	assert.Equal(t, `{"success":false,"message":"items: 'items' is required","status":400,"meta":"Bad Request",`+
		`"fields":{"params.items":{"message":"'items' is required"}}}`, body("POST", "/order", `{"tns":[12029822917]}`))
	assert.Equal(t, `{"success":false,"message":"items.$0.tn: invalid number value","status":400,"meta":"Bad Request",`+
		`"fields":{"params.items.$0.tn":{"message":"invalid number value","value":"12029822917"},`+
		`"params.items.$0.features.$1":{"message":"should be one of the following; ['voice','fax','sms','mms','emergency']","value":"pigeon"}}}`,
		body("POST", "/order", `{"items":[{"tn":"12029822917","features":["sms","pigeon"]}]}`))
	assert.Equal(t, `{"success":false,"message":"Not found","status":404,"meta":"Not Found"}`, body("POST", "/order/tn", `{"tns":[12029822917]}`))
	assert.Equal(t, `{"success":false,"message":"Not found","status":404,"meta":"Not Found"}`, body("POST", "/order/price", `{"tns":[12029822917]}`))
	assert.Equal(t, `{"success":false,"message":"Order not found","status":404,"meta":"Not Found"}`, body("GET", "/order/x", ""))
	s.SetBalance("0")
	assert.Equal(t, `{"success":false,"message":"Not enough account balance","status":402,"meta":"Payment Required"}`, body("POST", "/order", `{"items":[{"tn":12029822917}]}`))
}

func TestValidationStatusAndOmittedStatus(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2024, ValidationStatus: 500, OmitStatus: true})
	a := ask(t, s, "POST", "/order", `{"items":[]}`)
	assert.Equal(t, 500, a.Status)
	assert.Equal(t, `{"success":false,"message":"items: minItems 1","meta":"Internal Server Error","fields":{"params.items":{"message":"minItems 1","value":[]}}}`, a.Body)
}

func TestSearchOrders(t *testing.T) {
	s, clock := stepping(t, opentacttest.Options{Generation: opentacttest.Gen2024})
	var uuids []string
	for _, tn := range []string{"12029822917", "12029822918", "12017771234"} {
		uuids = append(uuids, s.AddOrder(numberstest.PastOrder{Numbers: []string{tn}})[0])
		clock.Advance(24 * 60 * 60 * 1e9)
	}
	open := str(t, ask(t, s, "POST", "/order", `{"items":[{"tn":13125550100}]}`).payload(), "uuid")
	search := func(path, body string) []string {
		data := at(t, ask(t, s, "POST", path, body).payload(), "data").([]any)
		out := []string{}
		for i := range data {
			out = append(out, str(t, data[i], "uuid"))
		}
		return out
	}
	assert.Equal(t, []string{uuids[0], uuids[1], uuids[2], open}, search("/order/search", ""))
	assert.Equal(t, []string{open, uuids[2], uuids[1], uuids[0]}, search("/order/search", `{"order":{"created_on":"DESC"}}`))
	assert.Equal(t, []string{uuids[2], uuids[1]}, search("/order/search?take=2&skip=1", `{"order":{"created_on":"DESC"}}`))
	assert.Equal(t, []string{uuids[1]}, search("/order/search?take=1", `{"take":2,"skip":1}`), "the query goes before the body")
	assert.Equal(t, []string{open}, search("/order/search", `{"state":"created"}`))
	assert.Equal(t, []string{uuids[1], uuids[2]}, search("/order/search", `{"created_on_from":"2026-02-01T00:00:00Z","created_on_to":"2026-02-02T12:00:00.250Z"}`))
	assert.Equal(t, []string{uuids[0], open}, search("/order/search", `{"mode":"OR","state":"created","created_on_to":"2026-02-01T00:00:00Z"}`))
	assert.Empty(t, search("/order/search?skip=4", ""))

	a := ask(t, s, "POST", "/order/search?take=1&skip=1", `{"state":"success","mode":"AND","order":{"modified_on":"ASC"}}`)
	assert.Contains(t, a.Body, `{"success":true,"payload":{"take":1,"skip":1,"mode":"AND","order":{"modified_on":"ASC"},"total":3,"data":[{"uuid":"`+uuids[1]+`"`)
	assert.Equal(t, []string{"uuid", "state", "created_on", "modified_on", "total", "success", "processing", "failed"}, keys(t, arrayElement(t, a.Body)))

	for body, field := range map[string]string{
		`{"take":0}`: "take", `{"take":101}`: "take", `{"skip":-1}`: "skip", `{"state":"new"}`: "state", `{"mode":"XOR"}`: "mode",
		`{"order":{"uuid":"ASC"}}`: "order.uuid", `{"order":{"created_on":"down"}}`: "order.created_on", `{"created_on_from":"yesterday"}`: "created_on_from",
	} {
		a := ask(t, s, "POST", "/order/search", body)
		assert.Equal(t, 400, a.Status, body)
		assert.Contains(t, a.Body, `"fields":{"params.`+field+`":{`, body)
	}
	assert.Equal(t, 400, ask(t, s, "POST", "/order/search?take=1000", "").Status)
	assert.Equal(t, 400, ask(t, s, "POST", "/order/search?skip=x", "").Status)
}

func TestOneStoreInEveryGeneration(t *testing.T) {
	s := opentacttest.NewServer(t)
	uuid := str(t, ask(t, s, "POST", "/order/tn", `{"tns":[12029822917,12029822918],"sms":false}`).payload(), "uuid")
	s.Settle()
	ask(t, s, "GET", "/order", "").payload()
	s.SetGeneration(opentacttest.Gen2021)
	assert.Len(t, at(t, ask(t, s, "GET", "/order/"+uuid, "").payload(), "items"), 2)
	assert.Contains(t, keys(t, arrayElement(t, ask(t, s, "GET", "/order", "").Body)), "errors")
	s.SetGeneration(opentacttest.Gen2024)
	o := ask(t, s, "GET", "/order/"+uuid, "").payload()
	assert.EqualValues(t, "2", at(t, o, "success"))
	assert.Equal(t, []any{"voice"}, at(t, o, "request", "items", 0, "features"))
	assert.Contains(t, keys(t, arrayElement(t, ask(t, s, "GET", "/order", "").Body)), "processing")
}

func TestLeasesOf2020AreNotSearched(t *testing.T) {
	s := opentacttest.NewServer(t)
	uuid := s.AddNumber(numberstest.Owned{Number: "12029822917"})[0]
	ask(t, s, "POST", "/lease/tn/search", "").refused(404, "Not found")
	assert.Equal(t, uuid, at(t, ask(t, s, "GET", "/lease/tn", "").payload(), 0, "uuid"))
}

func TestOtherGenerationsFormIsRefused(t *testing.T) {
	const tns, flags, features = `{"tns":[12029822917]}`, `{"items":[{"tn":12029822917,"voice":true}]}`, `{"items":[{"tn":12029822917,"features":["voice"]}]}`
	for _, c := range []struct {
		gen        opentacttest.Generation
		path, body string
		status     int
	}{
		{opentacttest.Gen2020, "/order/tn", tns, 200},
		{opentacttest.Gen2020, "/order/tn", flags, 400},
		{opentacttest.Gen2020, "/order", features, 404},
		{opentacttest.Gen2021, "/order/tn", tns, 400},
		{opentacttest.Gen2021, "/order/tn", flags, 200},
		{opentacttest.Gen2021, "/order", features, 404},
		{opentacttest.Gen2024, "/order/tn", tns, 404},
		{opentacttest.Gen2024, "/order", tns, 400},
		{opentacttest.Gen2024, "/order", features, 201},
	} {
		s := opentacttest.NewServer(t, opentacttest.Options{Generation: c.gen, ServerOptions: numberstest.ServerOptions{Lenient: true}})
		assert.Equal(t, c.status, ask(t, s, "POST", c.path, c.body).Status, "%s %s %s", c.gen, c.path, c.body)
		s.Settle()
		assert.Equal(t, c.status < 300, s.Books().Bought("12029822917") == 1)
		if c.gen != opentacttest.Gen2024 && c.path == "/order" {
			assert.Len(t, s.Reports(), 1)
		}
	}
}
