//go:build unix

package driver_test

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOnceInAStoppedProcess stops a real process (SIGSTOP) after its purchase has begun
// and before it has a connection. It continues when the time to send is over.
func TestOnceInAStoppedProcess(t *testing.T) {
	for name, tt := range map[string]struct {
		within  time.Duration
		stopped bool
		says    string
		bought  int64
	}{
		"stopped": {300 * time.Millisecond, true, "not placed\n", 0},
		"in time": {time.Minute, false, "<nil>\n", 1},
	} {
		t.Run(name, func(t *testing.T) {
			var bodies, bought atomic.Int64
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				data, err := io.ReadAll(r.Body)
				bodies.Add(int64(len(data)))
				if err == nil && len(data) > 0 {
					bought.Add(1)
				}
				_, _ = io.WriteString(w, `{"id":"1"}`)
			}))
			defer srv.Close()
			self, err := os.Executable()
			require.NoError(t, err)
			child := exec.CommandContext(t.Context(), self)
			child.Env, child.Stderr = append(os.Environ(), childURL+"="+srv.URL, childWithin+"="+tt.within.String()), os.Stderr
			stdin, err := child.StdinPipe()
			require.NoError(t, err)
			stdout, err := child.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, child.Start())
			said := bufio.NewReader(stdout)
			line, err := said.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "waits\n", line)
			if tt.stopped {
				require.NoError(t, child.Process.Signal(syscall.SIGSTOP))
				var status syscall.WaitStatus
				_, err = syscall.Wait4(child.Process.Pid, &status, syscall.WUNTRACED, nil)
				require.NoError(t, err)
				require.True(t, status.Stopped())
				time.Sleep(tt.within + 50*time.Millisecond)
				require.NoError(t, child.Process.Signal(syscall.SIGCONT))
			}
			_, _ = io.WriteString(stdin, "\n")
			report, err := io.ReadAll(said)
			require.NoError(t, err)
			require.NoError(t, child.Wait())
			assert.Equal(t, tt.says, string(report))
			assert.Equal(t, tt.bought, bought.Load())
			assert.Equal(t, tt.bought > 0, bodies.Load() > 0, "a part of the body")
		})
	}
}
