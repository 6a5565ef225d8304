package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

// book is an open journal.
type book struct {
	numbers.Journal
	copied bool // of a file whose owner may be running
	closes []func() error
}

func (b *book) close() (err error) {
	for i := len(b.closes) - 1; i >= 0; i-- {
		err = errors.Join(err, b.closes[i]())
	}
	return err
}

// open opens the journal that the options name.
func (p *program) open(ctx context.Context) (*book, error) {
	b := new(book)
	var err error
	switch path, isSQLite := strings.CutPrefix(p.journal, "sqlite:"); {
	case p.journal == "":
		err = p.openDemo(ctx, b)
	case isSQLite:
		if _, err = os.Stat(path); err == nil { // SQLite would make a new file
			err = p.openSQL(ctx, b, "sqlite", path, sqljournal.SQLite)
		}
	case strings.HasPrefix(p.journal, "postgres://"), strings.HasPrefix(p.journal, "postgresql://"):
		err = p.openSQL(ctx, b, "pgx", p.journal, sqljournal.Postgres)
	case p.command == "dismiss":
		err = p.openFile(b, p.journal)
	default:
		err = p.openCopy(b)
	}
	if err != nil {
		return nil, errors.Join(err, b.close())
	}
	return b, nil
}

func (p *program) openSQL(ctx context.Context, b *book, driver, dsn string, d sqljournal.Dialect) error {
	db, err := sql.Open(driver, dsn)
	if err != nil {
		return err
	}
	b.closes = append(b.closes, db.Close)
	j, err := sqljournal.Open(ctx, db, d, &sqljournal.Options{Prefix: p.prefix})
	b.Journal = j
	return err
}

// openFile opens a file that must exist, for this program alone.
func (p *program) openFile(b *book, path string) error {
	if _, err := os.Stat(path); err != nil {
		return err
	}
	j, err := journal.Open(path)
	if errors.Is(err, journal.ErrLocked) {
		return fmt.Errorf("%w: stop the program that has it open, or let it call Account.Dismiss", err)
	}
	if err != nil {
		return err
	}
	b.Journal, b.closes = j, append(b.closes, j.Close)
	return nil
}

// openCopy opens a copy of a file, which is complete up to its last whole record.
func (p *program) openCopy(b *book) error {
	from, err := os.Open(p.journal)
	if err != nil {
		return err
	}
	defer from.Close()
	path, err := b.temporary()
	if err != nil {
		return err
	}
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	if _, err := io.Copy(to, from); err != nil {
		return errors.Join(err, to.Close())
	}
	b.copied = true
	return errors.Join(to.Close(), p.openFile(b, path))
}

// temporary returns the path of a file for a journal, which close removes.
func (b *book) temporary() (path string, err error) {
	dir, err := os.MkdirTemp("", "tnkit-journal-")
	if err != nil {
		return "", err
	}
	b.closes = append(b.closes, func() error { return os.RemoveAll(dir) })
	return filepath.Join(dir, "journal"), nil
}

// entries reads what matches a query, oldest first.
func (b *book) entries(ctx context.Context, q numbers.JournalQuery, yield func(e numbers.JournalEntry) (more bool)) error {
	for e, err := range b.Entries(ctx, q) {
		if err != nil {
			return err
		}
		if b.copied && e.End.Status == "" {
			e.Ended = e.End.Time // the owner of the copy is this program: that shows nothing of the file's
		}
		if !yield(e) {
			break
		}
	}
	return nil
}

// entry reads one entry.
func (b *book) entry(ctx context.Context, id string) (entry numbers.JournalEntry, err error) {
	found := false
	err = b.entries(ctx, numbers.JournalQuery{IDs: []string{id}}, func(e numbers.JournalEntry) bool {
		entry, found = e, true
		return false
	})
	if err == nil && !found {
		err = fmt.Errorf("%w: no entry has the id %q", errNothing, id)
	}
	return entry, err
}
