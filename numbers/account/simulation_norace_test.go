//go:build !race

package account_test

// simDefault is how many histories a plain go test lets happen.
const simDefault = 600
