package vendortest

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tnkit/tnkit/numbers"
)

const (
	toySecret = "planted"
	toyLimit  = 512
)

// toy is a client of a vendor that sells things. It is right, but for what
// wrong says.
type toy struct{ Things *things }

type things struct {
	base, wrong string
	opts        *numbers.ClientOptions
}

type thing struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	Note string `json:"note"`
}

func (s *things) Get(ctx context.Context, id string) (*thing, error) {
	return s.do(ctx, "Things.Get", http.MethodGet, "/things/"+id, nil)
}

func (s *things) Create(ctx context.Context, name string) (*thing, error) {
	return s.do(ctx, "Things.Create", http.MethodPost, "/things", map[string]string{"name": name})
}

func (s *things) is(wrong string) bool { return s.wrong == wrong }

func (s *things) do(ctx context.Context, op, method, path string, body map[string]string) (*thing, error) {
	buys := method == http.MethodPost
	started := time.Now()
	for attempt := 1; ; attempt++ {
		resp, data, err := s.send(ctx, method, path, body)
		if s.opts.Logger != nil {
			s.log(op, path)
		}
		last := attempt == cmp.Or(s.opts.Retry.Attempts, 4)
		if !last && (!buys || s.is("repeats a buy")) && s.again(resp, err) {
			continue
		}
		made, failure := s.judge(resp, data, err, buys)
		if failure == nil {
			return made, nil
		}
		failure.Vendor, failure.Op = "toy", op
		if errors.Is(failure.Kind, numbers.ErrOutcomeUnknown) && !s.is("no attempt") {
			failure.Attempt = &numbers.Attempt{Vendor: "toy", Started: started}
		}
		return s.spoil(failure)
	}
}

func (s *things) send(ctx context.Context, method, path string, body map[string]string) (*http.Response, []byte, error) {
	var payload io.Reader
	if body != nil {
		data, _ := json.Marshal(body)
		if s.is("another body") {
			data = []byte(`{"name":"text","free":true}`)
		}
		payload = strings.NewReader(string(data))
	}
	if s.is("a body of a GET") && method == http.MethodGet {
		payload = strings.NewReader("{}")
	}
	if s.is("a query") {
		path += "?"
	}
	r, err := http.NewRequestWithContext(ctx, method, s.base+"/v1"+path, payload)
	if err != nil {
		return nil, nil, err
	}
	r.Header.Set("Authorization", toySecret)
	for name, value := range map[string]string{"Accept": "application/json", "Content-Type": "application/json", "Idempotency-Key": "", "Cookie": ""} {
		switch {
		case s.is("wrong " + name), s.is("wrong " + name + " of a " + method):
			r.Header.Set(name, "wrong")
		case value != "" && (name != "Content-Type" || body != nil):
			r.Header.Set(name, value)
		}
	}
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return resp, data, err
}

func (s *things) again(resp *http.Response, err error) bool {
	switch {
	case s.is("never repeats"):
		return false
	case err != nil:
		return !s.is("does not repeat a cut")
	case resp.Header.Get("Retry-After") != "":
		return false
	case s.is("repeats a 500"):
		return resp.StatusCode >= 500
	}
	return resp.StatusCode == 429 || resp.StatusCode >= 502
}

func (s *things) judge(resp *http.Response, data []byte, err error, buys bool) (*thing, *numbers.Error) {
	e := &numbers.Error{Kind: numbers.ErrVendor}
	made := new(thing)
	switch {
	case err != nil:
		e.Kind = numbers.ErrUnreachable
	case resp.StatusCode >= 300 && s.is("takes a refusal for a thing"):
		return made, nil
	case resp.StatusCode >= 300:
		e.Status = resp.StatusCode
		e.Kind = map[int]error{404: numbers.ErrNotFound, 429: numbers.ErrRateLimited}[e.Status]
		e.Kind = cmp.Or(e.Kind, numbers.ErrVendor)
		if strings.Contains(string(data), "E7") {
			e.Code = "E7"
		}
		if resp.Header.Get("Retry-After") == "7" {
			e.RetryAfter = 7 * time.Second
		}
		if s.is("shows the secret") {
			e.Err = errors.New(string(data))
		}
	case int64(len(data)) <= s.opts.MaxBodyBytes || s.opts.MaxBodyBytes == 0:
		if json.Unmarshal(data, made) == nil && (made.ID != "" || s.is("takes nothing for a thing")) {
			if s.is("loses a field") {
				made.Note = ""
			}
			return made, nil
		}
		fallthrough
	default:
		e.Status = resp.StatusCode
	}
	if buys && e.Status != 404 && e.Status != 429 && !s.is("sure of everything") {
		e.Kind = numbers.ErrOutcomeUnknown
	}
	return nil, e
}

// spoil is the error, spoiled as wrong says.
func (s *things) spoil(e *numbers.Error) (*thing, error) {
	switch s.wrong {
	case "another vendor":
		e.Vendor = "tou"
	case "another operation":
		e.Op = "Things.List"
	case "no code":
		e.Code = ""
	case "no status":
		e.Status = 0
	case "a status of a cut":
		e.Status = cmp.Or(e.Status, 500)
	case "no pause":
		e.RetryAfter = 0
	case "unknown, and rate limited":
		if errors.Is(e.Kind, numbers.ErrOutcomeUnknown) {
			e.Kind = errors.Join(e.Kind, numbers.ErrRateLimited)
		}
	case "an attempt always":
		e.Attempt = &numbers.Attempt{Started: time.Now()}
	case "an attempt of yesterday":
		if e.Attempt != nil {
			e.Attempt.Started = e.Attempt.Started.Add(-24 * time.Hour)
		}
	case "wrapped":
		return nil, fmt.Errorf("toy: %w", e)
	case "a result beside the error":
		return &thing{ID: "7"}, e
	}
	return nil, e
}

func (s *things) log(op, path string) {
	switch {
	case s.is("logs the secret"):
		path = toySecret
	case s.is("logs the path"):
	default:
		path = ""
	}
	if s.is("logs no operation") {
		op = ""
	}
	s.opts.Logger.Info("sent", "op", op, "path", path)
}

// toyVendor are the checks of a toy that is wrong in one way, or in none.
func toyVendor(wrong string) Vendor[toy] {
	coded := func(f Fault) Fault {
		f.Code = "E7"
		return f
	}
	return Vendor[toy]{
		Name: "toy", Root: "/v1", MaxBodyBytes: toyLimit,
		Client: func(_ testing.TB, url string, change ...func(*numbers.ClientOptions)) *toy {
			return &toy{Things: &things{base: url, wrong: wrong, opts: Options(url, change...)}}
		},
		Header: func(tb testing.TB, _ Operation[toy], h http.Header) {
			tb.Helper()
			if h.Get("Authorization") != toySecret {
				tb.Errorf("no credential")
			}
		},
		Operations: []Operation[toy]{
			{
				Name: "Things.Get", Request: "GET /things/7", Answer: "thing.response.json",
				Call: func(ctx context.Context, c *toy) (any, error) { return c.Things.Get(ctx, "7") },
			},
			{
				Name: "Things.Create", Class: Buy, Request: "POST /things", Body: "thing.create.request.json", Answer: "thing.response.json",
				Call: func(ctx context.Context, c *toy) (any, error) { return c.Things.Create(ctx, "text") },
			},
		},
		Faults: []Fault{
			Refused("404", Failing(404, ""), numbers.ErrNotFound),
			coded(Refused("429", Answer{Status: 429, Header: RetryAfter(), Body: "E7"}, numbers.ErrRateLimited)),
			coded(Unclear("500", Failing(500, "E7"), numbers.ErrVendor)),
			Unclear("503", Failing(503, ""), numbers.ErrVendor),
			Unclear("cut", Answer{Cut: true}, numbers.ErrUnreachable),
			Unclear("200 {}", Text("{}"), numbers.ErrVendor),
			Unclear("200 over the cap", Text(`{"id":"7","name":"`+strings.Repeat("x", toyLimit)+`"}`), numbers.ErrVendor),
		},
	}
}
