// Package journal keeps a [numbers.Journal] in a file: the orders that a program is
// about to place, and their outcomes.
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
//		log.Println(err) // an order from before a crash is still unknown, and its numbers are held
//	}
//
// # The file
//
// Each line is one record: the length of the JSON in bytes, its CRC-32C in hexadecimal,
// and the JSON. A record is a whole entry, and replaces an earlier record with the same
// id. A record is valid after it has reached the disk (fsync). Concurrent writers share
// one fsync. Only the file's owner can read the file, because it has customers' numbers.
// It never has a credential.
//
// [Open] drops an incomplete last record after a crash: its order was not sent, or
// Recover finds the outcome. A record that is complete but wrong is corruption: Open
// returns an error and never skips it. Only one process can have the journal open, and
// only once. So when Open succeeds, all attempts of the previous process have ended and
// can no longer be sent.
//
// # A long life
//
// When a quarter of the records are superseded, the journal compacts the file: it
// writes one record of each entry to a second file (the name with .new), makes it
// durable, and renames it over the first. Writers wait during compaction, about a
// second for each 500,000 entries. After a crash, either the old or the new file is
// in place. If compaction fails (the disk is full, or the system can't rename open
// files, as Windows), the file is not changed.
//
// In memory, the journal keeps hashes of the search keys of the entries, and their
// positions in the file: about 100 bytes for each entry. A journal with 1,000 purchases a
// day for two years opens in about a second and needs 70 MiB.
//
// [Journal.Prune] removes settled entries that started before a time. It keeps their
// credits: the ids of their orders. Keep entries longer than a job can be delivered
// again, because a job buys again if the entry with its reference was removed:
//
//	forgotten, err := book.Prune(ctx, time.Now().AddDate(-1, 0, 0))
//
// # Running it
//
// The journal checks its file before and after each record. If another process
// renamed, removed, replaced, truncated or changed the file, Begin and End fail with
// [ErrBroken], and nothing is sent: a second process may have opened a new file at
// the path, without the claims in this file.
//
//   - Containers: put the file on a local disk, on a volume that remains when the
//     container is removed. Run one replica (in Kubernetes a StatefulSet, or a Deployment
//     with the strategy Recreate). A rolling update starts the second process before the
//     first has ended. The second process gets ErrLocked and must try again.
//   - logrotate: exclude the file. Renaming and copytruncate both break the journal.
//     Compaction and Prune replace rotation.
//   - NFS, SMB and other network file systems: do not use them. Their locks may be
//     local to a machine, or may be lost when a server restarts.
//   - Backup: copy the file at any time. A copy is complete up to its last whole
//     record. A restored copy has lost the later claims: before you use it, a person
//     must compare it with the vendor's orders. See SECURITY.md.
//   - Monitoring: after ErrBroken, a person must find the reason before the journal
//     is opened again.
//
// examples/journal is a program that lists and explains the entries, also while the journal
// is open. It can dismiss an entry.
//
// Use package sqljournal instead if replicas run at the same time, if processes move between
// machines, if there is no local disk, or if other programs should query the entries.
//
// # Limits
//
// The file must be on a file system with working locks and fsync. On a system without
// locks Open fails. If the file is lost, or restored from an older copy, its claims
// are lost: see SECURITY.md.
package journal
