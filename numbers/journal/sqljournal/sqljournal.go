package sqljournal

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"regexp"
	"time"

	"github.com/tnkit/tnkit/internal/ctxerr"
	"github.com/tnkit/tnkit/numbers"
)

var (
	// ErrNotDurable means that the database can lose committed data.
	ErrNotDurable = errors.New("the database does not make commits durable")
	// ErrSchema means that the tables are missing, or have another version than this
	// package uses. Migrate creates or updates them.
	ErrSchema = errors.New("the journal's tables are missing or have another version")
)

// Options are the options of Open, Migrate and SQL. The zero value means the
// defaults.
type Options struct {
	// Prefix is the beginning of the names of all tables and indices: letters a to z,
	// digits and _, at most 30 characters. "" = "tnkit_".
	Prefix string
	// Patience is how long a call repeats its statements while the database fails; 0 = 15
	// s. It should be longer than a restart of the database.
	Patience time.Duration
}

// Journal is a numbers.Journal in a database. It is safe for concurrent use. A Journal
// has no Close method: the caller closes the database.
type Journal struct {
	store    store
	patience time.Duration
	recent   recent
}

var (
	_ numbers.Journal = (*Journal)(nil)
	_ numbers.Pruner  = (*Journal)(nil)
)

// Open returns the journal in db. It checks the version of the tables, and that commits
// are durable. The error is ErrSchema, ErrNotDurable, numbers.ErrInvalid if an option is
// wrong, or an error of the database.
func Open(ctx context.Context, db *sql.DB, d Dialect, opts *Options) (*Journal, error) {
	j, err := newJournal(db, d, opts)
	if err != nil {
		return nil, err
	}
	err = j.persist(ctx, "Open", func(ctx context.Context) (done bool, err error) {
		if known, err := j.store.check(ctx); err != nil {
			return known, err
		}
		err = d.durable(ctx, db)
		return err == nil || errors.Is(err, ErrNotDurable), err
	})
	if err != nil {
		return nil, err
	}
	return j, nil
}

var prefixPattern = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,29}$`)

func newJournal(db *sql.DB, d Dialect, opts *Options) (*Journal, error) {
	if db == nil {
		return nil, invalid("a database is needed", "")
	}
	prefix, err := d.prefix(opts)
	if err != nil {
		return nil, err
	}
	patience := 15 * time.Second
	if opts != nil && opts.Patience != 0 {
		patience = opts.Patience
	}
	return &Journal{store: newStore(db, d, prefix), patience: patience}, nil
}

// prefix checks all options and returns the prefix of the tables.
func (d Dialect) prefix(opts *Options) (string, error) {
	if opts == nil {
		opts = &Options{}
	}
	prefix := cmp.Or(opts.Prefix, "tnkit_")
	switch {
	case d.migrations() == nil:
		return "", invalid("an unknown dialect", "")
	case !prefixPattern.MatchString(prefix):
		return "", invalid("a table prefix has at most 30 letters a to z, digits and _", "Prefix")
	case opts.Patience < 0:
		return "", invalid("the patience is negative", "Patience")
	}
	return prefix, nil
}

func invalid(message, field string) error {
	return &numbers.Error{Op: "sqljournal.Open", Kind: numbers.ErrInvalid, Field: field, Message: message}
}

// persist calls try until it is done, and then returns its error. It stops when ctx ends
// or the journal's patience has passed. A single try takes at most a third of the
// patience, so that persist does not wait too long for a dead connection.
func (j *Journal) persist(ctx context.Context, what string, try func(context.Context) (done bool, err error)) error {
	if ctx.Err() != nil {
		return ctxerr.Of(ctx)
	}
	patient, cancel := context.WithTimeout(ctx, j.patience)
	defer cancel()
	for pause := 4 * time.Millisecond; ; pause = min(2*pause, 250*time.Millisecond) {
		once, end := context.WithTimeout(patient, j.patience/3)
		done, err := try(once)
		end()
		if done {
			return err
		}
		select {
		case <-time.After(rand.N(pause)):
		case <-patient.Done():
		}
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("sqljournal: %s: %w", what, errors.Join(ctxerr.Of(ctx), err))
		case patient.Err() != nil:
			return fmt.Errorf("sqljournal: %s: gave up after %s: %w", what, j.patience, err)
		}
	}
}
