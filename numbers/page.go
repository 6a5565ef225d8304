package numbers

// PageOption changes how an iterator reads its pages. [ReadAhead] returns one. If
// there are several, the last one is used.
type PageOption struct{ ahead int }

// ReadAhead makes an iterator read up to n pages before they are needed, from the first
// page on. Pages that are requested by a number or a position are read in parallel. Other
// pages are read one after the other. A list without a count of its rows is not read in
// parallel. The order of the items does not change, and all goroutines end with the loop.
//
// Without ReadAhead, an iterator reads one page ahead from the third page on. With n
// <= 0 it reads each page when it is needed. The largest n is 64.
func ReadAhead(n int) PageOption { return PageOption{ahead: max(n, 0)} }

// Ahead returns the n of ReadAhead, or 0 if n was negative.
func (o PageOption) Ahead() int { return o.ahead }
