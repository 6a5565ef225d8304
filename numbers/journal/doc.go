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
// It has one record a line: the length of the JSON in bytes, its CRC-32C in hexadecimal, the
// JSON. A record is a whole entry, and replaces an earlier one with its id. It counts when it
// has reached the disk (fsync); concurrent writers share one fsync. Only its owner can read
// the file, because it has customers' numbers. It never has a credential.
//
// [Open] drops a last record that a crash cut off: what it announced was never
// sent, or can be found out by Recover. A record that is complete and wrong is
// corruption, which Open reports and never skips. A journal has one opener at a
// time; a second one is refused, in the same process too. So the attempts of the
// previous opener are over when it is opened: they can't send any more.
//
// # A long life
//
// When a quarter of the records are superseded, the journal compacts the file: it writes one
// record of each entry to a second file (the name with .new), makes it durable, and renames
// it over the first. Writers wait meanwhile, about a second for each 500,000 entries. A crash
// leaves the old file or the new one. If compaction fails, because the disk is full or the
// system does not rename open files (Windows), the file stays as it is.
//
// The memory has hashes of what entries are found by, and their places in the file: about 100
// bytes an entry. Two years of 1,000 purchases a day open in about a second and need 70 MiB.
//
// [Journal.Prune] forgets settled entries that are older than your retention, except for
// their credits: the ids of their orders. Keep entries for longer than any job is delivered
// again, because a reference that was forgotten is bought anew:
//
//	forgotten, err := book.Prune(ctx, time.Now().AddDate(-1, 0, 0))
//
// # Running it
//
// The journal checks its file before and after each record. If it was renamed, removed,
// replaced, truncated or written to by others, Begin and End fail with [ErrBroken], and so
// nothing is sent: a second process might have opened a new file at the path, and would know
// nothing of the claims in this one.
//
//   - Containers: put the file on a volume that outlives the container, on a local disk. Run
//     one replica (in Kubernetes a StatefulSet, or a Deployment with the strategy Recreate).
//     A rolling update starts the second process before the first has ended; it gets
//     ErrLocked and must try again.
//   - logrotate: exclude the file. Renaming it and copytruncate both break the journal.
//     Compaction and Prune do what rotation is for.
//   - NFS, SMB and other network file systems: don't. Their locks may be local to a machine,
//     or lost when a server restarts.
//   - Backup: copy the file at any time; a copy of a moment is complete up to its last whole
//     record. A copy that is restored has lost the claims since: before you use it, let a
//     person compare it with the vendor's orders. See SECURITY.md.
//   - Monitoring: an error that is ErrBroken needs a person. Open the journal again only when
//     it is clear why.
//
// Use package sqljournal instead if replicas run at the same time, if processes move between
// machines, if there is no local disk, or if others should query the entries.
//
// # Limits
//
// The file must be on a file system whose locks and fsync work; on a system without
// locks Open fails. A file that is lost, or restored from an older copy, has lost its claims:
// see SECURITY.md.
package journal
