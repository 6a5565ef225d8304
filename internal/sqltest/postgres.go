package sqltest

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Postgres is a PostgreSQL server in a temporary directory.
type Postgres struct {
	dir     string // has data and the socket
	bin     string
	as      *syscall.Credential
	cmd     *exec.Cmd
	log     *os.File
	settled chan struct{} // closed when cmd has ended
}

// StartPostgres makes a new server and starts it.
func StartPostgres(ctx context.Context) (*Postgres, error) {
	bin, err := findPostgres()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "tnkit-pg-")
	if err != nil {
		return nil, err
	}
	p := &Postgres{dir: dir, bin: bin}
	if err = p.init(ctx); err == nil {
		err = p.Start(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, p.Close())
	}
	return p, nil
}

// findPostgres returns the directory of PostgreSQL's programs.
func findPostgres() (string, error) {
	var dirs []string
	if dir := os.Getenv("TNKIT_POSTGRES_BIN"); dir != "" {
		dirs = append(dirs, dir)
	}
	if path, err := exec.LookPath("postgres"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	installed, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Sort(installed)
	slices.Reverse(installed)
	for _, dir := range append(dirs, installed...) {
		if _, err := os.Stat(filepath.Join(dir, "initdb")); err == nil {
			return dir, nil
		}
	}
	return "", errors.New("PostgreSQL is not installed: apt-get install postgresql, or name its programs' directory in TNKIT_POSTGRES_BIN")
}

// init makes the data directory.
func (p *Postgres) init(ctx context.Context) error {
	if os.Getuid() == 0 {
		account, err := user.Lookup("postgres")
		if err != nil {
			account, err = user.Lookup("nobody")
		}
		if err != nil {
			return err
		}
		uid, err1 := strconv.ParseUint(account.Uid, 10, 32)
		gid, err2 := strconv.ParseUint(account.Gid, 10, 32)
		if err := errors.Join(err1, err2, os.Chown(p.dir, int(uid), int(gid))); err != nil {
			return err
		}
		p.as = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	var err error
	if p.log, err = os.Create(filepath.Join(p.dir, "log")); err != nil {
		return err
	}
	cmd := p.command(ctx, "initdb", "-D", p.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out.String())
	}
	return nil
}

func (p *Postgres) data() string { return filepath.Join(p.dir, "data") }

// Socket is the directory of the server's socket.
func (p *Postgres) Socket() string { return p.dir }

func (p *Postgres) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, name), args...)
	cmd.Dir = p.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as, Setpgid: true}
	return cmd
}

// Start starts the server and waits until it serves. After a kill it recovers first.
func (p *Postgres) Start(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		err := p.start(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
		time.Sleep(50 * time.Millisecond) // processes of the killed server may still have its memory
	}
}

func (p *Postgres) start(ctx context.Context) error {
	p.cmd = p.command(context.WithoutCancel(ctx), "postgres", "-D", p.data(), "-k", p.dir, "-c", "listen_addresses=", "-c", "max_connections=200",
		"-c", "shared_buffers=128MB", "-c", "max_wal_size=2GB", "-c", "logging_collector=off")
	p.cmd.Stdout, p.cmd.Stderr = p.log, p.log
	if err := p.cmd.Start(); err != nil {
		return err
	}
	settled := make(chan struct{})
	p.settled = settled
	go func(cmd *exec.Cmd) {
		_ = cmd.Wait()
		close(settled)
	}(p.cmd)
	db, err := p.DB("")
	if err != nil {
		return err
	}
	defer db.Close()
	for {
		if err = db.PingContext(ctx); err == nil {
			return nil
		}
		select {
		case <-settled:
			return fmt.Errorf("PostgreSQL ended: %w: %s", err, p.tail())
		case <-ctx.Done():
			return errors.Join(err, ctx.Err(), p.Kill())
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// tail returns the end of the server's log.
func (p *Postgres) tail() string {
	data, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(data[max(0, len(data)-2000):])
}

// Log returns what the server has logged.
func (p *Postgres) Log() (string, error) {
	data, err := os.ReadFile(p.log.Name())
	return string(data), err
}

// Kill kills the server and all its processes at once, as a crash of the machine does.
func (p *Postgres) Kill() error { return p.end(syscall.SIGKILL) }

// Stop shuts the server down, without waiting for its clients.
func (p *Postgres) Stop() error { return p.end(syscall.SIGINT) }

func (p *Postgres) end(signal syscall.Signal) error {
	if p.cmd == nil || p.cmd.Process == nil {
		return nil
	}
	var err error
	if signal == syscall.SIGKILL {
		err = p.signal(signal)
	} else if err = p.cmd.Process.Signal(signal); errors.Is(err, os.ErrProcessDone) {
		err = nil
	}
	<-p.settled
	return err
}

// Freeze stops the server's processes where they are, until Thaw.
func (p *Postgres) Freeze() error { return p.signal(syscall.SIGSTOP) }

// Thaw lets them go on.
func (p *Postgres) Thaw() error { return p.signal(syscall.SIGCONT) }

// signal signals the server and its processes. Each of these has a group of its own.
func (p *Postgres) signal(signal syscall.Signal) error {
	pid := p.cmd.Process.Pid
	list := []int{pid}
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return err
	}
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		var id, parent int
		var state string
		_, rest, _ := strings.Cut(string(data), ") ")
		if _, err := fmt.Sscan(rest, &state, &parent); err != nil || parent != pid {
			continue
		}
		if _, err := fmt.Sscan(string(data), &id); err == nil {
			list = append(list, id)
		}
	}
	for _, id := range list {
		if failed := syscall.Kill(id, signal); failed != nil && !errors.Is(failed, syscall.ESRCH) {
			err = errors.Join(err, failed)
		}
	}
	return err
}

// Close kills the server and removes its directory.
func (p *Postgres) Close() error {
	return errors.Join(p.Kill(), p.log.Close(), os.RemoveAll(p.dir))
}

// DB connects to the server by the socket in a directory; "" = the server's own.
func (p *Postgres) DB(socket string) (*sql.DB, error) { return sql.Open("pgx", p.DSN(socket)) }

// DSN names the server by the socket in a directory; "" = the server's own.
func (p *Postgres) DSN(socket string) string {
	if socket == "" {
		socket = p.dir
	}
	return "host=" + socket + " user=postgres dbname=postgres"
}
