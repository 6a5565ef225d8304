//go:build unix

package api

import (
	"bufio"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestStoppedProcess stops a real process (SIGSTOP) after its purchase has begun
// and before anything of it is sent. It continues when the time to send is over,
// and must send nothing of the body. net/http may have written the headers, which
// are no purchase.
func TestStoppedProcess(t *testing.T) {
	const within = 300 * time.Millisecond
	for _, test := range []struct {
		name    string
		at      string // where the child waits to be stopped
		within  time.Duration
		stopped bool
	}{
		{"within Begin", childInBegin, within, true},
		{"before the dial", childBeforeDial, within, true},
		{"before the request is written", childBeforeWrite, within, true},
		{"in time", childInBegin, time.Minute, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l, err := net.Listen("tcp", "127.0.0.1:0")
			require.NoError(t, err)
			record := &recordingListener{Listener: l}
			srv := serve(t, record, raw(good, true))

			self, err := os.Executable()
			require.NoError(t, err)
			child := exec.CommandContext(t.Context(), self)
			child.Env = append(os.Environ(), childURL+"="+srv.url(), childAt+"="+test.at, childWithin+"="+test.within.String())
			child.Stderr = os.Stderr
			stdin, err := child.StdinPipe()
			require.NoError(t, err)
			stdout, err := child.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, child.Start())
			said := bufio.NewReader(stdout)
			line, err := said.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, childWaits, strings.TrimSpace(line))

			if test.stopped {
				pid := child.Process.Pid
				require.NoError(t, child.Process.Signal(syscall.SIGSTOP))
				var status syscall.WaitStatus
				_, err = syscall.Wait4(pid, &status, syscall.WUNTRACED, nil)
				require.NoError(t, err)
				require.True(t, status.Stopped())
				time.Sleep(test.within + 50*time.Millisecond)
				require.NoError(t, child.Process.Signal(syscall.SIGCONT))
			}
			_, _ = io.WriteString(stdin, "\n") // it may have given up already
			report, err := io.ReadAll(said)
			require.NoError(t, err)
			require.NoError(t, child.Wait())
			srv.stopOnce()

			if !test.stopped {
				assert.Equal(t, "sent: 7\n", string(report))
				assert.Len(t, srv.requests(), 1)
				assert.Equal(t, `{"name":"x"}`, record.body())
				return
			}
			assert.Equal(t, "not placed - acme: Orders.Create +12025550101 +12025550102: not placed: "+
				"nothing was sent: the latest time to send had passed\n", string(report))
			assert.Empty(t, srv.requests())
			assert.Empty(t, record.body(), "the server got a part of the body")
		})
	}
}
