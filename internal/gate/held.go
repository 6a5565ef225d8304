package gate

import "bytes"

// Held is a body that is held back: Reader is empty until Fill lets the body out.
//
// net/http writes the headers and the body of a request in one piece if the body is a
// *bytes.Reader. Of any other reader it can't know whether it makes its reader wait, so
// it writes the headers first: that is one more system call here, and one more packet
// for the vendor.
type Held struct {
	Reader bytes.Reader
	gate   *Gate
	turn   int
}

// Hold returns the body for a new attempt, held back. It is nil if the body is a stream
// or may have left already: Next or Body then return the reason.
func (g *Gate) Hold() *Held {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.stream != nil || g.read || g.shut {
		return nil
	}
	g.turn++
	return &Held{gate: g, turn: g.turn}
}

// Fill lets the body out, at most once and only if a reader of the gate could be read
// now: Fill is then its first read. It must be called by the goroutine that is about to
// read Reader.
func (h *Held) Fill() {
	g := h.gate
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.read || g.admit(h.turn) != nil {
		return
	}
	if g.over() {
		g.refuse()
		return
	}
	g.out = true
	h.Reader.Reset(g.data)
}
