package account

import "time"

// SetClock replaces the clock of an Account, and what it draws the random parts of its
// pauses from. The Account must not be in use yet.
func SetClock(a *Account, clock func() time.Time, jitter func(time.Duration) time.Duration) {
	a.clock, a.jitter = clock, jitter
}

// Waiting returns for how many orders and numbers something waits.
func Waiting(a *Account) int {
	a.wake.mu.Lock()
	defer a.wake.mu.Unlock()
	return len(a.wake.readers)
}
