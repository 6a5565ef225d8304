package journal

import (
	"errors"
	"fmt"
	"io"
)

// source is the file from which records are read. Compaction replaces it. The file stays
// open until its last reader has ended.
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
		_ = s.file.Close() // the new file has all its records
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

// stream reads all records, one after the other. It returns the position where they end,
// and errTorn if a cut-off record follows. The arguments of yield are valid until yield
// returns.
func (s *source) stream(size int64, yield func(offset int64, line, body []byte) error) (end int64, err error) {
	buffer := make([]byte, 0, min(size, 1<<20))
	for read := int64(0); ; {
		if len(buffer) == cap(buffer) { // the record is longer than the buffer
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
		rest, whole, err := records(buffer, end, yield)
		end += whole
		if err != nil {
			return end, err
		}
		if read == size {
			if len(rest) > 0 {
				return end, errTorn
			}
			return end, nil
		}
		buffer = buffer[:copy(buffer, rest)]
	}
}

// records yields the records at the start of data, which begins at an offset of the file.
// It returns the size of these records, and the rest, which is a cut-off record.
func records(data []byte, offset int64, yield func(offset int64, line, body []byte) error) (rest []byte, size int64, err error) {
	for len(data) > 0 {
		body, n, err := frame(data)
		if errors.Is(err, errTorn) {
			break
		}
		if err == nil {
			err = yield(offset+size, data[:n], body)
		}
		if err != nil {
			return nil, size, fmt.Errorf("%w: record at byte %d: %w", ErrCorrupt, offset+size, err)
		}
		size += int64(n)
		data = data[n:]
	}
	return data, size, nil
}
