package main

import (
	"fmt"
	"net/http"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/sqltest"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// databases runs a test on each engine.
func databases(t *testing.T, test func(t *testing.T, db string)) {
	t.Helper()
	t.Run("SQLite", func(t *testing.T) { test(t, filepath.Join(t.TempDir(), "service.db")) })
	t.Run("PostgreSQL", func(t *testing.T) {
		server, err := sqltest.StartPostgres(t.Context())
		require.NoError(t, err)
		defer func() { assert.NoError(t, server.Close()) }()
		test(t, server.DSN(""))
	})
}

// A process is killed while its order has no answer. The next one finds the order, although
// the caller does not ask again.
func TestCrash(t *testing.T) {
	databases(t, func(t *testing.T, db string) {
		srv := fakeTelnyx(t, 0)
		srv.Inject(numberstest.Fault{Kind: numberstest.HangAfter})
		c, first := process(t, srv, "-db", db)
		go func() { _, _ = c.send(t.Context(), http.MethodPost, purchases, "job", wants(number)) }()
		require.Eventually(t, func() bool { return orders(srv) == 1 }, time.Minute, 5*time.Millisecond)
		require.NoError(t, first.Process.Kill())
		require.Error(t, first.Wait())

		c, second := process(t, srv, "-db", db)
		assert.Len(t, becomes(t, c, "job").Bought, 1)
		got := c.do(t, http.MethodPost, purchases, "job", wants(number))
		assert.Equal(t, http.StatusOK, got.status, "%s", got.body)
		assert.Equal(t, 1, orders(srv))
		soldOnce(t, srv, number)
		require.NoError(t, second.Process.Signal(syscall.SIGTERM))
		require.NoError(t, second.Wait())
	})
}

// Two replicas share a journal. Each purchase is requested from both, and each number by
// two customers.
func TestTwoReplicas(t *testing.T) {
	databases(t, func(t *testing.T, db string) {
		const count = 6
		srv := fakeTelnyx(t, 100*time.Millisecond)
		srv.Inject(numberstest.Fault{Kind: numberstest.LostReply, After: 2})
		one, first := process(t, srv, "-db", db)
		two, second := process(t, srv, "-db", db)
		var all sync.WaitGroup
		var mu sync.Mutex
		states := make(map[string]map[string]int) // number, then what was answered
		var list []string
		for i := range count {
			n := fmt.Sprintf("+1312555%04d", 2000+i)
			list, states[n] = append(list, n), make(map[string]int)
			for _, customer := range []string{"a", "b"} {
				for _, c := range []client{one, two} {
					all.Go(func() {
						got, err := c.send(t.Context(), http.MethodPost, purchases, fmt.Sprint(customer, "-", i), wants(n))
						assert.NoError(t, err)
						mu.Lock()
						defer mu.Unlock()
						states[n][fmt.Sprint(customer, " ", got.status)]++
					})
				}
			}
		}
		all.Wait()
		for n, got := range states {
			won := map[string]int{"a 200": 2, "b 409": 2}
			if got["b 200"] > 0 {
				won = map[string]int{"b 200": 2, "a 409": 2}
			}
			assert.Equal(t, won, got, n)
		}
		soldOnce(t, srv, list...)
		assert.Len(t, srv.Books().Owned(), count)
		require.NoError(t, first.Process.Signal(syscall.SIGTERM))
		require.NoError(t, second.Process.Signal(syscall.SIGTERM))
		require.NoError(t, first.Wait())
		require.NoError(t, second.Wait())
	})
}
