package fake

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"sync"
)

// IDs makes ids that look random, never repeat, and are the same in every run.
type IDs struct {
	seed string
	mu   sync.Mutex
	n    uint64
}

// NewIDs returns a source of ids; equal seeds give equal ids.
func NewIDs(seed string) *IDs { return &IDs{seed: seed} }

func (g *IDs) next() ([sha256.Size]byte, uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.n++
	return sha256.Sum256(binary.BigEndian.AppendUint64([]byte(g.seed), g.n)), g.n
}

// UUID returns the next id as a version 4 UUID in lower case.
func (g *IDs) UUID() string {
	b, _ := g.next()
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}

// Decimal returns the next id as a decimal number of 19 digits, which fits an int64.
func (g *IDs) Decimal() string {
	_, n := g.next()
	start := sha256.Sum256([]byte(g.seed))
	// An odd factor permutes the residues of a power of two, so ids differ; the offset fixes the length.
	const mask = 1<<61 - 1
	n = n*0x9E3779B97F4A7C15 + binary.BigEndian.Uint64(start[:])
	return strconv.FormatUint(1_000_000_000_000_000_000+n&mask, 10)
}

// Hex returns the next id as 32 hexadecimal digits in lower case.
func (g *IDs) Hex() string {
	b, _ := g.next()
	return fmt.Sprintf("%x", b[:16])
}
