// Package bench measures the clients against what an engineer would write by
// hand with net/http and encoding/json, in the same run, so that the figures
// are ratios:
//
//	go test -run '^$' -bench . ./internal/bench
//
// The targets: listing 10,000 orders in pages of 250 takes no more time than
// the loop and at most half its bytes; with 50 ms of latency a page and
// ReadAhead(8), at most a sixth of the loop's time; one order at most 15 %
// more time than the loop; a million orders stream in constant memory; one
// vendor adds at most 1 MB to a stripped program.
package bench
