package decode

import (
	"context"
	"fmt"
)

// checkEvery is how many bytes are read between two looks at the context.
const checkEvery = 64 << 10

// mostNesting is where validating ends, as in encoding/json. Limits.Nesting is
// far below it.
const mostNesting = 10_000

// SyntaxError is the error of a text that is not JSON.
type SyntaxError struct{ Offset int }

func (e *SyntaxError) Error() string { return fmt.Sprintf("it is not JSON (byte %d)", e.Offset) }

// LimitError is the error of a text that no vendor would send.
type LimitError struct{ Reason string }

func (e *LimitError) Error() string { return e.Reason }

// scan is the first pass of the tolerant decoder. It checks the syntax, and it
// counts the elements of each array, so that a slice is made once and in its
// size.
type scan struct {
	data []byte
	pos  int
	// lists are the numbers of elements of all arrays, in the order in which the
	// arrays begin.
	lists []int32
	// most are the most elements of one array, and deepest the most arrays and
	// objects inside one another.
	most    int32
	deepest int
}

// frame is an array or an object that the scan is in.
type frame struct {
	list int32 // index in lists; -1 for an object
	size int32
}

// run reads the whole text. The error is a *SyntaxError, a *LimitError or the
// context's.
//
//nolint:gocognit // one loop for all bytes of an answer: calls for its parts cost a tenth of the speed
func (s *scan) run(ctx context.Context, limits Limits) error {
	var room [64]frame
	stack := room[:0]
	looked := 0
	for {
		if s.pos-looked > checkEvery {
			looked = s.pos
			if ctx.Err() != nil {
				return ctx.Err()
			}
		}
		// A value.
		s.space()
		switch c := s.peek(); {
		case c == '{' || c == '[':
			if len(stack) == mostNesting {
				return &LimitError{"its arrays and objects are nested too deeply to be read"}
			}
			f := frame{list: -1}
			if c == '[' {
				f.list = int32(len(s.lists))
				s.lists = append(s.lists, 0)
			}
			s.pos++
			s.space()
			stack = append(stack, f)
			s.deepest = max(s.deepest, len(stack))
			if !limits.Salvage && len(stack) > limits.Nesting {
				return &LimitError{fmt.Sprintf("it has more than %d arrays and objects inside one another", limits.Nesting)}
			}
			if s.peek() == c+2 { // ] and } stand two behind [ and {
				break // an empty one, which ends below
			}
			if c == '{' && !s.key() {
				return s.syntax()
			}
			continue
		case !s.scalar(c):
			return s.syntax()
		default:
			if len(stack) > 0 {
				stack[len(stack)-1].size++
			}
		}
		// What follows a value.
		for {
			s.space()
			if len(stack) == 0 {
				if s.pos < len(s.data) {
					return s.syntax()
				}
				return nil
			}
			top := &stack[len(stack)-1]
			closing := byte('}')
			if top.list >= 0 {
				closing = ']'
			}
			if c := s.peek(); c == closing {
				s.pos++
				if err := s.end(*top, limits); err != nil {
					return err
				}
				stack = stack[:len(stack)-1]
				if len(stack) > 0 {
					stack[len(stack)-1].size++
				}
				continue
			} else if c != ',' {
				return s.syntax()
			}
			s.pos++
			if top.list < 0 {
				s.space()
				if !s.key() {
					return s.syntax()
				}
			}
			break
		}
	}
}

// end notes the size of an array.
func (s *scan) end(f frame, limits Limits) error {
	if f.list < 0 {
		return nil
	}
	s.lists[f.list] = f.size
	s.most = max(s.most, f.size)
	if !limits.Salvage && int(f.size) > limits.Elements {
		return &LimitError{fmt.Sprintf("it has a list of more than %d elements", limits.Elements)}
	}
	return nil
}

func (s *scan) syntax() error { return &SyntaxError{s.pos} }

// peek returns the next byte; 0 at the end, which is no JSON either.
func (s *scan) peek() byte {
	if s.pos < len(s.data) {
		return s.data[s.pos]
	}
	return 0
}

func (s *scan) space() {
	for s.pos < len(s.data) {
		switch s.data[s.pos] {
		case ' ', '\n', '\r', '\t':
			s.pos++
		default:
			return
		}
	}
}

// key reads a member's name and its colon.
func (s *scan) key() bool {
	if s.peek() != '"' || !s.text() {
		return false
	}
	s.space()
	if s.peek() != ':' {
		return false
	}
	s.pos++
	return true
}

func (s *scan) scalar(c byte) bool {
	switch c {
	case '"':
		return s.text()
	case 't':
		return s.word("true")
	case 'f':
		return s.word("false")
	case 'n':
		return s.word("null")
	}
	return s.number()
}

func (s *scan) word(w string) bool {
	if len(s.data)-s.pos < len(w) || string(s.data[s.pos:s.pos+len(w)]) != w {
		return false
	}
	s.pos += len(w)
	return true
}

// text reads a string.
func (s *scan) text() bool {
	d, i := s.data, s.pos+1
	for i < len(d) {
		switch c := d[i]; {
		case c == '"':
			s.pos = i + 1
			return true
		case c < ' ':
			s.pos = i
			return false
		case c != '\\':
			i++
		case i+1 == len(d):
			s.pos = i
			return false
		case d[i+1] == 'u':
			for j := i + 2; j < i+6; j++ {
				if j >= len(d) || !isHex(d[j]) {
					s.pos = i
					return false
				}
			}
			i += 6
		default:
			switch d[i+1] {
			case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
				i += 2
			default:
				s.pos = i
				return false
			}
		}
	}
	s.pos = i
	return false
}

func isHex(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}

// number reads -12.5e+3.
func (s *scan) number() bool {
	if s.peek() == '-' {
		s.pos++
	}
	if s.peek() == '0' {
		s.pos++
	} else if !s.digits() {
		return false
	}
	if s.peek() == '.' {
		s.pos++
		if !s.digits() {
			return false
		}
	}
	if c := s.peek(); c == 'e' || c == 'E' {
		s.pos++
		if c := s.peek(); c == '+' || c == '-' {
			s.pos++
		}
		return s.digits()
	}
	return true
}

func (s *scan) digits() bool {
	start := s.pos
	for s.pos < len(s.data) && '0' <= s.data[s.pos] && s.data[s.pos] <= '9' {
		s.pos++
	}
	return s.pos > start
}
