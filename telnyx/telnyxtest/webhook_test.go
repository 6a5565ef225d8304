package telnyxtest_test

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// signed reads a webhook and checks its signature as Telnyx's guide says.
func signed(t *testing.T, s *telnyxtest.Server, r *http.Request) string {
	t.Helper()
	key, err := base64.StdEncoding.DecodeString(s.PublicKey())
	require.NoError(t, err)
	signature, err := base64.StdEncoding.DecodeString(r.Header.Get("telnyx-signature-ed25519"))
	require.NoError(t, err)
	body, err := io.ReadAll(r.Body)
	require.NoError(t, err)
	require.True(t, ed25519.Verify(key, append([]byte(r.Header.Get("telnyx-timestamp")+"|"), body...), signature))
	require.Equal(t, "application/json", r.Header.Get("Content-Type"))
	return string(body)
}

// A webhook that was signed before the key was rotated has the old signature, the next one the new.
func TestRotateKey(t *testing.T) {
	s := telnyxtest.NewServer(t)
	id := order(t, s, "R", "+19705550001")["id"].(string)
	get(t, s, "/number_orders/"+id) // settled
	old := s.PublicKey()
	before, err := s.Webhook(t.Context(), id, "https://example.com/hook")
	require.NoError(t, err)
	fresh := s.RotateKey()
	assert.NotEqual(t, old, fresh)
	assert.Equal(t, fresh, s.PublicKey())
	after, err := s.Webhook(t.Context(), id, "https://example.com/hook")
	require.NoError(t, err)
	valid := func(r *http.Request, key string) bool {
		public, err := base64.StdEncoding.DecodeString(key)
		require.NoError(t, err)
		signature, err := base64.StdEncoding.DecodeString(r.Header.Get("telnyx-signature-ed25519"))
		require.NoError(t, err)
		reader, err := r.GetBody()
		require.NoError(t, err)
		body, err := io.ReadAll(reader)
		require.NoError(t, err)
		return ed25519.Verify(public, append([]byte(r.Header.Get("telnyx-timestamp")+"|"), body...), signature)
	}
	assert.Equal(t, []bool{true, false, false, true}, []bool{valid(before, old), valid(before, fresh), valid(after, old), valid(after, fresh)})
}

func TestWebhook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := telnyxtest.NewServer(t, telnyxtest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}, SettleAfter: time.Minute})
		o := order(t, s, "R", "+19705550001")
		id := o["id"].(string)
		_, err := s.Webhook(t.Context(), id, "https://example.com/hook")
		assert.ErrorContains(t, err, "pending")
		time.Sleep(time.Minute)
		var bodies []string
		for range 2 {
			r, err := s.Webhook(t.Context(), id, "https://example.com/hook")
			require.NoError(t, err)
			assert.Equal(t, fmt.Sprint(time.Now().Unix()), r.Header.Get("telnyx-timestamp"))
			assert.Equal(t, "https://example.com/hook", r.URL.String())
			bodies = append(bodies, signed(t, s, r))
		}
		payload := get(t, s, "/number_orders/"+id).body
		event := in[object](t, answer{status: 200, body: bodies[0]}, 200).Data
		want := func(attempt int) string {
			return fmt.Sprintf(`{"data":{"event_type":"number_order.complete","id":%q,"occurred_at":%q,"payload":%s,"record_type":"event"},`+
				`"meta":{"attempt":%d,"delivered_to":"https://example.com/hook"}}`,
				event["id"], time.Now().UTC().Format("2006-01-02T15:04:05.000000Z"), payload[len(`{"data":`):len(payload)-1], attempt)
		}
		assert.Equal(t, []string{want(1), want(2)}, bodies)
		_, err = s.Webhook(t.Context(), "x", "https://example.com")
		assert.Error(t, err)
	})
}

func TestWebhookOfAFailure(t *testing.T) {
	s := telnyxtest.NewServer(t, telnyxtest.Options{SettleAfter: time.Hour})
	o := order(t, s, "R", "+19705550001")
	s.SetState("+19705550001", "failure")
	status, err := s.DeliverTo(t.Context(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Contains(t, signed(t, s, r), `"status":"failure"`)
		assert.Equal(t, "/webhooks", r.RequestURI)
		w.WriteHeader(http.StatusTeapot)
	}), o["id"].(string))
	require.NoError(t, err)
	assert.Equal(t, http.StatusTeapot, status)
	status, err = s.DeliverTo(t.Context(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "ok") }), o["id"].(string))
	require.NoError(t, err)
	assert.Equal(t, http.StatusOK, status)
}

func TestDeliver(t *testing.T) {
	s := telnyxtest.NewServer(t)
	o := order(t, s, "R", "+19705550001")
	var got []string
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = append(got, signed(t, s, r))
		w.WriteHeader(http.StatusAccepted)
	}))
	defer receiver.Close()
	status, err := s.Deliver(t.Context(), receiver.Client(), o["id"].(string), receiver.URL+"/x")
	require.NoError(t, err)
	assert.Equal(t, http.StatusAccepted, status)
	require.Len(t, got, 1)
	assert.Contains(t, got[0], `"delivered_to":"`+receiver.URL+`/x"`)
	_, err = s.Deliver(t.Context(), receiver.Client(), "x", receiver.URL)
	assert.Error(t, err)
	_, err = s.DeliverTo(t.Context(), receiver.Config.Handler, "x")
	assert.Error(t, err)
}
