// Package bench measures the clients against what an engineer would write by
// hand with net/http and encoding/json, in the same run, so that the figures
// are ratios:
//
//	go test -run '^$' -bench . ./internal/bench
//
// The targets: listing 10,000 orders in pages of 250 takes at most 0.97 of the loop's
// time (0.92 on Go 1.27) and 0.4 of its bytes; with 20 ms of latency a page at most 0.6
// of the loop's time; with 50 ms and ReadAhead(8) at most 0.15; one order at most 12 %
// more time than the loop; a million orders stream in constant memory; one
// vendor adds at most 1 MB to a stripped program.
package bench
