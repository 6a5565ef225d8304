package numbers

// PageOption changes how an iterator fetches its pages.
type PageOption func(*PageOptions)

// PageOptions are what the PageOptions set; iterators read them.
type PageOptions struct {
	// ReadAhead is how many pages may be fetched before they are needed.
	ReadAhead int
}

// ReadAhead lets an iterator fetch up to n pages beside the one that is needed:
// numbered pages in parallel, cursors one by one. Items come in the same
// order, and no goroutine outlives the loop. n <= 0 fetches each page when it
// is needed, which is the default.
func ReadAhead(n int) PageOption {
	return func(o *PageOptions) { o.ReadAhead = max(n, 0) }
}

// NewPageOptions applies opts, the later ones over the earlier.
func NewPageOptions(opts ...PageOption) PageOptions {
	var o PageOptions
	for _, opt := range opts {
		if opt != nil {
			opt(&o)
		}
	}
	return o
}
