package opentacttest

// view keeps the rows that the last query of a list selected, so that reading it page by page does not filter
// and sort it anew for every page.
type view[T any] struct {
	key     string
	version int
	rows    []T
}

// get returns the rows of a query, selecting them only if the query or the state has changed.
func (v *view[T]) get(s *state, key string, sel func() []T) []T {
	if v.rows == nil || v.key != key || v.version != s.version || s.hidden > 0 {
		v.key, v.version, v.rows = key, s.version, sel()
	}
	return v.rows
}
