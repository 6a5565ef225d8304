package page

import "hash/maphash"

// guard finds a walk that goes round in circles, in constant memory: by
// Brent's method it holds every page against one earlier page, which moves
// forward at each power of two.
type guard[T any] struct {
	key      func(T) string
	seed     maphash.Seed
	tortoise uint64
	steps    int
	next     int
}

func newGuard[T any](key func(T) string) guard[T] {
	return guard[T]{key: key, seed: maphash.MakeSeed()}
}

// check says why the walk can't go on past this page; "" where it can.
func (g *guard[T]) check(items []T, more bool) (reason string) {
	if len(items) == 0 {
		if more {
			return "the vendor sent an empty page and says that there is more"
		}
		return ""
	}
	var h maphash.Hash
	h.SetSeed(g.seed)
	for _, item := range items {
		h.WriteString(g.key(item))
		h.WriteByte(0)
	}
	print := h.Sum64()
	if g.steps > 0 && print == g.tortoise {
		return "the vendor sent a page a second time"
	}
	if g.steps >= g.next {
		g.tortoise, g.next = print, max(1, 2*g.next)
	}
	g.steps++
	return ""
}
