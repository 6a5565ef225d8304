// Command journal shows what a journal has: who ordered which number, with which outcome,
// and who holds a number. It can dismiss an entry.
//
//	journal [flags] list               lists the entries that match the flags
//	journal [flags] explain ID         explains an entry and what it holds
//	journal [flags] holder NUMBER      shows who holds a number, and why
//	journal [flags] dismiss ID         ends an entry as not placed, after asking
//
// -journal names the journal: the path of a file, sqlite:PATH, or a PostgreSQL URL. Without
// it the program shows a demo journal, which it makes in a temporary directory:
//
//	cd examples/journal
//	go run .
//	go run . list -open
//	go run . -journal /var/lib/shop/orders.journal holder +13125550123
//	go run . -journal "postgres://shop@db/shop" -json list -purchase job-17
//
// All commands except dismiss only read. They read a copy of a journal in a file, so that
// the program that owns the file can run. dismiss needs the file for itself: stop that
// program first. Entries in a database can be dismissed while replicas run.
//
// The exit code is 0 if something was found or done, 1 after an error, 2 for a wrong command
// line, 3 if nothing was found, and 4 if a question was not answered with yes.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

var (
	errUsage        = errors.New("wrong command line")
	errNothing      = errors.New("nothing was found")
	errNotConfirmed = errors.New("nothing was changed: the question was not answered")
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	p := program{in: os.Stdin, out: os.Stdout, err: os.Stderr, now: time.Now}
	err := p.run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, errUsage) { // the flags have explained it
		fmt.Fprintln(os.Stderr, "journal:", err)
	}
	os.Exit(code(err))
}

// code is the exit code for an error.
func code(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errUsage):
		return 2
	case errors.Is(err, errNothing):
		return 3
	case errors.Is(err, errNotConfirmed):
		return 4
	}
	return 1
}

// program is one run.
type program struct {
	in       io.Reader
	out, err io.Writer
	now      func() time.Time
	options
}

func (p *program) run(ctx context.Context, args []string) error {
	var err error
	if p.options, err = parse(args, p.now(), p.err); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil
		}
		return err
	}
	b, err := p.open(ctx)
	if err != nil {
		return err
	}
	return errors.Join(p.do(ctx, b), b.close())
}

func (p *program) do(ctx context.Context, b *book) error {
	switch p.command {
	case "list":
		return p.list(ctx, b, p.query)
	case "explain":
		return p.explain(ctx, b, p.argument)
	case "holder":
		return p.holder(ctx, b, numbers.E164(p.argument))
	case "dismiss":
		return p.dismiss(ctx, b, p.argument)
	}
	return p.tour(ctx, b)
}
