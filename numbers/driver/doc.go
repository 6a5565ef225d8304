// Package driver has the functions for writing an Orderer for a vendor. To buy
// numbers, use package account instead.
//
// This page is the guide to writing an Orderer for a vendor that tnkit does not have. The
// example below is a complete Orderer of this kind. An Orderer can be in any module, and
// imports only numbers, driver and wire from this module.
//
// # 1. Facts
//
// For each operation of the vendor, write down its method, path, fields, costs, and the
// meaning of each answer. Four facts decide how safe a purchase is. They become fields of
// numbers.Capabilities. In doubt, use the first value:
//
//   - FoundBy: how an order is found if the answer to it was lost: not at all, by its
//     numbers, or by the caller's reference if the vendor keeps references.
//   - DefiniteRefusals: false if the vendor may refuse an order although it sold the
//     number.
//   - Orphans: true if the vendor can sell a number and never list it.
//   - ListingDelay: how long a new order can be missing from the listing. If this time is
//     too short, a number can be bought twice. State the source, or that the time is an
//     estimate.
//
// # 2. The vendor's client
//
// Use the vendor's SDK, or write a client with net/http, as the example does. Make [Once]
// its innermost transport. Once sends a purchase at most once and not after its fence,
// whatever the client does. Package wire has types for values that vendors write in
// several ways (times, amounts, numbers). A token must be a wire.Secret.
//
// # 3. Place
//
// [Template] checks the request and returns the vendor's own request, which you complete.
// [NewSending] returns the context with which the client must send that request. With
// this context, Once calls OrderRequest.Begin immediately before the request is sent.
// Sending.Error converts an error of the client into the error of Place: it reports
// whether nothing was bought, or whether the outcome is unknown. [CheckPlaced] compares
// the order with the request. An answer with an id is an order, also if the rest of it
// can't be read: never drop the id.
//
// Exactly one request of Place may cost money. A client that itself sends a purchase at
// most once does not need Once. It must call Begin after everything that may delay the
// request, must send no byte of the body after the time that Begin returns, and must pass
// its error to [PlaceError]. For such a client, [StatusUnclear] and [StatusKind] return
// the meaning of an HTTP status.
//
// # 4. Readings
//
// [Orders], [Owned] and [Offers] convert sequences of the vendor's rows. They apply the
// query and leave out repeated rows. The sequence of rows must yield its error last. It
// must yield ErrIncomplete if the listing may be incomplete. An answer without a list is
// an error, not an empty list. [CheckID] checks an order that was read by its id.
// [FindOrder] finds an order in a listing, for a vendor whose answer for an unknown id
// proves nothing.
//
// A 404 is ErrNotFound only with the vendor's own body, because proxies also answer with
// 404. An undocumented state is StatePending or NumberUnknown.
//
// # 5. What only some vendors can do
//
// Each optional ability is an interface with one method and a bit of Capabilities.Can.
// Declare only the abilities that work at the vendor. For the others, account.Account
// returns errors.ErrUnsupported. The following functions help with each of them:
//
//   - Searcher: [CheckSearch], [Offers] and [OnePage].
//   - Quoter, Reserver: [CheckRequest]; [Poll] if a reservation is pending for a moment.
//   - Inventory: [Owned].
//   - Releaser: [Release], with three requests of the vendor.
//   - Assigner: [CheckAssign] before anything is sent, [CheckSame] after the number was
//     read again, and [Set] for the fields.
//   - Resolver: [ResolveByListing]. A Resolver is needed only if a missing order does not
//     always mean at this vendor that it was not placed. Without a Resolver,
//     account.Account resolves attempts by listing orders.
//
// # 6. Errors
//
// Every error is an *numbers.Error. [Refused] returns the error of a request that the
// Orderer refuses. [StatusError] returns the error of an answer that is not a success.
// [Unreachable] returns the error of a request without an answer. [Error] converts the
// error of an exact client. An error must not contain a credential, a query string or a
// body.
//
// # 7. What an Orderer does not do
//
// An Orderer leaves the field Account of its results empty. It does not wait for an
// order, does not read again to find the outcome of an order, and does not repeat a
// purchase: account.Account does. It reads the clock only to report when something
// happened. It must be safe for concurrent use, obey its context, and end its goroutines.
//
// # 8. Tests
//
// Write a fake of the vendor from its documentation. Pass it to numberstest.Run and
// numberstest.RunAccount as a numberstest.Harness. Run both with -race. They check every
// promise of this page that a test can check. A failure names the promise.
package driver
