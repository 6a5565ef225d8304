package fake

import (
	"net/http"
	"time"

	"github.com/tnkit/tnkit/numbers/numberstest"
)

// strike answers as the fault wants it.
func (x *exchange) strike(f numberstest.Fault) {
	var a answer
	switch {
	case f.Kind == numberstest.LateCommit:
		x.s.Lock()
		x.s.After(f.Delay, func() { x.ask() })
		x.s.Unlock()
	case f.Commits():
		a = x.commit()
	}
	switch f.Kind {
	case numberstest.LostReply, numberstest.LateCommit, numberstest.DroppedRequest:
		x.drop()
	case numberstest.DelayedReply:
		if !x.wait(f.Delay) {
			x.abort()
		}
		x.send(a)
	case numberstest.HangBefore, numberstest.HangAfter:
		x.hang()
	case numberstest.StatusBefore, numberstest.StatusAfter:
		x.send(x.failure(f, http.StatusServiceUnavailable))
	case numberstest.RateLimited:
		x.send(x.failure(f, http.StatusTooManyRequests))
	case numberstest.HalfBody:
		x.half(a)
		x.drop()
	case numberstest.StalledBody:
		x.half(a)
		x.hang()
	case numberstest.SlowBody:
		x.drip(a, f.Delay)
	case numberstest.GarbageBody:
		x.send(replace(a, f, "", "\x00\x1f{\"<<\xff\xfe garbage"))
	case numberstest.HTMLBody:
		x.send(replace(answer{}, f, "text/html; charset=utf-8", htmlPage))
	case numberstest.EmptyBody:
		a = replace(a, f, "", "")
		a.body = nil
		x.send(a)
	case numberstest.WrongType:
		x.send(replace(a, f, "application/json", `"ok"`))
	case numberstest.HTTP2Reset:
		x.reset(f.HTTP2Code)
	case numberstest.HTTP2GoAway:
		x.goAway(f.HTTP2Code)
	default:
	}
}

const htmlPage = "<!DOCTYPE html>\n<html><head><title>Please sign in</title></head><body><h1>Welcome</h1></body></html>\n"

// failure is the answer of the status faults.
func (x *exchange) failure(f numberstest.Fault, status int) answer {
	if f.Status != 0 {
		status = f.Status
	}
	a := answer{status: status, header: http.Header{}}
	if f.RetryAfter != "" {
		a.header.Set("Retry-After", f.RetryAfter)
	}
	if status/100 == 3 { // a client that follows it to the same place does what it did again
		a.header.Set("Location", x.r.URL.RequestURI())
	}
	if f.NoBody {
		return a
	}
	if x.s.cfg.FaultBody != nil {
		var contentType string
		contentType, a.body = x.s.cfg.FaultBody(status)
		if contentType != "" {
			a.header.Set("Content-Type", contentType)
		}
	}
	if f.Body != "" {
		a.body = []byte(f.Body)
	}
	return a
}

// replace exchanges the body of an answer; an answer that was never asked for begins as 200, JSON.
func replace(a answer, f numberstest.Fault, contentType, body string) answer {
	if a.status == 0 {
		a = answer{status: http.StatusOK, header: http.Header{"Content-Type": {"application/json"}}}
	}
	a.header = a.header.Clone()
	if contentType != "" {
		a.header.Set("Content-Type", contentType)
	}
	if f.Status != 0 {
		a.status = f.Status
	}
	if f.Body != "" {
		body = f.Body
	}
	a.body = []byte(body)
	return a
}

// abort ends the exchange without another byte: net/http closes the connection, or resets the stream of HTTP/2.
func (x *exchange) abort() { panic(http.ErrAbortHandler) }

// hang waits until the client gives up or the fake closes.
func (x *exchange) hang() {
	<-x.r.Context().Done() // closing the server closes the connection, which ends the context too
	x.abort()
}

// wait waits on the clock of package time. It reports whether anybody still wants the answer.
func (x *exchange) wait(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-x.r.Context().Done():
		return false
	}
}

// half sends an answer that announces more than it brings.
func (x *exchange) half(a answer) {
	x.head(a, max(len(a.body), 1))
	x.w.Write(a.body[:len(a.body)/2])
	x.flush()
}

// drip sends an answer byte by byte.
func (x *exchange) drip(a answer, d time.Duration) {
	x.head(a, len(a.body))
	x.flush()
	for i := range a.body {
		if !x.wait(d) {
			x.abort()
		}
		x.w.Write(a.body[i : i+1])
		x.flush()
	}
}

func (x *exchange) flush() { http.NewResponseController(x.w).Flush() }
