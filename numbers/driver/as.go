package driver

import "github.com/tnkit/tnkit/numbers"

// As finds the first Orderer in o's chain of Unwrap() numbers.Orderer methods that is
// a T, beginning with o itself.
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
