package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if encoded := os.Getenv(jobVariable); encoded != "" {
		if err := child(ctx, encoded, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	count := flag.Int("numbers", 10_000, "how many `numbers` to buy at each vendor")
	deaths := flag.Int("deaths", 100, "how often the client is killed at a random moment")
	stops := flag.Int("stops", 5, "how often the client is stopped for longer than an order may be sent")
	seed := flag.Uint64("seed", 1, "the `seed` of everything random")
	vendor := flag.String("vendor", "", "only this `vendor`")
	verbose := flag.Bool("v", false, "show what the children say")
	flag.Parse()
	if err := all(ctx, *vendor, plan{numbers: *count, deaths: *deaths, stops: *stops, seed: *seed}, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// fewest is how many numbers there must be for each event to come.
const fewest = 100

// all runs every vendor and prints the figures.
func all(ctx context.Context, vendor string, p plan, verbose bool) error {
	if p.numbers < fewest || p.deaths < 0 || p.stops < 0 {
		return fmt.Errorf("at least %d numbers are needed, and no fewer than 0 deaths and stops", fewest)
	}
	if _, err := find(vendor); vendor != "" && err != nil {
		return err
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "tnkit-chaos-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	log := io.Discard
	if verbose {
		log = io.Writer(os.Stderr)
	}
	var failed error
	for _, s := range subjects() {
		if vendor != "" && vendor != s.name {
			continue
		}
		p.subject, p.dir = s, dir
		p.command = func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, self) }
		out, err := p.run(ctx, log)
		if printed := out.print(os.Stdout, s.never); err != nil || printed != nil {
			return errors.Join(err, printed)
		}
		if !out.ok() {
			failed = errors.Join(failed, fmt.Errorf("%s: the books and what the customers were told differ", s.name))
		}
	}
	return failed
}
