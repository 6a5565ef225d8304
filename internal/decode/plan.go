package decode

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// plan is how values of a type are read.
type plan struct {
	typ reflect.Type
	// custom: the type has UnmarshalJSON; text: it has UnmarshalText.
	custom, text bool
	elem         *plan // of a pointer, a slice or a map
	fields       []field
	byName       map[string]int
	byFold       map[string]int
	// largest is the most memory that one value inside can make room for. endless: a
	// value can have another one of its type inside. Only roots have them.
	largest uintptr
	endless bool
}

// field is a member of an object that a struct has a field for.
type field struct {
	name  string
	index []int
	isID  bool
	plan  *plan
	tag   bool
}

//nolint:gochecknoglobals // a cache of what reflection tells has no state that a caller sees
var plans sync.Map // of reflect.Type to *plan

// planOf returns the plan of a type.
func planOf(t reflect.Type) *plan {
	if p, ok := plans.Load(t); ok {
		return p.(*plan)
	}
	p := planner{}.plan(t)
	p.largest, p.endless = costOf(t)
	plans.Store(t, p)
	return p
}

// planner makes plans of types that may contain themselves.
type planner map[reflect.Type]*plan

//nolint:gochecknoglobals // constant
var (
	jsonType = reflect.TypeFor[json.Unmarshaler]()
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
)

func (made planner) plan(t reflect.Type) *plan {
	if p, ok := made[t]; ok {
		return p
	}
	p := &plan{typ: t}
	made[t] = p
	if t.Kind() != reflect.Pointer {
		p.custom = reflect.PointerTo(t).Implements(jsonType)
		p.text = reflect.PointerTo(t).Implements(textType)
	}
	if p.custom || p.text {
		return p
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		p.elem = made.plan(t.Elem())
	case reflect.Struct:
		p.fields = made.fields(t)
		p.byName, p.byFold = make(map[string]int), make(map[string]int)
		for i, f := range p.fields {
			p.byName[f.name] = i
			if fold := foldName([]byte(f.name)); p.fold(fold) < 0 {
				p.byFold[fold] = i
			}
		}
	default: // nothing is inside
	}
	return p
}

func (p *plan) fold(name string) int {
	if i, ok := p.byFold[name]; ok {
		return i
	}
	return -1
}

// field returns the field for a member; nil if there is none. As encoding/json
// does, it takes a name in another case if no field has the name itself.
func (p *plan) field(name []byte) *field {
	if i, ok := p.byName[string(name)]; ok {
		return &p.fields[i]
	}
	if i := p.fold(foldName(name)); i >= 0 {
		return &p.fields[i]
	}
	return nil
}

// layer is a struct, and where it is inside the one whose fields are looked for.
type layer struct {
	typ   reflect.Type
	index []int
}

// fields are those of a struct and of the structs embedded in it, by the rules of
// encoding/json: the least embedded one has the name, or else the one with a tag,
// or none.
func (made planner) fields(t reflect.Type) []field {
	var all []field
	taken, seen := map[string]bool{}, map[reflect.Type]bool{}
	for next := []layer{{typ: t}}; len(next) > 0; {
		var found []field
		levels := next
		next = nil
		for _, l := range levels {
			if !seen[l.typ] {
				seen[l.typ] = true
				own, embedded := made.own(l)
				found, next = append(found, own...), append(next, embedded...)
			}
		}
		for _, f := range found {
			if !taken[f.name] && dominates(f, found) {
				f.isID = isID(f.name)
				all = append(all, f)
			}
		}
		for _, f := range found {
			taken[f.name] = true
		}
	}
	return all
}

// own returns the fields of a struct itself, and the structs embedded in it.
func (made planner) own(l layer) (own []field, embedded []layer) {
	for i := range l.typ.NumField() {
		sf := l.typ.Field(i)
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		index := append(append([]int(nil), l.index...), i)
		inner := sf.Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		switch {
		case sf.Tag.Get("json") == "-", !sf.IsExported() && (!sf.Anonymous || inner.Kind() != reflect.Struct):
		case sf.Anonymous && name == "" && inner.Kind() == reflect.Struct:
			if sf.IsExported() || sf.Type.Kind() != reflect.Pointer { // reflection can't set the others
				embedded = append(embedded, layer{inner, index})
			}
		case !sf.IsExported():
		case name == "":
			own = append(own, field{name: sf.Name, index: index, plan: made.plan(sf.Type)})
		default:
			own = append(own, field{name: name, index: index, plan: made.plan(sf.Type), tag: true})
		}
	}
	return own, embedded
}

// dominates reports whether f is the one field of its name among those of a level.
func dominates(f field, found []field) bool {
	same, tagged := 0, 0
	for _, g := range found {
		if g.name == f.name {
			same++
			if g.tag {
				tagged++
			}
		}
	}
	return same == 1 || f.tag && tagged == 1
}

// isID reports whether a member of this name is an id, or a list of ids: a
// vendor that begins to send ids as numbers still means the same ones.
func isID(name string) bool {
	for _, end := range []string{"id", "ids", "uuid", "uuids"} {
		if rest, ok := strings.CutSuffix(name, end); ok && (rest == "" || strings.HasSuffix(rest, "_")) {
			return true
		}
	}
	return false
}

// foldName is the same for names that differ in case alone.
func foldName(name []byte) string {
	b := make([]byte, 0, len(name))
	for len(name) > 0 {
		r, n := utf8.DecodeRune(name)
		name = name[n:]
		for {
			next := unicode.SimpleFold(r)
			if next <= r {
				r = next // the least of them
				break
			}
			r = next
		}
		b = utf8.AppendRune(b, r)
	}
	return string(b)
}

// costOf returns the most memory that one value inside a value of a type can make
// room for, and whether values of the type nest without end.
func costOf(t reflect.Type) (largest uintptr, endless bool) {
	c := coster{done: map[reflect.Type]bool{}, inside: map[reflect.Type]bool{}}
	c.visit(t)
	return c.largest, c.endless
}

type coster struct {
	largest      uintptr
	endless      bool
	done, inside map[reflect.Type]bool
}

func (c *coster) visit(t reflect.Type) {
	if c.inside[t] {
		c.endless = true
		return
	}
	if c.done[t] {
		return
	}
	c.inside[t] = true
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		c.largest = max(c.largest, t.Elem().Size())
		c.visit(t.Elem())
	case reflect.Map:
		c.largest = max(c.largest, mapEntry(t))
		c.visit(t.Elem())
	case reflect.Array:
		c.visit(t.Elem())
	case reflect.Struct:
		for i := range t.NumField() {
			c.visit(t.Field(i).Type)
		}
	default: // nothing is inside
	}
	delete(c.inside, t)
	c.done[t] = true
}

// mapEntry is about what an entry of a map takes.
func mapEntry(t reflect.Type) uintptr { return 2*(t.Key().Size()+t.Elem().Size()) + 16 }
