// Package set has sets of comparable values.
package set

// Set is a set of comparable values.
type Set[T comparable] map[T]struct{}

// Of returns the set of the values in the lists.
func Of[T comparable](lists ...[]T) Set[T] {
	s := make(Set[T])
	for _, list := range lists {
		s.Add(list...)
	}
	return s
}

// Has reports whether v is in the set.
func (s Set[T]) Has(v T) bool {
	_, ok := s[v]
	return ok
}

// Add puts values into the set.
func (s Set[T]) Add(list ...T) {
	for _, v := range list {
		s[v] = struct{}{}
	}
}
