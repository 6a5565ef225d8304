package fake

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// JSON answers with v, without HTML escaping and without a newline at the end. The content type is
// application/json unless the handler has set another. A v that can't be encoded is a panic, which the
// server reports.
func JSON(w http.ResponseWriter, status int, v any) {
	body, err := Marshal(v)
	if err != nil {
		panic(err)
	}
	Raw(w, status, "application/json", body)
}

// Raw answers with a body to the letter. The content type, if not "", holds unless the handler has set another.
func Raw(w http.ResponseWriter, status int, contentType string, body []byte) {
	if contentType != "" && w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.WriteHeader(status)
	w.Write(body)
}

// Marshal encodes v without HTML escaping and without a newline at the end.
func Marshal(v any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}

// Object is a JSON object that keeps the order of its members.
type Object []Member

// Member is one member of an Object.
type Member struct {
	Key   string
	Value any
}

// MarshalJSON encodes the members in their order.
func (o Object) MarshalJSON() ([]byte, error) {
	buf := []byte{'{'}
	for i, m := range o {
		if i > 0 {
			buf = append(buf, ',')
		}
		key, err := Marshal(m.Key)
		if err != nil {
			return nil, err
		}
		value, err := Marshal(m.Value)
		if err != nil {
			return nil, err
		}
		buf = append(append(append(buf, key...), ':'), value...)
	}
	return append(buf, '}'), nil
}
