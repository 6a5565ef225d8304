package roundtrip

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// compare returns what differs between the tree that was sent in and the one that came out.
func (c *config) compare(want, got any) []string {
	var found []string
	c.diff(nil, want, got, &found)
	return found
}

func (c *config) diff(path []string, want, got any, found *[]string) {
	if c.isExempt(path) {
		return
	}
	if s, ok := want.(string); ok && matchAny(c.secrets, path) {
		if got != any(redacted) {
			*found = append(*found, fmt.Sprintf("%s: the secret %s came out as %s", name(path), show(s), show(got)))
		}
		return
	}
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			c.diffObjects(path, w, g, found)
			return
		}
	case []any:
		if g, ok := got.([]any); ok && len(w) == len(g) {
			for i := range w {
				c.diff(join(path, strconv.Itoa(i)), w[i], g[i], found)
			}
			return
		}
	default:
		if want == got {
			return
		}
	}
	*found = append(*found, fmt.Sprintf("%s: want %s, got %s", name(path), show(want), show(got)))
}

// diffObjects compares the members of two objects. A missing member reads as nil: null
// equals absent, except where the null has to be kept.
func (c *config) diffObjects(path []string, want, got map[string]any, found *[]string) {
	for _, key := range slices.Sorted(maps.Keys(union(want, got))) {
		at := join(path, key)
		v, sent := want[key]
		if _, kept := got[key]; sent && v == nil && !kept && matchAny(c.kept, at) {
			*found = append(*found, name(at)+": want null, got nothing")
		}
		c.diff(at, v, got[key], found)
	}
}

func union(a, b map[string]any) map[string]any {
	u := maps.Clone(a)
	maps.Copy(u, b)
	return u
}

// visit calls f with each value of the tree v, members before what holds them: its path, the value, whether it is a member
// of an object, and a func that puts another in its place. f must put the first one back.
func visit(v any, path []string, member bool, set func(any), f func(path []string, v any, member bool, set func(any))) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			visit(v[key], join(path, key), true, func(n any) { v[key] = n }, f)
		}
	case []any:
		for i := range v {
			visit(v[i], join(path, strconv.Itoa(i)), false, func(n any) { v[i] = n }, f)
		}
	}
	f(path, v, member, set)
}

// join returns the path of a member. A key with dots counts as several keys, as it does in the path of an option.
func join(path []string, key string) []string {
	return append(slices.Clip(path), strings.Split(key, ".")...)
}

func (c *config) isExempt(path []string) bool {
	for _, e := range c.exempt {
		for n := range len(path) + 1 {
			if match(split(e.path), path[:n]) {
				return true
			}
		}
	}
	return false
}

func matchAny(patterns []string, path []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return match(split(p), path) })
}

func match(pattern, path []string) bool {
	switch {
	case len(pattern) == 0:
		return len(path) == 0
	case pattern[0] == "**":
		return match(pattern[1:], path) || len(path) > 0 && match(pattern, path[1:])
	case len(path) == 0:
		return false
	}
	return (pattern[0] == "*" || pattern[0] == path[0]) && match(pattern[1:], path[1:])
}

func split(path string) []string {
	if path == "" {
		return nil
	}
	return strings.Split(path, ".")
}

func name(path []string) string {
	if len(path) == 0 {
		return "(top)"
	}
	return strings.Join(path, ".")
}

// show returns v as JSON, cut to a length that a test log can bear.
func show(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	const most = 120
	if len(b) > most {
		return string(b[:most]) + "…"
	}
	return string(b)
}
