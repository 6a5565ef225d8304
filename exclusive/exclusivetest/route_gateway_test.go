package exclusivetest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestErrorStyles(t *testing.T) {
	p := newPBX(t)
	for style, want := range map[exclusivetest.ErrorStyle]struct{ contentType, body string }{
		exclusivetest.ErrorsList:    {"application/json", `{"errors":[{"code":"VALIDATE_FAILED","message":"field validation failed","detail":{"number":"is missing"}}]}`},
		exclusivetest.ErrorsFlat:    {"application/json", `{"code":"VALIDATE_FAILED","message":"field validation failed","detail":{"number":"is missing"}}`},
		exclusivetest.ErrorsEmpty:   {"application/json", `{ }`},
		exclusivetest.ErrorsText:    {"text/plain; charset=utf-8", `field validation failed`},
		exclusivetest.ErrorsNothing: {"", ""},
	} {
		p.SetErrorStyle(style)
		a := p.post(path, `{}`)
		a.is(400, "="+want.body)
		assert.Equal(t, want.contentType, a.header.Get("Content-Type"))
	}
	p.SetErrorStyle(exclusivetest.ErrorsHTML)
	a := p.as("").get(path)
	assert.Equal(t, 401, a.status)
	assert.Equal(t, "text/html", a.header.Get("Content-Type"))
	assert.Contains(t, a.body, "<h1>401 Unauthorized</h1>")
	assert.Equal(t, 200, p.get(path).status)
}

func TestGatewayDown(t *testing.T) {
	p := newPBX(t)
	p.SetGatewayDown(true)
	for _, a := range []answer{p.get(path), p.post(path, `{"number":"1"}`), p.as("").post(tokenPath, form())} {
		assert.Equal(t, 502, a.status)
		assert.Equal(t, "text/html", a.header.Get("Content-Type"))
		assert.Contains(t, a.body, "502 Bad Gateway")
	}
	p.SetGatewayDown(false)
	p.get(path).is(200, `={"count":0,"items":[]}`)
}

func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		p.SetRateLimit(exclusivetest.RateLimit{PerMinute: 2, RetryAfter: "7"})
		p.create("101")
		time.Sleep(59 * time.Second)
		require.Equal(t, 200, p.get(path).status)
		a := p.post(path, `{"number":"102"}`)
		a.refused(429, "UNKNOWN")
		assert.Equal(t, "7", a.header.Get("Retry-After"))
		p.as("").post(tokenPath, form()).refused(429, "UNKNOWN")
		time.Sleep(time.Second)
		require.Equal(t, 200, p.get(path).status)

		p.SetRateLimit(exclusivetest.RateLimit{PerMinute: 1, Status: 503})
		p.create("102")
		a = p.get(path)
		a.refused(503, "UNKNOWN")
		assert.Empty(t, a.header.Get("Retry-After"))
		p.SetRateLimit(exclusivetest.RateLimit{})
		count, _ := p.list("")
		assert.Equal(t, 2, count)
	})
}

func TestTransportFaults(t *testing.T) {
	p := newPBX(t)
	p.Inject(numberstest.Fault{Kind: numberstest.RateLimited, RetryAfter: "3"})
	assert.Len(t, p.Unused(), 1)
	require.Equal(t, 200, p.get(path).status, "a list buys nothing")
	a := p.post(path, `{"number":"101"}`)
	a.is(429, `={"errors":[{"code":"UNKNOWN","message":"unknown error"}]}`)
	assert.Equal(t, "3", a.header.Get("Retry-After"))

	p.Inject(numberstest.Fault{Kind: numberstest.StatusAfter, Status: 502})
	a = p.post(path, `{"number":"102"}`)
	assert.Equal(t, 502, a.status)
	assert.Equal(t, "text/html", a.header.Get("Content-Type"))
	assert.Contains(t, a.body, "502 Bad Gateway")

	p.Inject(numberstest.Fault{Kind: numberstest.StatusBefore, On: numberstest.Match{Op: "destroy exclusive number"}})
	id := p.Rows()[0].ID
	assert.Equal(t, 503, p.post(path+"/"+id+"/destroy", "").status)
	p.post(path+"/"+id+"/destroy", "").is(204, "")

	p.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	resp, err := p.HTTPClient().Post(p.URL()+path, "application/json", nil)
	if assert.Error(t, err) {
		assert.Nil(t, resp)
	}
	books := p.Books()
	assert.Equal(t, 1, len(books.Purchases))
	assert.Equal(t, "102", books.Purchases[0].Number)
	assert.Empty(t, books.Owned())
}
