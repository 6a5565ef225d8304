package decode

import "bytes"

// The methods below go through a text that is known to be JSON.

func (d *decoder) space() {
	for d.pos < len(d.data) && d.data[d.pos] <= ' ' {
		d.pos++
	}
}

// peek returns the first byte of the next value.
func (d *decoder) peek() byte {
	d.space()
	if d.pos < len(d.data) {
		return d.data[d.pos]
	}
	return 0
}

// object calls member for each member, which must read its value or skip it.
func (d *decoder) object(member func(key []byte)) {
	d.pos++
	d.depth++
	for d.peek() != '}' && d.err == nil {
		start := d.pos
		d.str()
		key := d.data[start+1 : d.pos-1]
		if bytes.IndexByte(key, '\\') >= 0 {
			key = []byte(unquote(d.data[start:d.pos]))
		}
		d.space()
		d.pos++ // the colon
		member(key)
		if d.peek() == ',' {
			d.pos++
		}
	}
	d.pos++
	d.depth--
}

// array calls element for each element, which must read it or skip it.
func (d *decoder) array(element func()) {
	d.pos++
	d.lists = d.lists[1:]
	d.depth++
	for d.peek() != ']' && d.err == nil {
		element()
		if d.peek() == ',' {
			d.pos++
		}
	}
	d.pos++
	d.depth--
}

// str passes a string over.
func (d *decoder) str() {
	d.pos++
	for {
		i := bytes.IndexByte(d.data[d.pos:], '"')
		end := d.pos + i
		slashes := 0
		for j := end - 1; j >= d.pos && d.data[j] == '\\'; j-- {
			slashes++
		}
		d.pos = end + 1
		if slashes%2 == 0 {
			return
		}
	}
}

// skip passes the next value over.
func (d *decoder) skip() {
	depth := 0
	for {
		switch d.peek() {
		case '"':
			d.str()
		case '[':
			if len(d.lists) > 0 {
				d.lists = d.lists[1:]
			}
			depth++
			d.pos++
		case '{':
			depth++
			d.pos++
		case ']', '}':
			depth--
			d.pos++
		case ',', ':':
			d.pos++
		default:
			for d.pos < len(d.data) && isLiteral(d.data[d.pos]) {
				d.pos++
			}
		}
		if depth == 0 {
			return
		}
	}
}

// isLiteral reports whether a byte is part of a number, or of true, false or null.
func isLiteral(c byte) bool {
	return 'a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '+' || c == '.' || c == 'E'
}

// peekRaw returns the text of the next value.
func (d *decoder) peekRaw() []byte {
	d.space()
	ahead := decoder{data: d.data, pos: d.pos}
	ahead.skip()
	return d.data[d.pos:ahead.pos]
}
