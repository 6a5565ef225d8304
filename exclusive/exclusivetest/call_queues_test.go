package exclusivetest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
)

func withQueues(t testing.TB, opts exclusivetest.Options) (p *pbx, sales string) {
	p = newPBX(t, opts)
	sales = p.AddQueue("", exclusivetest.Queue{Name: "Sales", ExtensionNumber: "8000", Agents: []exclusivetest.Agent{
		{ID: "a1", Name: "anna", DisplayName: "Anna", ExtensionNumber: "101"},
		{ID: "a2", Name: "ben", DisplayName: "Ben", ExtensionNumber: "102"},
		{ID: "a3", Name: "cara", DisplayName: "Cara", ExtensionNumber: "103"},
	}})
	p.AddQueue(exclusivetest.Domain, exclusivetest.Queue{ID: "q2", Name: "Support", ExtensionNumber: "8001"})
	return p, sales
}

func TestQueuesAndAgents(t *testing.T) {
	p, sales := withQueues(t, exclusivetest.Options{})
	number := path + "/" + p.create("101")
	agents := number + "/call_queues/" + sales + "/agents"
	p.get(number+"/call_queues").is(200, `={"items":[]}`)
	p.get(agents).is(200, `={"items":[]}`)

	p.post(agents, `{"items":["102","101"]}`).is(200, "")
	p.get(number+"/call_queues").is(200, `={"items":[{"id":"`+sales+`","name":"Sales","extension_number":"8000"}]}`)
	p.get(agents).is(200, `={"items":[{"id":"a2","name":"ben","display_name":"Ben","extension_number":"102"},`+
		`{"id":"a1","name":"anna","display_name":"Anna","extension_number":"101"}]}`)

	p.post(agents, `{"items":["103"]}`).is(200, "")
	p.get(agents).is(200, `={"items":[{"id":"a3","name":"cara","display_name":"Cara","extension_number":"103"}]}`)
	other := path + "/" + p.create("101")
	p.get(other+"/call_queues").is(200, `={"items":[]}`)

	p.post(number+"/call_queues/"+sales+"/destroy", "").is(204, "")
	p.get(agents).is(200, `={"items":[]}`)
	p.post(number+"/call_queues/"+sales+"/destroy", "").is(204, "")
	p.post(agents, `{"items":["101"]}`).is(200, "")
	p.post(agents, `{"items":[]}`).is(200, "")
	p.get(number+"/call_queues").is(200, `={"items":[]}`)
	assert.Len(t, p.Rows(), 2, "clearing agents destroys no number")
	assert.Empty(t, p.AddQueue("nowhere.example.com", exclusivetest.Queue{}))
}

func TestQueueRefusals(t *testing.T) {
	p, sales := withQueues(t, exclusivetest.Options{})
	number := path + "/" + p.create("101")
	agents := number + "/call_queues/" + sales + "/agents"
	p.post(agents, `{"items":["102"]}`).is(200, "")
	p.post(agents, `{}`).invalid("items")
	p.post(agents, `{"items":null}`).invalid("items")
	p.post(agents, `{"items":"101"}`).invalid("items")
	p.post(agents, `{"items":["101","999"]}`).invalid("items")
	p.post(agents, `{"items":["101","101"]}`).invalid("items")
	p.post(agents, `["101"]`).refused(400, "UNKNOWN")
	assert.Equal(t, 400, p.post(agents, `{"items":[101]}`).status)
	assert.Contains(t, p.get(agents).body, `"102"`)

	p.get(path+"/x/call_queues").refused(404, "UNKNOWN")
	p.get(path+"/x/call_queues/"+sales+"/agents").refused(404, "UNKNOWN")
	p.get(number+"/call_queues/x/agents").refused(404, "UNKNOWN")
	p.post(number+"/call_queues/x/agents", `{"items":["101"]}`).refused(404, "UNKNOWN")
	p.post(number+"/call_queues/x/destroy", "").refused(404, "UNKNOWN")
	p.post(number+"/call_queues", `{"items":[]}`).refused(405, "UNKNOWN")
	p.get(number+"/call_queues/"+sales+"/destroy").refused(405, "UNKNOWN")
	p.post(number+"/call_queues//agents", `{"items":[]}`).refused(404, "UNKNOWN")
}

func TestQueuesWithNullItems(t *testing.T) {
	p, sales := withQueues(t, exclusivetest.Options{NullItems: true})
	number := path + "/" + p.create("101")
	p.get(number+"/call_queues").is(200, `={"items":null}`)
	p.get(number+"/call_queues/"+sales+"/agents").is(200, `={"items":null}`)
}
