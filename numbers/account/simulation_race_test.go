//go:build race

package account_test

// simDefault is smaller under the race detector, which makes a history many times slower.
const simDefault = 100
