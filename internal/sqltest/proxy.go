package sqltest

import (
	"errors"
	"io"
	"net"
	"path/filepath"
	"sync"
	"time"
)

// Cut is where a Proxy cuts a connection.
type Cut int

const (
	// CutNothing forwards what the client sent.
	CutNothing Cut = iota
	// CutBefore drops what the client sent.
	CutBefore
	// CutInside forwards half of it.
	CutInside
	// CutAfter forwards it all, and cuts while the server works.
	CutAfter
	// CutAnswer waits for the server's answer and drops it.
	CutAnswer
	// CutInAnswer forwards half of the answer.
	CutInAnswer
	// CutLate cuts the client off at once, and forwards what it sent after a while.
	CutLate
)

// Cuts are all ways to cut a connection.
func Cuts() []Cut { return []Cut{CutBefore, CutInside, CutAfter, CutAnswer, CutInAnswer, CutLate} }

// Proxy is a socket before a PostgreSQL server that cuts connections.
type Proxy struct {
	// Next is asked for each piece that a client sends after it has connected: a statement,
	// or a part of one. Calls may come at the same time.
	next   func() Cut
	late   time.Duration
	server string
	listen net.Listener
	wait   sync.WaitGroup
	mu     sync.Mutex
	open   map[net.Conn]bool // nil when the proxy is closed
}

const socketName = ".s.PGSQL.5432"

// StartProxy listens on a socket in dir and forwards to the server whose socket is in
// another directory.
func StartProxy(dir, server string, late time.Duration, next func() Cut) (*Proxy, error) {
	listen, err := net.Listen("unix", filepath.Join(dir, socketName))
	if err != nil {
		return nil, err
	}
	p := &Proxy{next: next, late: late, server: filepath.Join(server, socketName), listen: listen, open: make(map[net.Conn]bool)}
	p.wait.Go(p.accept)
	return p, nil
}

// Close cuts all connections.
func (p *Proxy) Close() error {
	err := p.listen.Close()
	p.mu.Lock()
	for c := range p.open {
		c.Close()
	}
	p.open = nil
	p.mu.Unlock()
	p.wait.Wait()
	return err
}

func (p *Proxy) accept() {
	for {
		client, err := p.listen.Accept()
		if err != nil {
			return
		}
		p.wait.Go(func() { p.serve(client) })
	}
}

// hold keeps a connection until it is let go, or reports that the proxy is closed.
func (p *Proxy) hold(c net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		return false
	}
	p.open[c] = true
	return true
}

func (p *Proxy) letGo(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.open, c)
	c.Close()
}

func (p *Proxy) serve(client net.Conn) {
	defer p.letGo(client)
	server, err := net.Dial("unix", p.server)
	if err != nil {
		return
	}
	defer p.letGo(server)
	if !p.hold(client) || !p.hold(server) {
		return
	}
	answers := make(chan Cut, 1) // what to do with the next answer
	p.wait.Go(func() { p.answer(client, server, answers) })
	buffer := make([]byte, 1<<16)
	for first := true; ; first = false {
		n, err := client.Read(buffer)
		if err != nil {
			return
		}
		cut := CutNothing
		if !first { // the client connects
			cut = p.next()
		}
		if !p.forward(client, server, buffer[:n], cut, answers) {
			return
		}
	}
}

// forward forwards a piece to the server, or cuts. It reports whether the connection goes
// on.
func (p *Proxy) forward(client, server net.Conn, piece []byte, cut Cut, answers chan<- Cut) bool {
	switch cut {
	case CutBefore:
		return false
	case CutInside:
		piece = piece[:len(piece)/2]
	case CutLate:
		client.Close()
		time.Sleep(p.late)
	case CutAfter:
		client.Close()
	case CutAnswer, CutInAnswer:
		answers <- cut
	case CutNothing:
	}
	if _, err := server.Write(piece); err != nil {
		return false
	}
	switch cut {
	case CutLate, CutAfter: // the server has read it, and works
		_ = server.SetReadDeadline(time.Now().Add(p.late))
		_, _ = io.Copy(io.Discard, server)
	case CutAnswer, CutInAnswer: // answer cuts
		_ = client.SetReadDeadline(time.Now().Add(time.Second))
		_, _ = client.Read(make([]byte, 1))
	case CutNothing:
		return true
	}
	return false
}

// answer forwards what the server sends.
func (p *Proxy) answer(client, server net.Conn, cuts <-chan Cut) {
	buffer := make([]byte, 1<<16)
	for {
		n, err := server.Read(buffer)
		if err != nil {
			if !errors.Is(err, net.ErrClosed) {
				client.Close()
			}
			return
		}
		select {
		case cut := <-cuts:
			if cut == CutInAnswer {
				_, _ = client.Write(buffer[:n/2])
			}
			client.Close()
			return
		default:
		}
		if _, err := client.Write(buffer[:n]); err != nil {
			return
		}
	}
}
