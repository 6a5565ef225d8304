package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"strings"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/journal/sqljournal"
)

// store is the database: the journal of the claims, and what callers have requested.
type store struct {
	db      *sql.DB
	dialect sqljournal.Dialect
	journal *sqljournal.Journal
}

// purchase is what a caller has requested by a key, and the answer. status is 0 until the
// purchase has ended.
type purchase struct {
	key     string
	request request
	status  int
	answer  []byte
}

// request is the body of a purchase.
type request struct {
	Numbers    []numbers.E164 `json:"numbers"`
	MaxUpfront *numbers.Money `json:"max_upfront,omitempty"`
	MaxMonthly *numbers.Money `json:"max_monthly,omitempty"`
}

// isFor reports whether the key was used for the same request.
func (p *purchase) isFor(r request) bool { return bytes.Equal(encode(p.request), encode(r)) }

func openStore(ctx context.Context, name string) (*store, error) {
	s := &store{dialect: sqljournal.SQLite}
	driver, dsn := "sqlite", "file:"+name+"?_pragma=busy_timeout(10000)"
	if strings.Contains(name, "://") || strings.Contains(name, "host=") {
		driver, dsn, s.dialect = "pgx", name, sqljournal.Postgres
	}
	var err error
	if s.db, err = sql.Open(driver, dsn); err != nil {
		return nil, err
	}
	s.db.SetMaxOpenConns(20)
	s.db.SetMaxIdleConns(20)
	if err = sqljournal.Migrate(ctx, s.db, s.dialect, nil); err == nil {
		s.journal, err = sqljournal.Open(ctx, s.db, s.dialect, nil)
	}
	if err == nil {
		err = s.create(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.db.Close())
	}
	return s, nil
}

func (s *store) close() error { return s.db.Close() }

// create makes the table. PostgreSQL fails if two replicas do it at once, so it is tried
// again.
func (s *store) create(ctx context.Context) (err error) {
	for range 5 {
		_, err = s.db.ExecContext(ctx, `create table if not exists service_purchases (
			key text primary key, request text not null, status integer not null default 0, answer text not null default '')`)
		if err == nil {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return err
}

// statement has the parameters in the dialect's form.
func (s *store) statement(text string) string {
	if s.dialect == sqljournal.SQLite {
		return strings.ReplaceAll(text, "$", "?")
	}
	return text
}

// add records a request, unless the key has one already, and returns what the key has.
func (s *store) add(ctx context.Context, key string, r request) (*purchase, error) {
	body, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	_, err = s.db.ExecContext(ctx, s.statement("insert into service_purchases (key, request) values ($1, $2) on conflict do nothing"), key, string(body))
	if err != nil {
		return nil, err
	}
	return s.get(ctx, key)
}

// get returns what a key has; nil if it has nothing.
func (s *store) get(ctx context.Context, key string) (*purchase, error) {
	list, err := s.list(ctx, "where key = $1", key)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return list[0], nil
}

// unfinished are the purchases without an answer: they run, or a crash has interrupted
// them.
func (s *store) unfinished(ctx context.Context) ([]*purchase, error) {
	return s.list(ctx, "where status = 0")
}

func (s *store) list(ctx context.Context, where string, args ...any) (list []*purchase, err error) {
	rows, err := s.db.QueryContext(ctx, s.statement("select key, request, status, answer from service_purchases "+where), args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		p := new(purchase)
		var body, answer string
		if err := rows.Scan(&p.key, &body, &p.status, &answer); err != nil {
			return nil, err
		}
		if err := json.Unmarshal([]byte(body), &p.request); err != nil {
			return nil, err
		}
		p.answer = []byte(answer)
		list = append(list, p)
	}
	return list, rows.Err()
}

// finish records the answer.
func (s *store) finish(ctx context.Context, key string, a answer) error {
	_, err := s.db.ExecContext(ctx, s.statement("update service_purchases set status = $1, answer = $2 where key = $3"), a.status, string(a.body), key)
	return err
}
