// Package numberstest has test helpers for code that orders numbers, and for Orderers
// and journals.
//
//   - [Memory] is a numbers.Orderer in memory that can inject faults. [FaultyJournal]
//     is a numbers.Journal that can inject faults.
//   - [Run] tests an Orderer against the contract of package numbers. [RunAccount]
//     tests the promises of an account.Account with this Orderer. [RunJournal] tests
//     a journal.
//   - [Server] is the interface of the fake vendors (the packages telnyx/telnyxtest,
//     voipbin/voipbintest, opentact/opentacttest and exclusive/exclusivetest). [Fault] is
//     a failure to inject. [Request] is a row of a fake's log. [Books] are the records of
//     what a fake really sold.
//
// A first test of code that buys:
//
//	m := numberstest.NewMemory(numberstest.MemoryOptions{})
//	m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
//	acct, err := account.New("main", m, nil)
//	// … run your code with acct, then:
//	if twice := m.Books().Duplicates(); len(twice) > 0 {
//		t.Errorf("bought twice: %v", twice)
//	}
//
// Run such a test inside testing/synctest, so that waiting takes no real time.
package numberstest
