package book

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// list has nodes in the order in which their entries started, and those of one
// time in the order in which they began.
type list []*node

func compare(a, b *node) int {
	return cmp.Or(a.entry.Started.Compare(b.entry.Started), cmp.Compare(a.seq, b.seq))
}

// change is insert or remove.
type change func(list, *node) list

// insert returns l with n, once.
func insert(l list, n *node) list {
	if len(l) == 0 || compare(l[len(l)-1], n) < 0 { // nearly always
		return append(l, n)
	}
	i, found := slices.BinarySearchFunc(l, n, compare)
	if found {
		return l
	}
	return slices.Insert(l, i, n)
}

// remove returns l without n.
func remove(l list, n *node) list {
	i, found := slices.BinarySearchFunc(l, n, compare)
	if !found {
		return l
	}
	return slices.Delete(l, i, i+1)
}

// at changes the list of a key, and removes it if it is empty.
func at[K comparable](m map[K]list, key K, n *node, change change) {
	if l := change(m[key], n); len(l) > 0 {
		m[key] = l
	} else {
		delete(m, key)
	}
}

// dropFrom removes nodes from all lists.
func dropFrom[K comparable](m map[K]list, drop func(*node) bool) {
	for key, l := range m {
		if l = slices.DeleteFunc(l, drop); len(l) > 0 {
			m[key] = l
		} else {
			delete(m, key)
		}
	}
}

// Fold returns the same text for all texts that are equal for strings.EqualFold.
func Fold(s string) string {
	if !strings.ContainsFunc(s, func(r rune) bool { return 'A' <= r && r <= 'Z' || r >= utf8.RuneSelf }) {
		return s // nearly always
	}
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		if 'a' <= r && r <= 'z' { // "k" and "s" have a third form
			return r
		}
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			if 'a' <= next && next <= 'z' {
				return next
			}
			least = min(least, next)
		}
		return least
	}, s)
}
