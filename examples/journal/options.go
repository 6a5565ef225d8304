package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// options are the command line's.
type options struct {
	journal, prefix string
	command         string // "" = a tour of the demo
	argument        string
	json, yes       bool
	reason          string
	query           numbers.JournalQuery
	status          []numbers.EntryStatus
	limit           int
}

const usage = `usage: journal [flags] list | explain ID | holder NUMBER | dismiss ID

Shows what a journal has, who holds a number, and why. Without -journal it shows a demo.

  list             lists the entries that match the flags, oldest first
  explain ID       explains an entry and what it holds
  holder NUMBER    shows who holds a number, and why
  dismiss ID       ends an entry as not placed, after asking; needs -reason

Flags may also come after the command.

`

// parse reads the command line. It reports what is wrong to help, too.
func parse(args []string, now time.Time, help io.Writer) (o options, err error) {
	f := flag.NewFlagSet("journal", flag.ContinueOnError)
	f.SetOutput(help)
	f.Usage = func() {
		fmt.Fprint(help, usage)
		f.PrintDefaults()
		fmt.Fprint(help, "\nExit codes: 0 found or done, 1 error, 2 wrong command line, 3 nothing found, 4 not confirmed.\n")
	}
	f.StringVar(&o.journal, "journal", "", "`where` the journal is: a file's path, sqlite:PATH, or postgres://…")
	f.StringVar(&o.prefix, "prefix", "", "the `prefix` of the tables (sqljournal.Options.Prefix)")
	f.BoolVar(&o.json, "json", false, "print JSON, one object a line")
	f.BoolVar(&o.yes, "yes", false, "dismiss: do not ask")
	f.StringVar(&o.reason, "reason", "", "dismiss: `why`; it is recorded")
	f.IntVar(&o.limit, "limit", 0, "list: at most `n` entries; 0 = all")
	f.StringVar(&o.query.Scope, "scope", "", "list: entries of this `scope` (a fleet's name)")
	f.StringVar(&o.query.Account, "account", "", "entries of this `account`")
	f.StringVar(&o.query.Purchase, "purchase", "", "list: entries of this purchase, by the caller's `reference`")
	f.BoolVar(&o.query.Open, "open", false, "list: entries whose outcome is not known")
	f.Func("id", "list: the entry with this `id`; may be repeated", func(s string) error {
		o.query.IDs = append(o.query.IDs, s)
		return nil
	})
	f.Func("order", "list: the entry with this vendor's order `id`; may be repeated", func(s string) error {
		o.query.OrderIDs = append(o.query.OrderIDs, s)
		return nil
	})
	f.Func("number", "list: entries with this `+E164` number; may be repeated", func(s string) error {
		n, err := numbers.ParseE164(s)
		o.query.Numbers = append(o.query.Numbers, n)
		return err
	})
	f.Func("status", "list: entries with this `status`: running, placed, refused, unknown, not-placed or possibly-orphaned; may be repeated", func(s string) error {
		i := slices.Index(statusNames(), s)
		if i < 0 {
			return errors.New("it is none of " + strings.Join(statusNames(), ", "))
		}
		o.status = append(o.status, statuses()[i])
		return nil
	})
	f.Func("from", "list: entries that started at or after this `time`: 2026-03-01T12:00:00Z, or 24h for a day ago", at(&o.query.StartedFrom, now))
	f.Func("until", "list: entries that started before this `time`", at(&o.query.StartedBefore, now))
	var words []string // flags may come between them
	for rest := args; ; rest = f.Args()[1:] {
		if err := f.Parse(rest); err != nil {
			return o, wrong(err)
		}
		if f.NArg() == 0 {
			break
		}
		words = append(words, f.Arg(0))
	}
	if len(words) > 0 {
		o.command, words = words[0], words[1:]
	}
	if len(words) > 0 && o.command != "list" {
		o.argument, words = words[0], words[1:]
	}
	if len(words) > 0 {
		return o, complain(f, fmt.Errorf("unexpected argument %q", words[0]))
	}
	if o.command == "" && len(args) > 0 {
		o.command = "list"
	}
	return o, complain(f, o.check())
}

// check returns what is wrong with a command.
func (o *options) check() error {
	switch o.command {
	case "", "list":
		return nil
	case "explain", "holder", "dismiss":
	default:
		return fmt.Errorf("unknown command %q", o.command)
	}
	switch {
	case o.argument == "" && o.command == "holder":
		return errors.New("holder: which number?")
	case o.argument == "":
		return errors.New(o.command + ": which entry? list shows the ids")
	case o.command == "dismiss" && o.reason == "":
		return errors.New("dismiss: -reason is needed; it is recorded")
	case o.command == "holder":
		n, err := numbers.ParseE164(o.argument)
		o.argument = string(n)
		return err
	}
	return nil
}

// wrong makes an error of the flags, which they have reported, one of usage.
func wrong(err error) error {
	if errors.Is(err, flag.ErrHelp) {
		return err
	}
	return errors.Join(errUsage, err)
}

// complain reports an error as the flags do.
func complain(f *flag.FlagSet, err error) error {
	if err == nil {
		return nil
	}
	fmt.Fprintln(f.Output(), err)
	f.Usage()
	return errors.Join(errUsage, err)
}

// at reads a time, or how long ago it was.
func at(t *time.Time, now time.Time) func(string) error {
	return func(s string) error {
		if ago, err := time.ParseDuration(s); err == nil {
			*t = now.Add(-ago)
			return nil
		}
		var err error
		*t, err = time.Parse(time.RFC3339, s)
		return err
	}
}

func statuses() []numbers.EntryStatus {
	return []numbers.EntryStatus{"", numbers.EntryPlaced, numbers.EntryRefused, numbers.EntryUnknown, numbers.EntryNotPlaced, numbers.EntryOrphaned}
}

func statusNames() (list []string) {
	for _, s := range statuses() {
		list = append(list, statusName(s))
	}
	return list
}

// statusName is a status as a person reads it.
func statusName(s numbers.EntryStatus) string {
	if s == "" {
		return "running"
	}
	return string(s)
}
