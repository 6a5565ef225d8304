// Command chaos buys numbers at a fake of each vendor while answers are lost,
// late, damaged and wrong, and while the buying process is killed again and
// again. Then it compares what the fakes really sold with what the client
// believes.
//
//	go run ./internal/bench/chaos                 # 10,000 numbers a vendor
//	go run ./internal/bench/chaos -numbers 300 -seed 7 -vendor voipbin
//
// The fakes live in this process. The client is a child process: the same
// program, with its journal in a file, and notes of what became of the orders
// in another. It is killed at each kind of event of a purchase that can come at
// the vendor, and at random moments, and started again on the same files until
// every number is accounted for. Some children speak HTTP/2, and some assign
// what they buy.
//
// # What goes wrong
//
// A third of the replies to orders are faulted, at least half of these after
// the order was committed, and in every life some of the readings: every fault
// of the wire that numberstest has. After a commit comes only what may not be
// taken for a refusal. Beside that each vendor shows its own oddities: orders
// that are bought in part, that stay pending for good or are listed late, rows
// that are inserted or listed twice while a list is read, refusals of orders
// that go through, purchases that are never listed.
//
// # What must hold
//
// What the client believes is its journal and its notes. Held against the
// fake's books: bought twice 0, lost (bought, and the client would buy it again)
// 0, unknown 0, invented (believed, and not in the books) 0, missing 0. Only a
// vendor that may buy and never list what it bought leaves more: each such
// number must be reported as possibly orphaned, and none else. Orders that stay
// pending must be known as such, each of them and no other, and never be
// ordered again.
package main
