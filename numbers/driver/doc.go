// Package driver has the functions for writing an Orderer for a vendor. To buy
// numbers, use package account instead.
//
// This page is the guide for a vendor that tnkit does not have. The example below is
// a complete Orderer of this kind. It can be in any module. It imports only numbers,
// driver and wire from this module.
//
// # 1. Facts
//
// Write down for each operation of the vendor: method, path, fields, what it costs,
// and what each answer means. Four facts decide how safe a purchase is. They become
// fields of numbers.Capabilities. In doubt, use the first value:
//
//   - FoundBy: an order whose answer was lost is found by nothing, by its numbers, or
//     by the caller's reference, if the vendor keeps one.
//   - DefiniteRefusals: false if a refusal may be given although the number was bought.
//   - Orphans: true if the vendor can sell a number and never list it.
//   - ListingDelay: how long an order can be missing from the listing. If this time
//     is too short, a number can be bought twice. State the source, or that the time
//     is an estimate.
//
// # 2. The vendor's client
//
// Use the vendor's SDK, or write a client with net/http, as the example does. Give it
// [Once] as its innermost transport, which sends a purchase at most once and not after
// its fence, whatever the client above it does. Values that vendors write in several
// ways (times, amounts, numbers) are types of package wire. A token is a wire.Secret.
//
// # 3. Place
//
// [Template] checks the request and returns the vendor's own one to fill in.
// [NewSending] returns the context with which the client must send it, calls
// OrderRequest.Begin at the right moment, and makes an error of the client what it
// means for a purchase (Sending.Error): after some answers nothing was bought, after
// others it is not known. [CheckPlaced] compares what was made with what was
// requested. An answer with an id is an order, also if the rest of it can't be read:
// never drop the id.
//
// Exactly one request of Place may cost money. A client that sends at most once by
// itself needs no Once: it calls Begin after all that may wait, sends no byte of the
// body after the time that Begin returns, and gives its error to [PlaceError].
// [StatusUnclear] and [StatusKind] are then the table of what a status means.
//
// # 4. Readings
//
// [Orders], [Owned] and [Offers] make sequences of the vendor's rows: they convert,
// apply the query, and drop rows that come again. The walk that yields the rows ends
// with the error, and with ErrIncomplete if it can't be shown to be complete. An
// answer without a list is an error, not an empty list. [CheckID] checks an order
// that was read by its id; [FindOrder] finds one where the vendor's answer to that
// proves nothing.
//
// A 404 is ErrNotFound only with the vendor's own body, since proxies answer with 404
// too. A state that is not documented is StatePending or NumberUnknown.
//
// # 5. What only some vendors can do
//
// Each is an interface with one method and a bit of Capabilities.Can. Declare what
// works at the vendor, and leave out the others: account.Account then returns
// errors.ErrUnsupported.
//
//   - Searcher: [CheckSearch], [Offers] and [OnePage].
//   - Quoter, Reserver: [CheckRequest]; [Poll] if a reservation is pending for a moment.
//   - Inventory: [Owned].
//   - Releaser: [Release], with three requests of the vendor's.
//   - Assigner: [CheckAssign] before anything is sent, [CheckSame] after reading the
//     number again, [Set] for the fields.
//   - Resolver: [ResolveByListing], if a missing order means at this vendor
//     something else than that it was not placed. Without it, account.Account resolves by
//     the listings.
//
// # 6. Errors
//
// Every error is an *numbers.Error. [Refused] returns one for a request that the
// Orderer refuses, [StatusError] for an answer, [Unreachable] for a request without
// an answer, and [Error] for an error of an exact client. An error must not contain a
// credential, a query string or a body.
//
// # 7. What an Orderer leaves alone
//
// It leaves Account empty in everything that it returns. It does not wait for an
// order, does not read again to find an order's outcome, and does not repeat a
// purchase: account.Account does. It reads the clock only to report when something
// happened. It is safe for concurrent use, obeys its context, and ends its
// goroutines.
//
// # 8. Tests
//
// Write a fake of the vendor from its documentation, give it to numberstest.Run and
// numberstest.RunAccount as a numberstest.Harness, and run both with -race. They
// check every promise of this page that a test can check. A failure names the
// promise.
package driver
