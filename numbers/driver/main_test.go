package driver_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(childURL); url != "" {
		orderInChild(url)
		return
	}
	goleak.VerifyTestMain(m)
}
