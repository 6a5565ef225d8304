package journal

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

// facts has the fields of a record that the index uses.
type facts struct {
	id, scope, account, purchase, reference, order []byte

	numbers [][]byte // the numbers of the attempt, and the held numbers
	started time.Time
	status  numbers.EntryStatus
	held    bool // End.Held has numbers
	credit  bool // the record is a credit: account and order
}

// scan reads the facts of a record's JSON into f, whose numbers it reuses. They are parts
// of body. Decoding the JSON would take ten times as long, and a file has many records.
// JSON with an escape sequence is decoded instead.
func (f *facts) scan(body []byte) error {
	*f = facts{numbers: f.numbers[:0]}
	if bytes.IndexByte(body, '\\') < 0 {
		s := scanner{rest: body}
		s.object(func(key []byte) {
			switch string(key) {
			case "attempt":
				s.object(func(key []byte) { f.attempt(&s, key) })
			case "end":
				s.object(func(key []byte) { f.end(&s, key) })
			case "forgotten":
				f.credit = true
				s.object(func(key []byte) { f.forgotten(&s, key) })
			default:
				s.skip()
			}
		})
		if !s.bad && len(s.rest) == 0 {
			return f.check()
		}
	}
	var r record
	if err := json.Unmarshal(body, &r); err != nil {
		return errors.New("it is not the JSON of a record")
	}
	f.of(r)
	return f.check()
}

func (f *facts) check() error {
	if (len(f.id) == 0) != f.credit {
		return errors.New("it is neither an entry with an id nor a credit")
	}
	if len(f.scope) == 0 {
		f.scope = f.account
	}
	return nil
}

// of copies the facts of a record.
func (f *facts) of(r record) {
	*f = facts{numbers: f.numbers[:0]}
	if r.Forgotten != nil {
		f.credit, f.id, f.account, f.order = true, []byte(r.ID), []byte(r.Forgotten.Account), []byte(r.Forgotten.Order)
		return
	}
	f.id, f.scope, f.account = []byte(r.ID), []byte(r.ReferenceScope()), []byte(r.Account)
	f.purchase, f.reference, f.order = []byte(r.Purchase), []byte(r.Reference), []byte(r.End.OrderID)
	f.started, f.status, f.held = r.Started, r.End.Status, len(r.End.Held) > 0
	for _, list := range [][]numbers.E164{r.Numbers, r.End.Held} {
		for _, n := range list {
			f.numbers = append(f.numbers, []byte(n))
		}
	}
}

func (f *facts) attempt(s *scanner, key []byte) {
	switch string(key) {
	case "id":
		f.id = s.text()
	case "account":
		f.account = s.text()
	case "scope":
		f.scope = s.text()
	case "purchase":
		f.purchase = s.text()
	case "reference":
		f.reference = s.text()
	case "numbers":
		s.list(func() { f.numbers = append(f.numbers, s.text()) })
	case "started":
		if f.started.UnmarshalText(s.text()) != nil {
			s.bad = true
		}
	default:
		s.skip()
	}
}

func (f *facts) end(s *scanner, key []byte) {
	switch string(key) {
	case "status":
		f.status = numbers.EntryStatus(s.text())
	case "order_id":
		f.order = s.text()
	case "held":
		s.list(func() { f.numbers, f.held = append(f.numbers, s.text()), true })
	default:
		s.skip()
	}
}

func (f *facts) forgotten(s *scanner, key []byte) {
	switch string(key) {
	case "account":
		f.account = s.text()
	case "order":
		f.order = s.text()
	default:
		s.skip()
	}
}

// scanner reads JSON that has neither spaces nor escape sequences. For other JSON it sets
// bad, and then reads nothing more.
type scanner struct {
	rest []byte
	bad  bool
}

// take reads c if it is the next byte.
func (s *scanner) take(c byte) bool {
	if s.bad || len(s.rest) == 0 || s.rest[0] != c {
		return false
	}
	s.rest = s.rest[1:]
	return true
}

func (s *scanner) must(c byte) {
	if !s.take(c) {
		s.bad = true
	}
}

func (s *scanner) text() []byte {
	s.must('"')
	end := bytes.IndexByte(s.rest, '"')
	if s.bad || end < 0 {
		s.bad = true
		return nil
	}
	text := s.rest[:end]
	s.rest = s.rest[end+1:]
	return text
}

func (s *scanner) object(member func(key []byte)) {
	s.must('{')
	if s.take('}') {
		return
	}
	for !s.bad {
		key := s.text()
		s.must(':')
		if s.bad {
			return
		}
		member(key)
		if !s.take(',') {
			s.must('}')
			return
		}
	}
}

func (s *scanner) list(value func()) {
	if s.take('n') { // null
		s.rest = bytes.TrimPrefix(s.rest, []byte("ull"))
		return
	}
	s.must('[')
	if s.take(']') {
		return
	}
	for !s.bad {
		value()
		if !s.take(',') {
			s.must(']')
			return
		}
	}
}

// skip skips a value. Lists have no objects in them.
func (s *scanner) skip() {
	switch {
	case s.bad || len(s.rest) == 0:
		s.bad = true
	case s.rest[0] == '"':
		s.text()
	case s.rest[0] == '{':
		s.object(func([]byte) { s.skip() })
	case s.rest[0] == '[':
		s.list(s.skip)
	default:
		end := bytes.IndexAny(s.rest, ",}]")
		if end <= 0 {
			s.bad = true
			return
		}
		s.rest = s.rest[end:]
	}
}
