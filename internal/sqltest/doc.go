// Package sqltest tests sqljournal on real databases: SQLite, which is embedded, and
// PostgreSQL, which each run starts for itself. It is a module of its own, so that the SDK
// needs no driver.
//
//	go test ./...
//
// PostgreSQL's programs must be installed (on Debian: apt-get install postgresql). They are
// found in PATH, in /usr/lib/postgresql, or in the directory that TNKIT_POSTGRES_BIN names.
// PostgreSQL does not run as root: for root it runs as the user postgres, or else nobody. It
// listens on a socket in a temporary directory and needs no free port.
//
// A missing engine is a failure. Nothing is skipped.
//
// # Measurements
//
//	go test -run '^$' -bench Purchases -benchtime 10x .
//	go test -run '^$' -bench Large -benchtime 1x -timeout 2h .
//
// Purchases compares a Begin and an End with one insert of one row, at the same
// concurrency, in the same run. Large has 5,000,000 entries; TNKIT_ENTRIES changes that.
//
// PostgreSQL 15.18, 5,000,000 entries, two cores ("Virtual Turin-like Processor") that were shared with
// 50 other processes at the time: a Begin took 1.3 ms, 0.4 times that of an empty journal in
// the same run. Entries by purchase, number and order id took 0.6, 0.8 and 0.7 ms. The
// stream of all entries needed no more memory than a page. On such a machine 1,400 open
// entries took 121 ms, and the stream had 14,000 entries a second: measure these two on an
// idle machine.
package sqltest
