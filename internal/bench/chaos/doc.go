// Command chaos buys numbers at a fake of each vendor while answers are lost,
// late, damaged and wrong, and while the buying process is killed again and
// again. Then it compares what the fakes really sold with what the client
// believes.
//
//	go run ./internal/bench/chaos                 # 10,000 numbers a vendor
//	go run ./internal/bench/chaos -numbers 300 -seed 7 -vendor voipbin
//
// The fakes live in this process. The client is a child process: the same
// program, with its journal in a file. It is killed at each kind of event of a
// purchase and at random moments, and started again on the same journal until
// every number is accounted for. The figures must be: bought twice 0, lost 0,
// unknown 0. Only a vendor that may buy and never list what it bought leaves
// more: each such number must be reported as possibly orphaned, and their
// count must be the fake's own.
package main
