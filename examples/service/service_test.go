package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// TestMain runs the service itself in the processes that the tests start.
func TestMain(m *testing.M) {
	if os.Getenv("SERVICE_TEST_CHILD") == "" {
		goleak.VerifyTestMain(m)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		os.Exit(1)
	}
}

const number = "+13125550100"

// fakeTelnyx is the vendor of a test.
func fakeTelnyx(t *testing.T, settleAfter time.Duration) *telnyxtest.Server {
	t.Helper()
	return telnyxtest.NewServer(t, telnyxtest.Options{SettleAfter: settleAfter})
}

// configFor is a service of the vendor, with a database of its own.
func configFor(t *testing.T, srv *telnyxtest.Server) config {
	t.Helper()
	return config{
		listen: "127.0.0.1:0", db: filepath.Join(t.TempDir(), "service.db"), account: "main", telemetry: "none", rate: 1000, wait: time.Minute, grace: time.Second,
		vendor: vendorConfig{key: telnyxtest.APIKey, publicKey: srv.PublicKey(), url: srv.URL(), rate: 1000},
	}
}

// here is a service in this process. stop ends it, and returns what serve returned.
func here(t *testing.T, c config, out io.Writer) (client client, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	address, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- serve(ctx, c, slog.New(slog.DiscardHandler), out, func(a string) { address <- a })
	}()
	stop = sync.OnceValue(func() error { cancel(); return <-ended })
	t.Cleanup(func() { assert.NoError(t, stop()) })
	select {
	case client.address = <-address:
	case err := <-ended:
		ended <- err
		require.NoError(t, err)
	}
	return client, stop
}

// process is a service in a process of its own.
func process(t *testing.T, srv *telnyxtest.Server, args ...string) (client, *exec.Cmd) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"-listen", "127.0.0.1:0", "-telemetry", "none", "-wait", "1m"}, args...)...)
	cmd.Env = []string{
		"SERVICE_TEST_CHILD=1", "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir(),
		"TNKIT_TELNYX_API_KEY=" + telnyxtest.APIKey, "TNKIT_TELNYX_PUBLIC_KEY=" + srv.PublicKey(), "TNKIT_TELNYX_URL=" + srv.URL(),
	}
	logs, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	decoder := json.NewDecoder(logs)
	for {
		var line struct{ Msg, Address string }
		require.NoError(t, decoder.Decode(&line))
		if line.Msg == "listening" {
			go func() { _, _ = io.Copy(io.Discard, logs) }()
			return client{address: line.Address}, cmd
		}
	}
}

// client is a caller.
type client struct{ address, token string }

// reply is an answer.
type reply struct {
	status int
	header http.Header
	body   []byte
}

func (c client) send(ctx context.Context, method, path, key, body string) (reply, error) {
	r, err := http.NewRequestWithContext(ctx, method, "http://"+c.address+path, strings.NewReader(body))
	if err != nil {
		return reply{}, err
	}
	if key != "" {
		r.Header.Set(keyHeader, key)
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	own := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := own.Do(r)
	if err != nil {
		return reply{}, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return reply{answer.StatusCode, answer.Header, text}, err
}

func (c client) do(t *testing.T, method, path, key, body string) reply {
	t.Helper()
	got, err := c.send(t.Context(), method, path, key, body)
	require.NoError(t, err)
	return got
}

func (r reply) view(t *testing.T) view {
	t.Helper()
	var v view
	require.NoError(t, json.Unmarshal(r.body, &v), "%s", r.body)
	return v
}

func (r reply) problem(t *testing.T) problem {
	t.Helper()
	assert.Equal(t, "application/problem+json", r.header.Get("Content-Type"))
	var p problem
	require.NoError(t, json.Unmarshal(r.body, &p), "%s", r.body)
	assert.Equal(t, r.status, p.Status)
	return p
}

func wants(list ...string) string {
	body, err := json.Marshal(map[string]any{"numbers": list})
	if err != nil {
		panic(err)
	}
	return string(body)
}

// orders counts the orders that the vendor was asked for.
func orders(srv *telnyxtest.Server) (n int) {
	for _, r := range srv.Requests() {
		if r.Method == http.MethodPost && r.Path == "/v2/number_orders" {
			n++
		}
	}
	return n
}

// soldOnce checks the vendor's books.
func soldOnce(t *testing.T, srv *telnyxtest.Server, list ...string) {
	t.Helper()
	for _, n := range list {
		assert.Equal(t, 1, srv.Books().Bought(n), n)
	}
	assert.Empty(t, srv.Books().Duplicates())
}

// becomes waits until a purchase is complete.
func becomes(t *testing.T, c client, key string) view {
	t.Helper()
	var v view
	require.Eventually(t, func() bool {
		got, err := c.send(t.Context(), http.MethodGet, purchases+"/"+key, "", "")
		return err == nil && json.Unmarshal(got.body, &v) == nil && v.State == "complete"
	}, time.Minute, 20*time.Millisecond)
	return v
}

// A reply of the vendor is lost, and the caller is told nothing of it.
func TestLostReply(t *testing.T) {
	srv := fakeTelnyx(t, 0)
	srv.Inject(numberstest.Fault{Kind: numberstest.LostReply})
	c, _ := here(t, configFor(t, srv), io.Discard)
	got := c.do(t, http.MethodPost, purchases, "job", wants(number))
	assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
	assert.Equal(t, "complete", got.view(t).State)
	assert.Equal(t, 1, orders(srv))
	soldOnce(t, srv, number)
}

// Whoever waits when the service stops is told where to ask, and the next process goes on.
func TestStop(t *testing.T) {
	srv := fakeTelnyx(t, time.Hour)
	config := configFor(t, srv)
	c, stop := here(t, config, io.Discard)
	got := make(chan reply, 1)
	go func() {
		answer, err := c.send(context.WithoutCancel(t.Context()), http.MethodPost, purchases, "job", wants(number))
		assert.NoError(t, err)
		got <- answer
	}()
	require.Eventually(t, func() bool { return orders(srv) == 1 }, time.Minute, 5*time.Millisecond)
	require.NoError(t, stop(), "everything is in the journal")
	answer := <-got
	assert.Equal(t, http.StatusAccepted, answer.status)
	assert.Equal(t, purchases+"/job", answer.header.Get("Location"))
	assert.Equal(t, "running", answer.view(t).State)

	c, _ = here(t, config, io.Discard)
	assert.Equal(t, http.StatusAccepted, c.do(t, http.MethodGet, purchases+"/job", "", "").status)
	srv.Settle()
	assert.Len(t, becomes(t, c, "job").Orders, 1)
	assert.Equal(t, 1, orders(srv))
	soldOnce(t, srv, number)
}

// A caller need not stay.
func TestCallerLeaves(t *testing.T) {
	srv := fakeTelnyx(t, time.Hour)
	c, _ := here(t, configFor(t, srv), io.Discard)
	ctx, leave := context.WithCancel(t.Context())
	go func() { _, _ = c.send(ctx, http.MethodPost, purchases, "job", wants(number)) }()
	require.Eventually(t, func() bool { return orders(srv) == 1 }, time.Minute, 5*time.Millisecond)
	leave()
	srv.Settle()
	becomes(t, c, "job")
	soldOnce(t, srv, number)
}

// Telnyx's webhook is what ends the waiting: the poll after it would come later.
func TestWebhook(t *testing.T) {
	srv := fakeTelnyx(t, time.Hour)
	c, _ := here(t, configFor(t, srv), io.Discard)
	done := make(chan reply, 1)
	go func() {
		answer, err := c.send(context.WithoutCancel(t.Context()), http.MethodPost, purchases, "job", wants(number))
		assert.NoError(t, err)
		done <- answer
	}()
	require.Eventually(t, func() bool { return orders(srv) == 1 }, time.Minute, 5*time.Millisecond)
	srv.Settle()
	id := becomes(t, c, "job").Orders[0].ID
	for range 2 {
		status, err := srv.Deliver(t.Context(), nil, id, "http://"+c.address+webhookPath)
		require.NoError(t, err)
		assert.Equal(t, http.StatusOK, status)
	}
	assert.Equal(t, http.StatusOK, (<-done).status)
	srv.RotateKey()
	status, err := srv.Deliver(t.Context(), nil, id, "http://"+c.address+webhookPath)
	require.NoError(t, err)
	assert.Equal(t, http.StatusUnauthorized, status)
	assert.Equal(t, 1, orders(srv))
	http.DefaultClient.CloseIdleConnections()
}

// Traces and metrics name the operations, and no secret.
func TestTelemetry(t *testing.T) {
	srv := fakeTelnyx(t, 0)
	config := configFor(t, srv)
	config.telemetry = "stdout"
	var out bytes.Buffer
	c, stop := here(t, config, &out)
	c.do(t, http.MethodPost, purchases, "job", wants(number))
	require.NoError(t, stop())
	for _, part := range []string{"POST /v1/purchases", "telnyx NumberOrders.Create", "tnkit.attempt.duration", "http.server.request.duration"} {
		assert.Contains(t, out.String(), part)
	}
	assert.NotContains(t, out.String(), telnyxtest.APIKey)
}
