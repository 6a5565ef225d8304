// Package account buys telephone numbers so that a number has one buyer and an order
// one customer.
//
// An [Account] is one account at one vendor: a numbers.Orderer, a name, and a
// numbers.Journal that says who ordered which number there.
package account
