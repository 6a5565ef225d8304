// Package journal keeps the journal of a program that orders numbers in a
// file: what it was about to order, and what became of it.
//
//	j, err := journal.Open("orders.journal")
//	if err != nil {
//		return err
//	}
//	defer j.Close()
//
//	account := numbers.Account{Name: "main", Orderer: telnyx.NewOrderer(client, nil)}
//	if _, err := numbers.Recover(ctx, j, account); err != nil {
//		return err // something from before a crash is still unknown
//	}
//	o := numbers.Journaled(account.Orderer, account.Name, j)
//
// # The file
//
// It is only ever appended to, one record a line: the length of the JSON in
// bytes, its CRC-32C in hexadecimal, the JSON. A record counts when it has
// reached the disk (fsync); concurrent writers share one fsync. The file is
// readable by its owner alone, since it names customers' numbers, and never
// holds a credential.
//
// When it is opened, a last record that was cut off by a crash is dropped:
// what it announced was never sent, or can be found out by numbers.Recover. A
// record that is whole and wrong is corruption, which [Open] reports and never
// skips. One process at a time has a journal; a second one is refused.
package journal
