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
package sqltest
