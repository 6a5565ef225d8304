package bench

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"
)

// TestTheLoopIsFrozen asserts that the ratios of today and of earlier are to the same
// loop. A change of the loop begins a new row of figures.
func TestTheLoopIsFrozen(t *testing.T) {
	const want = "9952127a51b1b01ccf7532b677c61068591021ebdd724486d772449d2226709b"
	source, err := os.ReadFile("loop_test.go")
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(source)
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("loop_test.go has the hash %s, and had %s", got, want)
	}
}
