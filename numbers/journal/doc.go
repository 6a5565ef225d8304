// Package journal keeps a book of claims ([numbers.Journal]) in a file: what a
// program is about to order, and what became of it.
//
//	book, err := journal.Open("orders.journal")
//	if err != nil {
//		return err
//	}
//	defer book.Close()
//
//	acct, err := account.New("main", telnyx.NewOrderer(client, nil), &account.Options{Journal: book})
//	if err != nil {
//		return err
//	}
//	defer acct.Close()
//	if _, err := acct.Recover(ctx); err != nil {
//		log.Println(err) // something from before a crash is still unknown, and held
//	}
//
// # The file
//
// It is only ever appended to, one record a line: the length of the JSON in
// bytes, its CRC-32C in hexadecimal, the JSON. A record counts when it has
// reached the disk (fsync); concurrent writers share one fsync. Only its owner can
// read the file, because it has customers' numbers. It never has a credential.
//
// [Open] drops a last record that a crash cut off: what it announced was never
// sent, or can be found out by Recover. A record that is complete and wrong is
// corruption, which Open reports and never skips. A journal has one opener at a
// time; a second one is refused, in the same process too. So the attempts of the
// previous opener are over when it is opened: they can't send any more.
//
// # Limits
//
// The file must be on a file system whose locks and fsync work; on a system without
// locks Open fails. Replicas that run at the same time need a journal that they can share. The whole
// book is kept in memory, and nothing is forgotten. A file that is lost, or restored from
// an older copy, has lost its claims: see SECURITY.md.
package journal
