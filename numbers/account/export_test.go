package account

import "time"

// SetClock replaces the clock of an Account, and what it draws the random parts of its
// pauses from. The Account must not be in use yet.
func SetClock(a *Account, clock func() time.Time, jitter func(time.Duration) time.Duration) {
	a.clock, a.jitter = clock, jitter
}
