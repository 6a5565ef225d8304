package exclusivetest_test

import (
	"encoding/base64"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const seedNumber = `{
"id": "NzAwNTUxOTA5NzczMTQ4MTYw",
"number": "text",
"created_at": "2017-07-21T17:32:28Z",
"enabled": true,
"description": "text"
}`

const seedList = `{
"count": 100,
"items": [
{
"id": "NzAwNTUxOTA5NzczMTQ4MTYw",
"number": "text",
"created_at": "2017-07-21T17:32:28Z",
"enabled": true,
"description": "text"
}
]
}`

func TestSeedIsServedLetterForLetter(t *testing.T) {
	p := newPBX(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	p.get(path).is(200, "="+seedList)
	p.get(path+"/NzAwNTUxOTA5NzczMTQ4MTYw").is(200, "="+seedNumber)

	p.post(path+"/NzAwNTUxOTA5NzczMTQ4MTYw", "{\n\"number\": \"text\",\n\"enabled\": true,\n\"description\": \"text\"\n}\n").is(200, "")
	p.get(path).is(200, `{"count":1,"items":[`+seedNumber+`]}`)
	p.post(path+"/NzAwNTUxOTA5NzczMTQ4MTYw/destroy", "").is(204, "")
	p.get(path).is(200, `={"count":0,"items":[]}`)
	assert.Empty(t, p.Books().Purchases, "the seed was never bought")
}

func TestNumberLifeInAVirtualSecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		id := p.create("+14155550100")
		decimal, err := base64.StdEncoding.DecodeString(id)
		require.NoError(t, err)
		assert.Regexp(t, `^[1-9][0-9]{17}$`, string(decimal))

		p.get(path+"/"+id).is(200, `={"id":"`+id+`","number":"+14155550100","created_at":"2000-01-01T00:00:00Z","enabled":true,"description":null}`)
		p.get(path).is(200, `={"count":1,"items":[{"id":"`+id+`","number":"+14155550100","created_at":"2000-01-01T00:00:00Z","enabled":true,"description":null}]}`)

		time.Sleep(1500 * time.Millisecond)
		other := p.post(path, `{"number":"text","enabled":false,"description":"a <b> & \"c\""}`)
		require.Equal(t, 200, other.status)
		second := strings.TrimSuffix(strings.TrimPrefix(other.body, `{"id":"`), `"}`)
		p.get(path+"/"+second).is(200, `={"id":"`+second+`","number":"text","created_at":"2000-01-01T00:00:01.5Z","enabled":false,"description":"a <b> & \"c\""}`)

		p.post(path+"/"+id+"/destroy", "").is(204, "")
		p.get(path+"/"+id).refused(404, "UNKNOWN")
		p.post(path+"/"+id+"/destroy", "").refused(404, "UNKNOWN")
		p.post(path+"/"+id, `{"enabled":true}`).refused(404, "UNKNOWN")

		books := p.Books()
		require.Len(t, books.Purchases, 2)
		assert.Equal(t, id, books.Purchases[0].OrderID)
		assert.Equal(t, time.Now(), books.Purchases[0].Released)
		assert.Equal(t, "text", books.Owned()[0].Number)
		assert.True(t, books.Owned()[0].Listed)
	})
}

func TestNumberRefusals(t *testing.T) {
	p := newPBX(t)
	id := p.create("101")
	before := p.get(path).body
	long := func(n int) string { return strings.Repeat("ä", n) }
	for _, at := range []string{path, path + "/" + id} {
		p.post(at, `{"number":""}`).invalid("number")
		p.post(at, `{"number":"`+long(65)+`"}`).invalid("number")
		p.post(at, `{"number":101}`).invalid("number")
		p.post(at, `{"number":"1","enabled":"yes"}`).invalid("enabled")
		p.post(at, `{"number":"1","description":"`+long(1025)+`"}`).invalid("description")
		p.post(at, `{"number":"1","description":{}}`).invalid("description")
		p.post(at, `{"number":`).refused(400, "UNKNOWN")
		p.post(at, `[]`).refused(400, "UNKNOWN")
		p.sendAs("POST", at, "application/json", "").refused(400, "UNKNOWN")
	}
	p.post(path, `{}`).invalid("number")
	p.post(path, `{"number":null,"enabled":true}`).invalid("number")
	p.get(path+"/unknown").refused(404, "UNKNOWN")
	p.post(path+"/unknown", `{}`).refused(404, "UNKNOWN")
	p.post(path+"/unknown/destroy", "").refused(404, "UNKNOWN")
	p.post(path+"//destroy", "").refused(404, "UNKNOWN")
	assert.Equal(t, before, p.get(path).body, "what is refused changes nothing")
	assert.Len(t, p.Books().Purchases, 1)

	require.Equal(t, 200, p.post(path, `{"number":"`+long(64)+`","description":"`+long(1024)+`"}`).status)
	require.Equal(t, 200, p.post(path+"/"+id, `{"number":"`+long(64)+`","description":"`+long(1024)+`"}`).status)
}

func TestOnlyGetAndPost(t *testing.T) {
	p := newPBX(t)
	id := p.create("101")
	for _, method := range []string{"PUT", "PATCH", "DELETE"} {
		for at, allow := range map[string]string{path: "GET, POST", path + "/" + id: "GET, POST", path + "/" + id + "/destroy": "POST"} {
			a := p.send(method, at, "")
			a.refused(405, "UNKNOWN")
			assert.Equal(t, allow, a.header.Get("Allow"))
		}
	}
	p.get(path+"/"+id+"/destroy").refused(405, "UNKNOWN")
	p.get("/api/vip_numbers").refused(404, "UNKNOWN")
	p.get("/exclusive_numbers").refused(404, "UNKNOWN")
	p.get("/api/api/exclusive_numbers").refused(404, "UNKNOWN")
}

func TestUpdateReadings(t *testing.T) {
	const before = `{"number":"101","enabled":false,"description":"old"}`
	for name, test := range map[string]struct {
		replaces bool
		body     string
		want     exclusivetest.Row
	}{
		"patch, enabled missing":      {false, `{"number":"102"}`, exclusivetest.Row{Number: "102", Disabled: true, Description: "old"}},
		"patch, nothing":              {false, `{}`, exclusivetest.Row{Number: "101", Disabled: true, Description: "old"}},
		"patch, null":                 {false, `{"enabled":null,"description":null}`, exclusivetest.Row{Number: "101", Disabled: true, Description: "old"}},
		"patch, blank":                {false, `{"description":""}`, exclusivetest.Row{Number: "101", Disabled: true}},
		"patch, enabled":              {false, `{"enabled":true}`, exclusivetest.Row{Number: "101", Description: "old"}},
		"replacement, missing":        {true, `{"number":"102"}`, exclusivetest.Row{Number: "102"}},
		"replacement, nothing":        {true, `{}`, exclusivetest.Row{Number: "101"}},
		"replacement, all fields":     {true, `{"number":"102","enabled":false,"description":"new"}`, exclusivetest.Row{Number: "102", Disabled: true, Description: "new"}},
		"replacement, number missing": {true, `{"enabled":false,"description":"new"}`, exclusivetest.Row{Number: "101", Disabled: true, Description: "new"}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPBX(t, exclusivetest.Options{UpdateReplaces: test.replaces})
			require.Equal(t, 200, p.post(path, before).status)
			was := p.Rows()[0]
			p.post(path+"/"+was.ID, test.body).is(200, "")
			test.want.ID, test.want.CreatedAt = was.ID, was.CreatedAt
			assert.Equal(t, []exclusivetest.Row{test.want}, p.Rows())
		})
	}
}

func TestDuplicates(t *testing.T) {
	p := newPBX(t)
	first, second := p.create("101"), p.create("101")
	assert.NotEqual(t, first, second)
	assert.Equal(t, 2, p.Books().Bought("101"))
	assert.Equal(t, []string{"101"}, p.Books().Duplicates())
	p.post(path+"/"+first+"/destroy", "").is(204, "")
	require.Len(t, p.Books().Owned(), 1)
	assert.Equal(t, second, p.Books().Owned()[0].OrderID, "the other row is the one that is left")

	p = newPBX(t, exclusivetest.Options{RefuseDuplicates: true})
	first = p.create("101")
	p.post(path, `{"number":"101"}`).invalid("number")
	other := p.create("102")
	p.post(path+"/"+other, `{"number":"101"}`).invalid("number")
	p.post(path+"/"+first, `{"number":"101","enabled":false}`).is(200, "")
	p.post(path+"/"+first+"/destroy", "").is(204, "")
	p.post(path+"/"+other, `{"number":"101"}`).is(200, "")
	p.create("102")
	assert.Empty(t, p.Books().Duplicates())
}

func TestBooksFollowARenamedNumber(t *testing.T) {
	p := newPBX(t)
	id := p.create("101")
	p.post(path+"/"+id, `{"number":"102"}`).is(200, "")
	p.post(path+"/"+id, `{"number":"102"}`).is(200, "")
	books := p.Books()
	require.Len(t, books.Purchases, 2)
	assert.Equal(t, "101", books.Purchases[0].Number)
	assert.False(t, books.Purchases[0].Owns())
	assert.Equal(t, "102", books.Owned()[0].Number)

	ids := p.AddRow(exclusivetest.Row{Number: "7"})
	p.post(path+"/"+ids[0], `{"number":"8"}`).is(200, "")
	p.post(path+"/"+ids[0]+"/destroy", "").is(204, "")
	assert.Equal(t, books, p.Books(), "a number that was there before is in no books")
}

func TestMisuse(t *testing.T) {
	tb := &fakeTB{TB: t}
	p := exclusivetest.NewServer(tb, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true, Seed: true}})
	for name, misuse := range map[string]func(){
		"tenant":     func() { p.AddRow(exclusivetest.Row{Domain: "nowhere.example.com", Number: "7"}) },
		"no number":  func() { p.AddNumber(numberstest.Owned{}) },
		"same id":    func() { p.AddNumber(numberstest.Owned{Number: "7", ID: p.Rows()[0].ID}) },
		"reference":  func() { p.AddNumber(numberstest.Owned{Number: "7", Reference: "r"}) },
		"state":      func() { p.AddNumber(numberstest.Owned{Number: "7", State: "active"}) },
		"set state":  func() { p.SetState(p.Rows()[0].ID, "active") },
		"no such id": func() { p.SetState("7", exclusivetest.StateEnabled) },
	} {
		before := len(p.Reports())
		misuse()
		assert.Len(t, p.Reports(), before+1, name)
	}
	assert.Len(t, tb.errors, 7, "though the PBX is lenient")
	assert.Len(t, p.Rows(), 1)
}

func TestSetState(t *testing.T) {
	p := newPBX(t)
	id := p.AddNumber(numberstest.Owned{Number: "7", State: exclusivetest.StateDisabled, Created: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)})[0]
	p.get(path+"/"+id).is(200, `={"id":"`+id+`","number":"7","created_at":"2026-01-02T03:04:05Z","enabled":false,"description":null}`)
	p.SetState(id, exclusivetest.StateEnabled)
	p.get(path+"/"+id).is(200, `={"id":"`+id+`","number":"7","created_at":"2026-01-02T03:04:05Z","enabled":true,"description":null}`)
}

func TestBlankFields(t *testing.T) {
	for blanks, want := range map[exclusivetest.Blanks]string{
		exclusivetest.BlankNull:   `{"id":"a/b ?","number":"1","created_at":null,"enabled":false,"description":null}`,
		exclusivetest.BlankEmpty:  `{"id":"a/b ?","number":"1","created_at":"","enabled":false,"description":""}`,
		exclusivetest.BlankAbsent: `{"id":"a/b ?","number":"1","enabled":false}`,
	} {
		p := newPBX(t, exclusivetest.Options{Blanks: blanks})
		p.AddRow(exclusivetest.Row{ID: "a/b ?", Number: "1", Disabled: true})
		p.get(path+"/a%2Fb%20%3F").is(200, "="+want)
		p.get(path).is(200, `={"count":1,"items":[`+want+`]}`)
	}
}

func TestExportHidesTheNumberOfThatID(t *testing.T) {
	p := newPBX(t)
	created := time.Date(2024, 8, 20, 6, 0, 47, 670813000, time.UTC)
	p.AddRow(exclusivetest.Row{ID: "export", Number: "101", CreatedAt: created, Description: `a "b", c`})
	for _, at := range []string{path + "/export", path + "/ex%70ort"} {
		a := p.get(at)
		a.is(200, "=number,enabled,description\n101,true,\"a \"\"b\"\", c\"\n")
		assert.Equal(t, "application/octet-stream", a.header.Get("Content-Type"))
		assert.Equal(t, `attachment; filename="exclusive_numbers.csv"`, a.header.Get("Content-Disposition"))
	}
	assert.Contains(t, p.get(path).body, `{"id":"export","number":"101","created_at":"2024-08-20T06:00:47.670813Z",`)
	p.post(path+"/export", `{"enabled":false}`).is(200, "")
	p.post(path+"/export/destroy", "").is(204, "")
	p.get(path+"/export").is(200, "=number,enabled,description\n")
}

func TestStrictness(t *testing.T) {
	tb := &fakeTB{TB: t}
	p := newPBX(tb)
	p.t = t
	require.Equal(t, 200, p.post(path, `{"number":"1","name":"x"}`).status)
	tb.reported("/api/exclusive_numbers", `"name"`)
	require.Equal(t, 200, p.sendAs("POST", path, "text/plain", `{"number":"2"}`).status)
	tb.reported("text/plain")
	require.Equal(t, 200, p.post(path+"?dry_run=true", `{"number":"3"}`).status)
	tb.reported(`"dry_run"`)
	require.Equal(t, 200, p.get(path+"/").status)
	tb.reported("empty id")
	require.Equal(t, 200, p.get(path+"?$skip=100").status)
	tb.reported(`"$skip"`)
	require.Equal(t, 200, p.get(path+"?count=true").status)
	tb.reported(`"count"`)
	require.Equal(t, 200, p.get(path+"?top=1&top=2").status)
	tb.reported(`"top"`)
	require.Equal(t, 200, p.get(path+"?filter=").status)
	tb.reported(`"filter"`)
	p.post(path+"/"+p.Rows()[0].ID+"/destroy", "{}").is(204, "")
	tb.reported("body")
	assert.Len(t, p.Reports(), 9)

	tb = &fakeTB{TB: t}
	p = newPBX(tb, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	p.t = t
	require.Equal(t, 200, p.get(path+"?count=true").status)
	assert.Empty(t, tb.errors)
	assert.Len(t, p.Reports(), 1)
}
