package numbers

// PageOption changes how an iterator reads its pages. [ReadAhead] makes one. Of
// several, the last one counts.
type PageOption struct{ ahead int }

// ReadAhead makes an iterator read up to n pages before they are needed, from the
// first page on: pages that are asked for by a number or a position in parallel,
// others one after the other. A list without a count of its rows is not read in
// parallel. Items come in the same order, and no goroutine outlives the loop.
//
// Without ReadAhead, an iterator reads one page ahead from the third page on. With
// n <= 0 it reads each page when it is needed. n has an upper limit of 64.
func ReadAhead(n int) PageOption { return PageOption{ahead: max(n, 0)} }

// Ahead returns how many pages ReadAhead was given; 0 = none.
func (o PageOption) Ahead() int { return o.ahead }
