// Package api sends one HTTP operation of a vendor. It is a chain of small
// handlers, one file each, in this order:
//
//	encode → retry( authorise → limit → report → send → cap ) → classify → decode
//
// encode comes first, so that bad input is refused before anything happens.
// retry stands outside the handlers, since each attempt needs a fresh
// credential, its own place in the rate limit, its own log line and its own
// time limit. cap reads the whole body inside the attempt, so that a body that
// breaks off counts as a failed attempt. classify and decode come after the
// last attempt: they turn the answer into a result or a *numbers.Error, by the
// same table for every vendor.
//
// The class of the operation decides about repeating: a Buy is sent at most
// once, by whatever layer (gate.go, replay.go).
package api
