// Package sqljournal keeps a book of claims ([numbers.Journal]) in a database, PostgreSQL
// or SQLite, so that replicas of a service can share it.
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
// The package needs only database/sql. The program imports a driver: it is tested with
// github.com/jackc/pgx/v5 and modernc.org/sqlite. It needs PostgreSQL 12 or SQLite 3.38,
// or newer.
//
// # How it works
//
// A table of entries has each attempt and what became of it, as JSON. A table of holds has
// one row for each reference, number and order id, with the entries that hold it and until
// when. A beginning inserts its entry and its holds in one statement (on SQLite in one
// transaction). If a hold is another entry's, the database refuses the whole statement. So
// two replicas never begin the same number, whatever else happens.
//
// An error of the database proves nothing: the answer to a commit may have been lost. After
// any error the journal reads who holds what it wanted, and otherwise tries again with the
// same id, until [Options.Patience] has passed. Drivers' errors are not interpreted. On
// PostgreSQL a refused beginning leaves a line in the server's log ("null value in column
// holders"), which is no cause for alarm.
//
// No statement uses the database's clock. Keys are compared by their bytes.
//
// # What the database must do
//
//   - Commits must be durable. Open checks fsync and synchronous_commit, or synchronous and
//     journal_mode, of a connection, and returns [ErrNotDurable]. Don't change them for
//     single connections or roles.
//   - The DSN must name the primary. A standby that can only be read is like a database that
//     is down. A failover to a standby that does not have all commits loses claims: use
//     synchronous replication, or check the vendor's inventory after a failover.
//   - A backup that is restored has lost the claims since. Treat it like a lost journal: see
//     SECURITY.md.
//   - The default isolation level (READ COMMITTED) is best. A stricter one is correct and
//     slower.
//   - SQLite allows one writer at a time, and its file must be on a local disk. A process that
//     is stopped while it writes blocks the others until it goes on or ends.
//
// If the database is down, Begin fails, and so nothing is sent (numbers.ErrNotPlaced). An
// End that fails is reported by the Account and tried again until Account.Close.
//
// # A long life
//
// An entry needs about 1.5 kB with its indices. [Journal.Prune] forgets settled entries of
// before a time, and keeps their credits: the ids of their orders.
package sqljournal
