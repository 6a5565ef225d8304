// Package parallel runs functions side by side, with a bound, and returns when all
// have returned.
package parallel

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Panic is the panic of a function that ran side by side. It reaches the goroutine
// that called Do.
type Panic struct {
	// Value is what the function panicked with.
	Value any
	// Stack is where.
	Stack []byte
}

// Error returns the value and the stack.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap returns the value where it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Do calls f with 0 to n-1, at most limit at a time, and waits for all. limit <= 0
// is no limit. If one panics, Do panics with a *Panic after all have returned.
func Do(limit, n int, f func(i int)) {
	if limit <= 0 || limit > n {
		limit = n
	}
	var (
		wg    sync.WaitGroup
		once  sync.Once
		first *Panic
		slots = make(chan struct{}, limit)
	)
	for i := range n {
		slots <- struct{}{}
		wg.Go(func() {
			defer func() {
				if v := recover(); v != nil {
					once.Do(func() { first = &Panic{Value: v, Stack: debug.Stack()} })
				}
				<-slots
			}()
			f(i)
		})
	}
	wg.Wait()
	if first != nil {
		panic(first)
	}
}
