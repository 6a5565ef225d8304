// Package vendortest holds what the tests of the four vendor packages share, so that each keeps only what is its vendor's.
//
// A [Server] answers whatever it is asked with the answers it was given, and keeps the requests; [RoundTrip] does so without a
// network. A [Vendor] is a table of operations and a table of faults, and runs the one against the other: every exported method
// of every service is in the table, sends exactly what is documented, reads the documented answer, takes no fault for a
// success, is repeated only where that is harmless, and shows no secret. [RoundTrips] does the like for the fixtures.
//
// Only tests import this package.
package vendortest
