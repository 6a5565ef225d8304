package journal

import (
	"errors"
	"fmt"
	"io"
)

// source is the file that records are read from. Compaction replaces it; those who read it
// still keep it open.
type source struct {
	file    file
	readers int
	retired bool
}

// release ends the use of a reader.
func (s *source) release() {
	s.readers--
	s.closeRetired()
}

// retire closes the file when its last reader has ended.
func (s *source) retire() {
	s.retired = true
	s.closeRetired()
}

func (s *source) closeRetired() {
	if s.retired && s.readers == 0 {
		_ = s.file.Close() // everything of it is in the new file
	}
}

// line returns the line of a slot.
func (s *source) line(at slot) ([]byte, error) {
	line := make([]byte, at.size)
	if n, err := s.file.ReadAt(line, at.offset); n < len(line) {
		return nil, fmt.Errorf("the record at byte %d can't be read: %w", at.offset, err)
	}
	return line, nil
}

// id returns the id of the entry in a slot.
func (s *source) id(at slot, f *facts) ([]byte, error) {
	line, err := s.line(at)
	if err != nil {
		return nil, err
	}
	body, _, err := frame(line)
	if err == nil {
		err = f.scan(body)
	}
	return f.id, err
}

// stream reads all records, one after the other. It returns where they end, and errTorn if
// something that was cut off comes after that. What yield gets is valid until it returns.
func (s *source) stream(size int64, yield func(offset int64, line, body []byte) error) (end int64, err error) {
	buffer := make([]byte, 0, min(size, 1<<20))
	for read := int64(0); ; {
		if len(buffer) == cap(buffer) { // a record that is longer
			buffer = append(buffer, make([]byte, len(buffer))...)[:len(buffer)]
		}
		free := buffer[len(buffer):cap(buffer)]
		free = free[:min(int64(len(free)), size-read)]
		n, err := s.file.ReadAt(free, read)
		if n < len(free) {
			return end, errors.Join(err, io.ErrUnexpectedEOF)
		}
		read += int64(n)
		buffer = buffer[:len(buffer)+n]
		data := buffer
		for len(data) > 0 {
			body, n, err := frame(data)
			if errors.Is(err, errTorn) {
				if read < size {
					break
				}
				return end, err
			}
			if err == nil {
				err = yield(end, data[:n], body)
			}
			if err != nil {
				return end, fmt.Errorf("%w: record at byte %d: %w", ErrCorrupt, end, err)
			}
			end += int64(n)
			data = data[n:]
		}
		if read == size {
			return end, nil
		}
		buffer = buffer[:copy(buffer, data)]
	}
}
