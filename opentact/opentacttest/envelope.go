package opentacttest

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

const contentType = "application/json; charset=utf-8"

// refusal is an error answer.
type refusal struct {
	status  int
	message string
	fields  fake.Object // what failed validation, by path; shown by the 2024 generation
	// retryAfter, if positive, is sent as a header, in whole seconds.
	retryAfter time.Duration
}

func refuse(status int, message string) *refusal { return &refusal{status: status, message: message} }

var (
	errToken     = refuse(http.StatusUnauthorized, "Unauthorized")
	errForbidden = refuse(http.StatusUnauthorized, "Forbidden")
	errNotFound  = refuse(http.StatusNotFound, "Not found")
	errBalance   = refuse(http.StatusPaymentRequired, "Not enough account balance")
)

// errorBody is the error envelope: the 2024 generation adds meta, and fields where validation failed.
func (s *state) errorBody(no *refusal) []byte {
	o := fake.Object{{Key: "success", Value: false}, {Key: "message", Value: no.message}}
	if !s.opts.OmitStatus {
		o = append(o, fake.Member{Key: "status", Value: no.status})
	}
	if s.is(Gen2024) {
		o = append(o, fake.Member{Key: "meta", Value: http.StatusText(no.status)})
		if no.fields != nil {
			o = append(o, fake.Member{Key: "fields", Value: no.fields})
		}
	}
	return encode(o)
}

// faultBody is what an injected error status says.
func (s *state) faultBody(status int) (string, []byte) {
	return contentType, s.errorBody(refuse(status, http.StatusText(status)))
}

// document is a whole answer, to be sent to the letter.
type document []byte

// send answers with a payload. Raw JSON is not encoded again, which makes long lists cheap.
func send(w http.ResponseWriter, status int, payload any) {
	w.Header().Set("Content-Type", contentType)
	switch p := payload.(type) {
	case document:
		fake.Raw(w, status, "", p)
	case json.RawMessage:
		fake.Raw(w, status, "", append(append([]byte(`{"success":true,"payload":`), p...), '}'))
	default:
		fake.JSON(w, status, fake.Object{{Key: "success", Value: true}, {Key: "payload", Value: payload}})
	}
}

// encode encodes a value of ours; one that can't be encoded is a defect, which the engine reports.
func encode(v any) []byte {
	b, err := fake.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
