package api

import (
	"encoding/binary"
	"io"
)

// What HTTP/2's tests need of RFC 9113, by hand: net/http's server can't send
// what they must.

const h2Preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

const (
	frameData     = 0x0
	frameHeaders  = 0x1
	frameReset    = 0x3
	frameSettings = 0x4
	frameGoAway   = 0x7

	flagEnd        = 0x1 // of a stream; of SETTINGS: ACK
	flagEndHeaders = 0x4
)

// Error codes.
const (
	codeNo              = 0x0
	codeProtocol        = 0x1
	codeInternal        = 0x2
	codeRefusedStream   = 0x7
	codeEnhanceYourCalm = 0xb
	codeHTTP11Required  = 0xd
)

type frame struct {
	kind, flags byte
	stream      uint32
	payload     []byte
}

func readFrame(r io.Reader) (f frame, err error) {
	head := make([]byte, 9)
	if _, err := io.ReadFull(r, head); err != nil {
		return f, err
	}
	f.payload = make([]byte, int(head[0])<<16|int(head[1])<<8|int(head[2]))
	f.kind, f.flags, f.stream = head[3], head[4], binary.BigEndian.Uint32(head[5:])&^(1<<31)
	_, err = io.ReadFull(r, f.payload)
	return f, err
}

// writeFrame reports whether the peer is still there.
func writeFrame(w io.Writer, f frame) bool {
	n := len(f.payload)
	b := []byte{byte(n >> 16), byte(n >> 8), byte(n), f.kind, f.flags}
	b = binary.BigEndian.AppendUint32(b, f.stream)
	_, err := w.Write(append(b, f.payload...))
	return err == nil
}

func word(values ...uint32) (b []byte) {
	for _, v := range values {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}
