package bench

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// BenchmarkSize builds two programs, stripped: one that uses net/http and
// encoding/json, and one that uses a vendor's package as well.
func BenchmarkSize(b *testing.B) {
	const plain = `package main

import ("encoding/json"; "net/http"; "os")

func main() {
	resp, err := http.Get(os.Args[1])
	if err != nil { panic(err) }
	var v map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil { panic(err) }
}
`
	const vendor = `package main

import ("context"; "encoding/json"; "net/http"; "os"; "github.com/tnkit/tnkit/telnyx")

func main() {
	resp, err := http.Get(os.Args[1])
	if err != nil { panic(err) }
	var v map[string]any
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil { panic(err) }
	c, err := telnyx.New(telnyx.APIKeyAuth("KEY"), nil)
	if err != nil { panic(err) }
	for o, err := range c.NumberOrders.All(context.Background(), nil) { _, _ = o, err }
	_, _ = c.NumberOrders.Create(context.Background(), nil)
	_, _ = telnyx.NewOrderer(c, nil).Order(context.Background(), "")
}
`
	for b.Loop() {
		small, large := build(b, plain), build(b, vendor)
		b.ReportMetric(float64(large-small)/1e6, "added-MB")
	}
}

// build compiles a program inside this module and returns its size.
func build(b *testing.B, source string) int64 {
	b.Helper()
	dir, err := os.MkdirTemp(".", "size-") //nolint:usetesting // the program must be inside the module
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(source), 0o600); err != nil {
		b.Fatal(err)
	}
	program := filepath.Join(b.TempDir(), "program")
	out, err := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", program, "./"+dir).CombinedOutput()
	if err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	info, err := os.Stat(program)
	if err != nil {
		b.Fatal(err)
	}
	return info.Size()
}
