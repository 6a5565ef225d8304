package telnyx_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/vendortest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// signer signs webhooks as Telnyx does.
type signer struct{ key ed25519.PrivateKey }

func newSigner() signer {
	return signer{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))}
}

func (s signer) public() string {
	return base64.StdEncoding.EncodeToString(s.key.Public().(ed25519.PublicKey))
}

func (s signer) header(body []byte, timestamp string) http.Header {
	signature := ed25519.Sign(s.key, append([]byte(timestamp+"|"), body...))
	h := http.Header{}
	h.Set("telnyx-timestamp", timestamp)
	h.Set("telnyx-signature-ed25519", base64.StdEncoding.EncodeToString(signature))
	return h
}

func unix(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }

func clock() telnyx.WebhookOption { return telnyx.WithClock(func() time.Time { return at }) }

func TestAWebhookOfANumberOrder(t *testing.T) {
	s := newSigner()
	body := []byte(vendortest.Fixture(t, "webhook.number_order.complete.json"))
	hook, err := telnyx.ParseWebhook(body, s.header(body, unix(at)), []string{s.public()}, clock())
	require.NoError(t, err)
	assert.Equal(t, telnyx.EventNumberOrderComplete, hook.Data.EventType)
	assert.Equal(t, "3ac1d0b2-7f6e-4d5c-8b9a-0f1e2d3c4b5a", hook.Data.ID)
	assert.Equal(t, 1, *hook.Meta.Attempt)
	require.NotNil(t, hook.NumberOrder)
	assert.Equal(t, telnyx.OrderSuccess, *hook.NumberOrder.Status)
	assert.Equal(t, "+19705555098", hook.NumberOrder.PhoneNumbers[0].PhoneNumber)
	assert.Equal(t, "approved", *hook.NumberOrder.PhoneNumbers[0].RegulatoryRequirements[0].Status)
}

// A webhook stays one, whatever members are not as documented, as long as it has what
// names the event and the order.
func TestAWebhookThatDrifts(t *testing.T) {
	s := newSigner()
	good := vendortest.Fixture(t, "webhook.number_order.complete.json")
	needed := []string{"data.id", "data.event_type", "data.payload.id"}
	drifts := 0
	for path, drifted := range vendortest.Drifted(t, good) {
		body := []byte(drifted)
		hook, err := telnyx.ParseWebhook(body, s.header(body, unix(at)), []string{s.public()}, clock())
		if slices.Contains(needed, path) || path == "data" || path == "data.payload" {
			continue // an error, or an id that became a number
		}
		require.NoError(t, err, "%s in %s", path, drifted)
		assert.Equal(t, "3ac1d0b2-7f6e-4d5c-8b9a-0f1e2d3c4b5a", hook.Data.ID)
		require.NotNil(t, hook.NumberOrder, path)
		assert.Equal(t, "7b4f0d8e-52a1-4b0c-8d2f-91c0a6e5f301", hook.NumberOrder.ID)
		for _, d := range hook.Drifts {
			drifts++
			assert.Equal(t, "ParseWebhook", d.Op)
			assert.Equal(t, path, strings.ReplaceAll(d.Path, "[]", ""))
		}
	}
	assert.Greater(t, drifts, 20)
}

func TestAWebhookOfAnUnknownTypeStaysRaw(t *testing.T) {
	s := newSigner()
	body := []byte(`{"data":{"event_type":"never.seen","id":"1","payload":{"a":[1.50]}}}`)
	hook, err := telnyx.ParseWebhook(body, s.header(body, unix(at)), []string{s.public()}, clock())
	require.NoError(t, err)
	assert.Nil(t, hook.NumberOrder)
	assert.JSONEq(t, `{"a":[1.50]}`, hook.Data.Payload.String())
	assert.Nil(t, hook.Meta)
}

func TestAWebhookThatCantBeTrustedIsRefused(t *testing.T) {
	s := newSigner()
	body := []byte(vendortest.Fixture(t, "webhook.number_order.complete.json"))
	good := s.header(body, unix(at))
	change := func(name, value string) http.Header {
		h := good.Clone()
		h.Set(name, value)
		return h
	}
	signature := good.Get("telnyx-signature-ed25519")
	other := signer{ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize))}
	for name, c := range map[string]struct {
		body   []byte
		header http.Header
		key    string
		kind   error
	}{
		"changed body":           {append([]byte(" "), body...), good, s.public(), numbers.ErrUnauthorized},
		"another key":            {body, other.header(body, unix(at)), s.public(), numbers.ErrUnauthorized},
		"changed time":           {body, change("telnyx-timestamp", unix(at.Add(time.Second))), s.public(), numbers.ErrUnauthorized},
		"too old":                {body, s.header(body, unix(at.Add(-301*time.Second))), s.public(), numbers.ErrUnauthorized},
		"from the future":        {body, s.header(body, unix(at.Add(302*time.Second))), s.public(), numbers.ErrUnauthorized},
		"at the end of time":     {body, s.header(body, "9223372036854775807"), s.public(), numbers.ErrUnauthorized},
		"beyond time":            {body, s.header(body, "92233720368547758070"), s.public(), numbers.ErrUnauthorized},
		"time is a word":         {body, s.header(body, "now"), s.public(), numbers.ErrUnauthorized},
		"no time":                {body, s.header(body, ""), s.public(), numbers.ErrUnauthorized},
		"no headers":             {body, http.Header{}, s.public(), numbers.ErrUnauthorized},
		"nil headers":            {body, nil, s.public(), numbers.ErrUnauthorized},
		"signature not base64":   {body, change("telnyx-signature-ed25519", "%%%"), s.public(), numbers.ErrUnauthorized},
		"signature of base64url": {body, change("telnyx-signature-ed25519", strings.NewReplacer("+", "-", "/", "_").Replace(signature)+"-_"), s.public(), numbers.ErrUnauthorized},
		"short signature":        {body, change("telnyx-signature-ed25519", signature[:8]), s.public(), numbers.ErrUnauthorized},
		"no key":                 {body, good, "", numbers.ErrInvalid},
		"key not base64":         {body, good, "%%%", numbers.ErrInvalid},
		"short key":              {body, good, "AAAA", numbers.ErrInvalid},
		"too large":              {make([]byte, telnyx.MaxWebhookBytes+1), good, s.public(), numbers.ErrInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			hook, err := telnyx.ParseWebhook(c.body, c.header, []string{c.key}, clock())
			require.ErrorIs(t, err, c.kind)
			assert.Nil(t, hook)
			assert.NotContains(t, err.Error(), "+19705555098")
			assert.NotContains(t, err.Error(), signature)
		})
	}
}

func TestAWebhookErrorNamesTheHeader(t *testing.T) {
	s := newSigner()
	body := []byte("{}")
	good := s.header(body, unix(at))
	for name, c := range map[string]struct {
		header, value, field, says string
	}{
		"no signature":        {"Telnyx-Signature-Ed25519", "", telnyx.WebhookSignatureHeader, "the header is missing"},
		"malformed signature": {"Telnyx-Signature-Ed25519", "%%%", telnyx.WebhookSignatureHeader, "the header is not 64 bytes in base64"},
		"short signature":     {"Telnyx-Signature-Ed25519", "AAAA", telnyx.WebhookSignatureHeader, "the header is not 64 bytes in base64"},
		"no time":             {"Telnyx-Timestamp", "", telnyx.WebhookTimestampHeader, "the header is missing"},
		"malformed time":      {"Telnyx-Timestamp", "now", telnyx.WebhookTimestampHeader, "the header is not a time in Unix seconds"},
		"another time":        {"Telnyx-Timestamp", "1", "", "the signature is of none of the keys"},
		"another key":         {"Telnyx-Signature-Ed25519", base64.StdEncoding.EncodeToString(make([]byte, 64)), "", "the signature is of none of the keys"},
	} {
		t.Run(name, func(t *testing.T) {
			h := good.Clone()
			h.Set(c.header, c.value)
			if c.value == "" {
				h.Del(c.header)
			}
			_, err := telnyx.ParseWebhook(body, h, []string{s.public()}, clock())
			require.ErrorIs(t, err, numbers.ErrUnauthorized)
			e, ok := errors.AsType[*numbers.Error](err)
			require.True(t, ok)
			assert.Equal(t, c.field, e.Field)
			assert.Equal(t, c.says, e.Message)
			assert.Contains(t, err.Error(), c.field)
		})
	}
}

// While a key is rotated, webhooks of both keys arrive.
func TestAWebhookOfAnyOfTheKeysIsAccepted(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	order, err := srv.Client().NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: one}},
	})
	require.NoError(t, err)
	srv.Settle()
	before := srv.PublicKey()
	old, err := srv.Webhook(ctx, order.ID, "https://example.com/hook")
	require.NoError(t, err)
	after := srv.RotateKey()
	fresh, err := srv.Webhook(ctx, order.ID, "https://example.com/hook")
	require.NoError(t, err)
	require.NotEqual(t, before, after)

	for _, r := range []*http.Request{old, fresh} {
		body, err := io.ReadAll(r.Body)
		require.NoError(t, err)
		for _, keys := range [][]string{{before, after}, {after, before}} {
			hook, err := telnyx.ParseWebhook(body, r.Header, keys)
			require.NoError(t, err)
			assert.Equal(t, order.ID, hook.NumberOrder.ID)
		}
		accepted := 0
		for _, key := range []string{before, after} {
			if _, err := telnyx.ParseWebhook(body, r.Header, []string{key}); err == nil {
				accepted++
			}
		}
		assert.Equal(t, 1, accepted, "a signature is of one key")
		_, err = telnyx.ParseWebhook(body, r.Header, []string{before, after, "no key"})
		assertInvalid(t, err, "publicKeys")
		_, err = telnyx.ParseWebhook(body, r.Header, nil)
		assertInvalid(t, err, "publicKeys")
	}
}

func TestASignedWebhookThatMakesNoSenseIsAnError(t *testing.T) {
	s := newSigner()
	for _, body := range []string{
		"", "null", "[]", `"x"`, "{}", `{"data":null}`, `{"data":{"id":"1"}}`, `{"data":{"event_type":"x"}}`, `{"data":`, "<html>",
		`{"data":{"event_type":"number_order.complete","id":"1"}}`,
		`{"data":{"event_type":"number_order.complete","id":"1","payload":{}}}`,
		`{"data":{"event_type":"number_order.complete","id":"1","payload":"x"}}`,
	} {
		hook, err := telnyx.ParseWebhook([]byte(body), s.header([]byte(body), unix(at)), []string{s.public()}, clock())
		require.ErrorIs(t, err, numbers.ErrVendor, body)
		assert.Nil(t, hook)
	}
}

func TestTheToleranceIsTheCallers(t *testing.T) {
	s := newSigner()
	body := []byte(vendortest.Fixture(t, "webhook.number_order.complete.json"))
	for _, c := range []struct {
		off, tolerance time.Duration
		ok             bool
	}{
		{-299 * time.Second, 0, true},
		{-301 * time.Second, -1, false},
		{-2 * time.Second, time.Second, false},
		{2 * time.Second, 3 * time.Second, true},
		{-time.Hour, 2 * time.Hour, true},
	} {
		_, err := telnyx.ParseWebhook(body, s.header(body, unix(at.Add(c.off))), []string{s.public()}, clock(), telnyx.WithTolerance(c.tolerance), nil)
		assert.Equal(t, c.ok, err == nil, "%+v: %v", c, err)
	}
	_, err := telnyx.ParseWebhook(body, s.header(body, unix(time.Now())), []string{s.public()}, telnyx.WithClock(nil))
	require.NoError(t, err)
}

func TestTheWebhookHandler(t *testing.T) {
	s := newSigner()
	body := []byte(vendortest.Fixture(t, "webhook.number_order.complete.json"))
	var handled []string
	var fail error
	h, err := telnyx.NewWebhookHandler([]string{s.public()}, func(_ context.Context, w *telnyx.Webhook) error {
		handled = append(handled, w.Data.ID)
		return fail
	}, clock())
	require.NoError(t, err)
	post := func(method string, body io.Reader, header http.Header) *http.Response {
		r := httptest.NewRequest(method, "/hook", body)
		r.Header = header
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result()
	}
	good := func() http.Header { return s.header(body, unix(at)) }

	assert.Equal(t, 200, post("POST", bytes.NewReader(body), good()).StatusCode)
	assert.Equal(t, 401, post("POST", bytes.NewReader(body), http.Header{}).StatusCode)
	assert.Equal(t, 400, post("POST", strings.NewReader("{}"), s.header([]byte("{}"), unix(at))).StatusCode)
	assert.Equal(t, 413, post("POST", bytes.NewReader(make([]byte, telnyx.MaxWebhookBytes+1)), good()).StatusCode)
	assert.Equal(t, 400, post("POST", io.MultiReader(strings.NewReader("{"), brokenReader{}), good()).StatusCode)
	wrong := post("GET", nil, good())
	assert.Equal(t, 405, wrong.StatusCode)
	assert.Equal(t, "POST", wrong.Header.Get("Allow"))
	assert.Len(t, handled, 1, "what is refused is not handled")

	fail = errors.New("later")
	assert.Equal(t, 500, post("POST", bytes.NewReader(body), good()).StatusCode)

	_, err = telnyx.NewWebhookHandler([]string{"no key"}, func(context.Context, *telnyx.Webhook) error { return nil })
	assertInvalid(t, err, "publicKeys")
	_, err = telnyx.NewWebhookHandler([]string{s.public()}, nil)
	assertInvalid(t, err, "handle")
}

type brokenReader struct{}

func (brokenReader) Read([]byte) (int, error) { return 0, errors.New("broken") }

func TestTheFakesWebhooksAreAccepted(t *testing.T) {
	srv := telnyxtest.NewServer(t)
	order, err := srv.Client().NumberOrders.Create(ctx, &telnyx.CreateNumberOrderRequest{
		PhoneNumbers: []telnyx.CreateNumberOrderPhoneNumber{{PhoneNumber: one}},
	})
	require.NoError(t, err)
	srv.Settle()
	var got *telnyx.Webhook
	h, err := telnyx.NewWebhookHandler([]string{srv.PublicKey()}, func(_ context.Context, w *telnyx.Webhook) error { got = w; return nil })
	require.NoError(t, err)
	status, err := srv.DeliverTo(ctx, h, order.ID)
	require.NoError(t, err)
	assert.Equal(t, 200, status)
	require.NotNil(t, got)
	assert.Equal(t, order.ID, got.NumberOrder.ID)
	assert.Equal(t, telnyx.OrderSuccess, *got.NumberOrder.Status)
}

func FuzzParseWebhook(f *testing.F) {
	s := newSigner()
	body := []byte(vendortest.Fixture(f, "webhook.number_order.complete.json"))
	header := s.header(body, unix(at))
	f.Add(body, header.Get("telnyx-timestamp"), header.Get("telnyx-signature-ed25519"), s.public(), false)
	f.Add([]byte(`{"data":{"id":"1","event_type":"x","payload":[]}}`), unix(at), "", s.public(), true)
	f.Add([]byte("{}"), "-1", "AA==", "", true)
	f.Fuzz(func(t *testing.T, body []byte, timestamp, signature, key string, sign bool) {
		h := http.Header{"Telnyx-Timestamp": {timestamp}, "Telnyx-Signature-Ed25519": {signature}}
		if sign {
			h, key = s.header(body, timestamp), s.public()
		}
		hook, err := telnyx.ParseWebhook(body, h, []string{key}, clock())
		if (hook == nil) == (err == nil) {
			t.Fatalf("hook %v and error %v", hook, err)
		}
		if err != nil {
			return
		}
		if hook.Data.ID == "" || hook.Data.EventType == "" {
			t.Fatal("an event without a name or an id was accepted")
		}
		public, err := base64.StdEncoding.DecodeString(key)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := base64.StdEncoding.DecodeString(h.Get("telnyx-signature-ed25519"))
		if err != nil || !ed25519.Verify(public, append([]byte(timestamp+"|"), body...), raw) {
			t.Fatal("a wrong signature was accepted")
		}
		if seconds, err := strconv.ParseInt(timestamp, 10, 64); err != nil || max(at.Unix()-seconds, seconds-at.Unix()) > 301 {
			t.Fatalf("the time %q was accepted", timestamp)
		}
	})
}
