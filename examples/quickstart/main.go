// Command quickstart orders, lists, reads back and releases a number at four
// vendors through one interface.
//
//	go run ./examples/quickstart
//
// Without credentials it talks to fake vendors that it starts itself. With
// credentials in the environment it reads the real ones, and changes nothing
// unless -buy names a vendor and a number:
//
//	TNKIT_TELNYX_API_KEY=KEY… go run ./examples/quickstart
//	TNKIT_TELNYX_API_KEY=KEY… go run ./examples/quickstart -buy telnyx=+13125550123
//
// The variables are TNKIT_TELNYX_API_KEY, TNKIT_VOIPBIN_TOKEN,
// TNKIT_OPENTACT_TOKEN, and TNKIT_EXCLUSIVE_URL with TNKIT_EXCLUSIVE_TOKEN.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"

	"github.com/tnkit/tnkit/numbers"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "quickstart:", err)
		os.Exit(1)
	}
}

// run is the whole program.
func run(ctx context.Context, args []string, getenv func(string) string, out io.Writer) error {
	opts, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return nil
	}
	if err != nil {
		return err
	}
	vendors, err := realVendors(getenv)
	if err != nil {
		return err
	}
	if len(vendors) == 0 {
		if opts.buyVendor != "" {
			return errors.New("-buy is for real vendors; there are no credentials in the environment")
		}
		var stop func()
		if vendors, stop, err = fakeVendors(opts.number); err != nil {
			return err
		}
		defer stop()
	}
	return tour(ctx, vendors, opts, out)
}

// options are the command line's.
type options struct {
	number    numbers.E164
	buyVendor string
	buyNumber numbers.E164
}

func parse(args []string) (options, error) {
	flags := flag.NewFlagSet("quickstart", flag.ContinueOnError)
	number := flags.String("number", "+13125550123", "the `+E164` number to order from the fake vendors")
	buy := flags.String("buy", "", "buy from a real vendor: `vendor=+E164`")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	var o options
	var err error
	if flags.NArg() > 0 {
		return o, fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if o.number, err = numbers.ParseE164(*number); err != nil {
		return options{}, fmt.Errorf("-number: %w", err)
	}
	if *buy == "" {
		return o, nil
	}
	vendor, wanted, found := strings.Cut(*buy, "=")
	if vendor == "" || !found {
		return options{}, errors.New("-buy: it must be vendor=+E164")
	}
	if o.buyNumber, err = numbers.ParseE164(wanted); err != nil {
		return options{}, fmt.Errorf("-buy: %w", err)
	}
	o.buyVendor = vendor
	return o, nil
}
