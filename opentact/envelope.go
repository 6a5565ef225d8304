package opentact

import (
	"bytes"
	"encoding/json"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers/wire"
)

// envelope is what OpenTact wraps every answer in, success or not. It is read
// apart from the payload: an order of today has a number under the key
// success, where the envelope has a boolean. Its values stay raw, so that an
// unexpected one spoils none of the others.
type envelope struct {
	Success json.RawMessage `json:"success"`
	Message json.RawMessage `json:"message"`
	Status  json.RawMessage `json:"status"`
	Meta    json.RawMessage `json:"meta"`
	Fields  json.RawMessage `json:"fields"`
	Payload json.RawMessage `json:"payload"`
}

// verdict is what an envelope says of success.
type verdict int

const (
	noVerdict verdict = iota // it says something else altogether
	succeeded                // or it says nothing
	refused
)

func (e *envelope) verdict() verdict {
	switch string(e.Success) {
	case "", "true", `"true"`:
		return succeeded
	case "false", `"false"`:
		return refused
	}
	return noVerdict
}

// nullable is a result for which a payload of null is an answer.
type nullable interface{ nullIs() string }

// done is the result of an operation whose payload is not documented: that it
// succeeded. It reads the envelope itself.
type done struct {
	Success wire.Bool `json:"success"`
}

// check says why an answer is no success.
func (d *done) check() string {
	if ok, _ := d.Success.Bool(); !ok {
		return "it does not say success"
	}
	return ""
}

// open returns the payload of a 2xx answer.
func open(a *api.Answer) (result []byte, isRefused bool) {
	body := bytes.TrimSpace(a.Body)
	var e envelope
	if json.Unmarshal(body, &e) != nil {
		if json.Valid(body) {
			return nil, false // no object, but what a payload may look like
		}
		return body, false // decoding it tells what is wrong
	}
	switch e.verdict() {
	case refused:
		return nil, true
	case noVerdict:
		return nil, false
	}
	if _, whole := a.Call.Into.(*done); whole {
		return body, false
	}
	if n, ok := a.Call.Into.(nullable); ok && string(e.Payload) == "null" {
		return []byte(n.nullIs()), false
	}
	return e.Payload, false
}
