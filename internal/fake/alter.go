package fake

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// alter lets the faults of answers that are ready alter an answer of the vendor.
func (x *exchange) alter(a answer) answer {
	s := x.s
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if !f.Kind.Alters() || f.On != (numberstest.Match{}) && !f.On.Matches(*x.row) || !json.Valid(a.body) {
			continue
		}
		body := s.altered(f.Fault, a.body)
		if bytes.Equal(body, a.body) || !f.match() {
			continue
		}
		f.fired++
		x.row.Faults = append(x.row.Faults, f.Kind)
		a.body = body
	}
	return a
}

// altered returns a JSON value as a fault wants it. What the fault does not mean stays to the letter, except for
// white space.
func (s *Server) altered(f numberstest.Fault, body []byte) []byte {
	switch f.Kind {
	case numberstest.Counts:
		return everywhere(body, func(name string, v json.RawMessage) json.RawMessage {
			if slices.Contains(s.cfg.Counts, name) && typeOf(v) == numberstest.JSONNumber {
				return json.RawMessage(f.Value)
			}
			return v
		})
	case numberstest.Reshape:
		return reshape(body, f.Shape)
	default:
	}
	drift := func(v json.RawMessage) json.RawMessage {
		if f.Value != "" {
			return json.RawMessage(f.Value)
		}
		return as(v, f.Type)
	}
	if !strings.ContainsAny(f.Path, ".[*") {
		return everywhere(body, func(name string, v json.RawMessage) json.RawMessage {
			if name == f.Path {
				return drift(v)
			}
			return v
		})
	}
	return at(body, strings.TrimPrefix(f.Path, "."), drift)
}

// everywhere changes members by their name, inner ones first.
func everywhere(v json.RawMessage, change func(name string, v json.RawMessage) json.RawMessage) json.RawMessage {
	switch typeOf(v) {
	case numberstest.JSONObject:
		return eachMember(v, func(name string, v json.RawMessage) json.RawMessage {
			return change(name, everywhere(v, change))
		})
	case numberstest.JSONArray:
		return eachElement(v, func(v json.RawMessage) json.RawMessage { return everywhere(v, change) })
	default:
	}
	return v
}

// at changes the members that a path leads to.
func at(v json.RawMessage, path string, change func(json.RawMessage) json.RawMessage) json.RawMessage {
	if path == "" {
		return change(v)
	}
	if rest, ok := strings.CutPrefix(path, "[]"); ok {
		if typeOf(v) != numberstest.JSONArray {
			return v
		}
		return eachElement(v, func(v json.RawMessage) json.RawMessage { return at(v, strings.TrimPrefix(rest, "."), change) })
	}
	if typeOf(v) != numberstest.JSONObject {
		return v
	}
	end := strings.IndexAny(path+".", ".[")
	return eachMember(v, func(name string, v json.RawMessage) json.RawMessage {
		if name != path[:end] && path[:end] != "*" {
			return v
		}
		return at(v, strings.TrimPrefix(path[end:], "."), change)
	})
}

// members returns the members of an object in their order.
func members(v json.RawMessage) Object {
	var o Object
	d := json.NewDecoder(bytes.NewReader(v))
	_, _ = d.Token()
	for d.More() {
		key, _ := d.Token()
		var value json.RawMessage
		if d.Decode(&value) != nil {
			break // not reached: v is valid
		}
		name, _ := key.(string)
		o = append(o, Member{name, value})
	}
	return o
}

func eachMember(v json.RawMessage, change func(name string, v json.RawMessage) json.RawMessage) json.RawMessage {
	o := members(v)
	for i := range o {
		raw, _ := o[i].Value.(json.RawMessage)
		o[i].Value = change(o[i].Key, raw)
	}
	return encode(o)
}

func eachElement(v json.RawMessage, change func(json.RawMessage) json.RawMessage) json.RawMessage {
	rows := elements(v)
	for i := range rows {
		rows[i] = change(rows[i])
	}
	return encode(rows)
}

func elements(v json.RawMessage) []json.RawMessage {
	rows := []json.RawMessage{}
	_ = json.Unmarshal(v, &rows)
	return rows
}

// encode writes what was made of valid JSON.
func encode(v any) json.RawMessage {
	raw, err := Marshal(v)
	if err != nil {
		panic(err)
	}
	return raw
}

// typeOf returns the type of a valid JSON value.
func typeOf(v json.RawMessage) numberstest.JSONType {
	switch v = bytes.TrimSpace(v); v[0] {
	case '{':
		return numberstest.JSONObject
	case '[':
		return numberstest.JSONArray
	case '"':
		return numberstest.JSONString
	case 't', 'f':
		return numberstest.JSONBoolean
	case 'n':
		return numberstest.JSONNull
	}
	return numberstest.JSONNumber
}

// as returns a value in another type. It says the same as far as the type can.
func as(v json.RawMessage, want numberstest.JSONType) json.RawMessage {
	have := typeOf(v)
	if have == want {
		return v
	}
	text := string(bytes.TrimSpace(v))
	if have == numberstest.JSONString {
		_ = json.Unmarshal(v, &text)
	}
	switch want {
	case numberstest.JSONString:
		if have == numberstest.JSONNumber || have == numberstest.JSONBoolean {
			return encode(text)
		}
		return json.RawMessage(`"text"`)
	case numberstest.JSONNumber:
		if _, err := strconv.ParseFloat(text, 64); err == nil && json.Valid([]byte(text)) {
			return json.RawMessage(text)
		}
		return json.RawMessage(`7`)
	case numberstest.JSONBoolean:
		return encode(text != "false" && text != "0" && text != "" && text != "null")
	case numberstest.JSONObject:
		return encode(Object{{"value", v}})
	case numberstest.JSONArray:
		return encode([]json.RawMessage{v})
	case numberstest.JSONNull:
	}
	return json.RawMessage(`null`)
}

// reshape writes a list in another shape. A list is an array at the top, or one named data, items or result there. The
// envelopes of one object stay: {"data"}, and {"success", "payload"}, whose payload takes the place of the top.
func reshape(v json.RawMessage, shape numberstest.Shape) json.RawMessage {
	if typeOf(v) != numberstest.JSONObject {
		return reshaped(v, shape)
	}
	o := members(v)
	if i := slices.IndexFunc(o, func(m Member) bool { return m.Key == "payload" }); i >= 0 {
		payload, _ := o[i].Value.(json.RawMessage)
		o[i].Value = reshaped(payload, shape)
		return encode(o)
	}
	out := reshaped(v, shape)
	if shape == numberstest.ShapeObject && slices.ContainsFunc(o, func(m Member) bool { return m.Key == "data" }) && !bytes.Equal(out, v) {
		return encode(Object{{"data", out}})
	}
	return out
}

func reshaped(v json.RawMessage, shape numberstest.Shape) json.RawMessage {
	var beside Object
	list, name := v, "data"
	if typeOf(v) == numberstest.JSONObject {
		beside = members(v)
		i := slices.IndexFunc(beside, func(m Member) bool { return slices.Contains([]string{"data", "items", "result"}, m.Key) })
		if i < 0 {
			return v
		}
		list, _ = beside[i].Value.(json.RawMessage)
		name = beside[i].Key
	}
	if typeOf(list) != numberstest.JSONArray {
		return v
	}
	rows := elements(list)
	switch shape {
	case numberstest.ShapeArray:
		return encode(rows)
	case numberstest.ShapePaged:
		return encode(Object{{"take", len(rows)}, {"skip", 0}, {"total", len(rows)}, {"data", rows}})
	case numberstest.ShapeUncounted:
		return encode(Object{{name, rows}})
	case numberstest.ShapeObject:
		if len(rows) > 0 {
			return rows[0]
		}
	case numberstest.ShapeNull:
		for i := range beside {
			if beside[i].Key == name {
				beside[i].Value = nil
				return encode(beside)
			}
		}
	}
	return json.RawMessage(`null`)
}
