// Package parallel runs functions in parallel, with a limit, and returns when all have
// returned.
package parallel

import (
	"fmt"
	"runtime/debug"
	"sync"
)

// Panic is the panic of a function that ran in parallel. Do panics with it in the
// goroutine of its caller.
type Panic struct {
	// Value is the value of the panic.
	Value any
	// Stack is the stack of the panic.
	Stack []byte
}

// Error returns the value and the stack.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap returns the value if it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Do calls f with 0 to n-1, at most limit calls at the same time, and waits for all of
// them; limit <= 0 = no limit. If one panics, Do panics with a *Panic after all have
// returned.
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
