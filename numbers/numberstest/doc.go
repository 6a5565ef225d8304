// Package numberstest helps to test code that orders numbers, and Orderers
// themselves.
//
//   - [Memory] is a numbers.Orderer that lives in memory and can be made to go
//     wrong; [MemoryJournal] is a numbers.Journal that does.
//   - [Run] holds an Orderer, ours or yours, to the contract of package
//     numbers; [RunJournal] does so with a journal.
//   - [Fault] is something that shall go wrong at a fake vendor (the packages
//     telnyx/telnyxtest, voipbin/voipbintest, opentact/opentacttest and
//     exclusive/exclusivetest); [Request] is a row of its log; [Books] are what
//     it really sold.
//
// A first test of code that buys:
//
//	m := numberstest.NewMemory(numberstest.MemoryOptions{})
//	m.Inject(numberstest.Fault{Kind: numberstest.LostReply})
//	// … run your code against m, then:
//	if twice := m.Books().Duplicates(); len(twice) > 0 {
//		t.Errorf("bought twice: %v", twice)
//	}
//
// Run such a test inside testing/synctest, and the waiting takes no time.
package numberstest
