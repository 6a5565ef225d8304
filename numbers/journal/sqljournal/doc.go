// Package sqljournal keeps a [numbers.Journal] in a PostgreSQL or SQLite database, so
// that replicas of a service can share it.
//
//	db, err := sql.Open("pgx", dsn)
//	if err != nil {
//		return err
//	}
//	defer db.Close()
//	if err := sqljournal.Migrate(ctx, db, sqljournal.Postgres, nil); err != nil {
//		return err
//	}
//	book, err := sqljournal.Open(ctx, db, sqljournal.Postgres, nil)
//	if err != nil {
//		return err
//	}
//	acct, err := account.New("main", telnyx.NewOrderer(client, nil), &account.Options{Journal: book})
//
// The package does not import a database driver. The program imports it. The package is
// tested with github.com/jackc/pgx/v5 and modernc.org/sqlite. It needs PostgreSQL 12 or
// SQLite 3.38, or newer.
//
// # How it works
//
// The table of entries has each attempt and its outcome, as JSON. The table of holds
// has one row for each reference, number and order id, with the entries that hold it
// and the end of each hold. Begin inserts its entry and its holds in one statement
// (on SQLite in one transaction). If another entry has one of the holds, the database
// refuses the whole statement. So two replicas never begin an attempt for the same
// number. Begin is one round trip, and so is End in the process that began the attempt.
//
// An error of the database proves nothing, because the answer to a commit can be
// lost. After any error the journal reads the entries that hold the numbers and the
// reference. If there are none, it tries again with the same id, until
// [Options.Patience] has passed. It does not interpret the errors of drivers. On
// PostgreSQL a refused Begin writes a line to the server's log ("null value in column
// holders"). This line is harmless.
//
// The statements do not use the database's clock. Keys are compared by their bytes.
//
// # Connections
//
// Replicas share the tables, each with its own *sql.DB. Let the pool keep its
// connections: database/sql keeps two idle ones unless db.SetMaxIdleConns says
// otherwise, and a new connection takes longer than a Begin.
//
// On PostgreSQL the driver prepares the statements; pgx does it by default. A pooler
// that does not allow this (PgBouncer in transaction mode, before 1.21) needs
// default_query_exec_mode=exec in the DSN. On SQLite the journal prepares them. Steps
// of one process that wait for the lock of the file share a transaction, and so the
// time of its commit.
//
// # What the database must do
//
//   - Commits must be durable. Open checks fsync and synchronous_commit, or
//     synchronous and journal_mode, of a connection, and returns [ErrNotDurable]. Do
//     not change them for single connections or roles.
//   - The DSN must name the primary. A read-only standby is treated like a database
//     that is down. After a failover to a standby without the last commits, claims
//     are lost: use synchronous replication, or check the vendor's inventory after a
//     failover.
//   - A restored backup has lost the later claims. Treat it like a lost journal: see
//     SECURITY.md.
//   - The default isolation level (READ COMMITTED) is best. A stricter level also
//     works, but is slower.
//   - SQLite allows one writer at a time, and its file must be on a local disk. A
//     process that is suspended while it writes blocks the other processes until it
//     continues or ends.
//
// If the database is down, Begin fails and nothing is sent (numbers.ErrNotPlaced). If
// End fails, the Account reports it and tries again until Account.Close.
//
// # A long life
//
// An entry needs about 1.5 kB, including its indices. [Journal.Prune] removes settled
// entries that started before a time. It keeps their credits: the ids of their orders.
//
// The time of a call does not grow with the table. End changes no column that has an
// index, so PostgreSQL updates the row in its page. Entries reads pages of 500 entries.
// The module internal/sqltest has the benchmarks; its page says what they measured.
//
// examples/journal is a program that lists and explains the entries, while replicas run.
// It can dismiss an entry.
package sqljournal
