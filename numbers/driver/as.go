package driver

import "github.com/tnkit/tnkit/numbers"

// As returns the first Orderer of type T in o's chain. The chain is o itself, and then
// the Orderer that each Unwrap() numbers.Orderer method returns. ok is false if no
// Orderer in the chain is a T.
func As[T any](o numbers.Orderer) (found T, ok bool) {
	for o != nil {
		if found, ok = o.(T); ok {
			return found, true
		}
		wrapper, wraps := o.(interface{ Unwrap() numbers.Orderer })
		if !wraps {
			break
		}
		o = wrapper.Unwrap()
	}
	return found, false
}
