// Package numberstest helps to test code that orders numbers, and Orderers and
// journals themselves.
//
//   - [Memory] is a numbers.Orderer that lives in memory and can be made to go
//     wrong. [FaultyJournal] does the same to a numbers.Journal.
//   - [Run] checks an Orderer, ours or yours, against the contract of package
//     numbers; [RunAccount] what an account.Account over it promises; [RunJournal]
//     a journal.
//   - [Server] is what the fake vendors have in common (the packages telnyx/telnyxtest,
//     voipbin/voipbintest, opentact/opentacttest and exclusive/exclusivetest). [Fault]
//     is something that shall go wrong there. [Request] is a row of its log. [Books]
//     are what it really sold.
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
// Run such a test inside testing/synctest: the waiting then takes no time.
package numberstest
