// Command chaos lets customers buy numbers at a fake of each vendor while answers are
// lost, late, damaged and wrong, and while the buying process is killed and stopped again
// and again. Then it compares what the fakes really sold with what every customer was
// told.
//
//	go run ./internal/bench/chaos                 # 10,000 numbers a vendor
//	go run ./internal/bench/chaos -numbers 300 -seed 7 -vendor voipbin
//
// The fakes live in this process. The buyer is a child process: the same program, with
// one account, its journal in a file, and in another file what it has told its customers.
// It is killed at each kind of event of a purchase that can come at the vendor, and at
// random moments. It is also stopped (SIGSTOP) for longer than an order may be sent after
// its claim, and goes on. It is started again on the same files until every customer has
// what he can get: the processes use the journal in turn. Some children speak HTTP/2, and
// some assign what they buy.
//
// # Customers
//
// Every customer has a reference of his own. Neighbors want some of the same numbers,
// so that nearly every number is wanted by two. At the vendors where a search is tried,
// other customers want any two numbers that it finds, all by the same search. Six
// customers are served at a time. Some jobs are delivered twice at once, and all are
// delivered again until they are done.
//
// # What goes wrong
//
// About a third of the replies to orders are faulted, at least half of these after the
// order was committed, and in every life some of the readings: every fault of the wire
// that numberstest has. Where an order was committed, the fault is one that may not be
// taken for a refusal. A limiter holds some requests back for longer than an attempt
// takes. Each vendor also shows its own oddities: orders that are bought in part, that
// stay pending for good or are listed late, rows that are inserted or listed twice while a
// list is read, refusals of orders that go through, purchases that are never listed.
//
// # What must hold
//
// The fake's books are compared with what the customers were told last, and with the
// journal. These counts are 0:
//
//   - bought twice: a number that the books have twice;
//   - lost: in the books, and no customer was told of it;
//   - missing: wanted, and nobody has it;
//   - unknown: a number or a customer that still waits for an outcome;
//   - told to two: a number that two customers were told to be theirs, or an order that two
//     entries of the journal have;
//   - invented: told to a customer, and not in the books;
//   - sent late: bought more than a second after the fence of its attempt.
//
// Only a vendor that may sell what it never lists leaves more. Each such orphan must be
// reported to a customer. What else is reported as possibly orphaned must have had no
// answer of the vendor's own. Numbers in orders that stay pending, and numbers that failed
// in an order that was placed, are counted.
package main
