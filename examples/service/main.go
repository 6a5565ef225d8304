// Command service sells telephone numbers over HTTP: search, quote, buy by the caller's
// key, status, release, and Telnyx's webhook. Copy it and change what you need.
//
//	go run .                              a conversation with itself, on a fake vendor
//	go run . -listen 127.0.0.1:8080       serves, on a fake vendor
//	TNKIT_TELNYX_API_KEY=KEY… TNKIT_TELNYX_PUBLIC_KEY=… go run . -listen 127.0.0.1:8080
//
// README.md has the API. Replicas that share a database never buy a number twice.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/tnkit/tnkit/numbers/account"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		os.Exit(2)
	case err != nil:
		fmt.Fprintln(os.Stderr, "service:", err)
		os.Exit(1)
	}
}

var errUsage = errors.New("wrong usage")

// config is what the command line and the environment say.
type config struct {
	listen    string
	db        string
	account   string
	telemetry string
	rate      float64       // requests of callers in a second
	wait      time.Duration // how long a caller waits for a purchase
	grace     time.Duration // how long running purchases may take at the end
	token     string        // of callers
	vendor    vendorConfig
}

func parse(args []string, getenv func(string) string, stderr io.Writer) (config, error) {
	var c config
	flags := flag.NewFlagSet("service", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.listen, "listen", "", "serve on this `address`; without it, play a conversation on a fake vendor and end")
	flags.StringVar(&c.db, "db", "", "an SQLite `file`, or the DSN of a PostgreSQL database (postgres://… or host=…); the default is service.db, or a temporary file for the fake vendor")
	flags.StringVar(&c.account, "account", "main", "the `name` of the vendor account, the same in all replicas")
	flags.StringVar(&c.telemetry, "telemetry", "stdout", "where traces and metrics go: stdout or none")
	flags.Float64Var(&c.rate, "rate", 50, "requests of callers in a second")
	flags.Float64Var(&c.vendor.rate, "vendor-rate", 10, "requests to the vendor in a second")
	flags.DurationVar(&c.wait, "wait", 10*time.Second, "how long a caller waits for a purchase before the answer is 202")
	flags.DurationVar(&c.grace, "grace", 20*time.Second, "how long running purchases may take after SIGTERM")
	flags.Usage = func() {
		fmt.Fprintln(stderr, "Usage: service [flags]\n\nWithout TNKIT_TELNYX_API_KEY the vendor is a fake.\nTNKIT_SERVICE_TOKEN is the bearer token of callers.")
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return c, errors.Join(errUsage, err)
	}
	c.token = getenv("TNKIT_SERVICE_TOKEN")
	c.vendor.key, c.vendor.publicKey, c.vendor.url = getenv("TNKIT_TELNYX_API_KEY"), getenv("TNKIT_TELNYX_PUBLIC_KEY"), getenv("TNKIT_TELNYX_URL")
	if c.db == "" && c.vendor.key != "" {
		c.db = "service.db"
	}
	problem := ""
	switch {
	case flags.NArg() > 0:
		problem = fmt.Sprintf("unexpected argument %q", flags.Arg(0))
	case c.telemetry != "stdout" && c.telemetry != "none":
		problem = "-telemetry: it must be stdout or none"
	case c.rate <= 0 || c.vendor.rate <= 0:
		problem = "-rate and -vendor-rate must be more than 0"
	case c.listen == "" && c.vendor.key != "":
		problem = "the conversation buys, so it is for the fake vendor only: unset TNKIT_TELNYX_API_KEY, or serve with -listen"
	case c.token == "" && c.listen != "" && !loopback(c.listen):
		problem = "without TNKIT_SERVICE_TOKEN only a loopback address is allowed: everybody who reaches it can spend money"
	}
	if problem != "" {
		fmt.Fprintln(stderr, "service:", problem)
		return c, errUsage
	}
	return c, nil
}

func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	return err == nil && (host == "localhost" || net.ParseIP(host).IsLoopback())
}

// run is the whole program.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	c, err := parse(args, getenv, stderr)
	if err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return flag.ErrHelp
		}
		return err
	}
	if c.listen == "" {
		return converse(ctx, c, stdout)
	}
	log := slog.New(slog.NewJSONHandler(stderr, nil))
	return serve(ctx, c, log, stdout, func(address string) { log.Info("listening", "address", address, "fake", c.vendor.key == "") })
}

// serve serves until ctx ends, and then sees through what runs: callers get their answers,
// purchases end or are stopped, and what became of each is in the journal.
func serve(ctx context.Context, c config, log *slog.Logger, telemetryOut io.Writer, ready func(address string)) (err error) {
	closers := []func() error{}
	defer func() {
		for _, end := range closers { // the last opened first
			err = errors.Join(err, end())
		}
	}()
	opened := func(end func() error) { closers = append([]func() error{end}, closers...) }

	signals, err := newTelemetry(c.telemetry, telemetryOut)
	if err != nil {
		return err
	}
	opened(signals.close)
	if c.db == "" { // the fake vendor does not remember its orders either
		dir, err := os.MkdirTemp("", "tnkit-service-")
		if err != nil {
			return err
		}
		opened(func() error { return os.RemoveAll(dir) })
		c.db = filepath.Join(dir, "service.db")
	}
	db, err := openStore(ctx, c.db)
	if err != nil {
		return err
	}
	opened(db.close)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.listen)
	if err != nil {
		return err
	}
	opened(func() error { _ = listener.Close(); return nil })
	v, err := newVendor(c.vendor, "http://"+listener.Addr().String()+webhookPath, log, signals)
	if err != nil {
		return err
	}
	opened(v.close)
	acct, err := account.New(c.account, v.orderer, &account.Options{Journal: db.journal})
	if err != nil {
		return err
	}
	opened(acct.Close) // the error lists what the journal does not have
	s := newService(c, acct, db, v, log)
	handler, err := s.routes(signals)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	s.resume(ctx)
	ready(listener.Addr().String())
	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	s.stop() // whoever waits gets 202 now
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.grace)
	defer cancel()
	if stopErr := server.Shutdown(closing); stopErr != nil {
		err = errors.Join(err, stopErr, server.Close())
	}
	s.drain(closing)
	return err
}
