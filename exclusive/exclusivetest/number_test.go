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
	p := newPBX(t, exclusivetest.Options{Seed: true})
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
		p := newPBX(t, exclusivetest.Options{InMemory: true})
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
