package sqljournal

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"slices"
	"sync"
)

// writes are what this process writes to SQLite, which allows one writer at a time. Those
// that wait for their turn are written together, so that they share the time that a commit
// takes. SQLite itself would let them wait by chance.
type writes struct {
	turn     chan struct{}        // has a place for the writer
	prepared map[string]*sql.Stmt // sqliteWrites; the writer uses it

	mu      sync.Mutex
	waiting []*write
}

// write is one step. If it fails, nothing of it is written.
type write struct {
	do   func(ctx context.Context, w writer) error
	done chan struct{}
	err  error
}

// writer is a transaction on SQLite.
type writer struct {
	tx       *sql.Tx
	prepared map[string]*sql.Stmt
}

// exec executes one of sqliteWrites.
func (w writer) exec(ctx context.Context, text string, args ...any) (sql.Result, error) {
	return w.tx.StmtContext(ctx, w.prepared[text]).ExecContext(ctx, args...)
}

// write writes a step, perhaps with others. After an error of ctx it may still be written.
func (s store) write(ctx context.Context, do func(ctx context.Context, w writer) error) error {
	one := &write{do: do, done: make(chan struct{})}
	s.writes.mu.Lock()
	s.writes.waiting = append(s.writes.waiting, one)
	s.writes.mu.Unlock()
	select {
	case <-one.done:
		return one.err
	case <-ctx.Done():
		s.writes.mu.Lock()
		defer s.writes.mu.Unlock()
		s.writes.waiting = slices.DeleteFunc(s.writes.waiting, func(w *write) bool { return w == one })
		return ctx.Err()
	case s.writes.turn <- struct{}{}:
	}
	s.writes.mu.Lock()
	list := s.writes.waiting
	s.writes.waiting = nil
	s.writes.mu.Unlock()
	if len(list) > 0 { // else another writer had taken it
		err := s.together(ctx, list)
		for _, w := range list {
			if err != nil {
				w.err = err
			}
			close(w.done)
		}
	}
	<-s.writes.turn
	<-one.done
	return one.err
}

// together writes some steps in one transaction. The error is that of the transaction, of
// which nothing is written then.
func (s store) together(ctx context.Context, list []*write) error {
	if err := s.prepare(ctx); err != nil {
		return err
	}
	return s.transact(ctx, func(tx *sql.Tx) error {
		w := writer{tx, s.writes.prepared}
		if len(list) == 1 {
			return list[0].do(ctx, w)
		}
		for _, one := range list {
			if _, err := w.exec(ctx, sqliteSave); err != nil {
				return err
			}
			if one.err = one.do(ctx, w); one.err != nil {
				if _, err := w.exec(ctx, sqliteUndo); err != nil {
					return err
				}
			}
			if _, err := w.exec(ctx, sqliteSaved); err != nil {
				return err
			}
		}
		return nil
	})
}

// prepare prepares sqliteWrites, once for each connection. A driver of SQLite prepares a
// text again whenever it comes. Those of PostgreSQL don't, and can be told not to prepare
// at all, where a pooler between does not allow it.
func (s store) prepare(ctx context.Context) error {
	if s.writes.prepared != nil {
		return nil
	}
	prepared := make(map[string]*sql.Stmt)
	for _, text := range sqliteWrites() {
		statement, err := s.db.PrepareContext(ctx, s.sql(text)) // before a connection is taken, which may be the only one
		if err != nil {
			return err
		}
		prepared[text] = statement
	}
	s.writes.prepared = prepared
	return nil
}

// transact runs a transaction on SQLite. Its first statement must write, so that it takes
// the lock for writing at once and does not fail half-way.
func (s store) transact(ctx context.Context, do func(tx *sql.Tx) error) error {
	conn, err := s.db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	// The end of ctx ends the statements. database/sql would also roll back meanwhile.
	tx, err := conn.BeginTx(context.WithoutCancel(ctx), nil)
	if err != nil {
		return err
	}
	if err = do(tx); err == nil {
		if err = tx.Commit(); err == nil {
			return nil
		}
	} else if tx.Rollback() == nil {
		return err
	}
	// The state of the connection is unknown. It must not serve another call.
	_ = conn.Raw(func(any) error { return driver.ErrBadConn })
	return err
}
