// Package api sends one HTTP operation of a vendor. It is a chain of small
// handlers in this order ([Client.Do], and run in exchange.go):
//
//	encode → retry( authorize → limit → begin → log → send → cap → classify ) → decode
//
// encode is first, so that bad input is refused before anything happens. retry
// is outside the handlers, because each attempt needs a fresh credential, its own
// place in the rate limit, its own log line and its own time limit.
//
// begin calls [Call.Begin], which makes the claim of a purchase and returns the
// time until which the purchase may be sent (the fence). It is after all that may
// delay a request: a login and the limiter. It runs once for each operation, and
// a later attempt (after a refused dial) keeps the same fence.
//
// cap is the end of send: it reads the whole body inside the attempt, so that a
// body that breaks off counts as a failed attempt. classify and decode turn an
// answer into a *numbers.Error or a result, by the same table for every vendor.
//
// The class of the operation decides about repeating. A Buy is sent at most once,
// and no byte of its body is sent after the fence, whatever repeats or delays it:
// package gate. What net/http can replay without a body is in replay.go.
package api
