package opentacttest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/tnkit/tnkit/opentact/opentacttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// answer is what came back.
type answer struct {
	t      *testing.T
	Status int
	Header http.Header
	Body   string
}

// ask sends a request with the owner's token and a JSON body, if any. Headers are pairs; an empty value removes.
func ask(t *testing.T, s *opentacttest.Server, method, path, body string, header ...string) answer {
	t.Helper()
	a, err := try(s, method, path, body, header...)
	require.NoError(t, err)
	a.t = t
	return a
}

func try(s *opentacttest.Server, method, path, body string, header ...string) (answer, error) {
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
	}
	req, err := http.NewRequest(method, s.URL()+path, r)
	if err != nil {
		return answer{}, err
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("X-Auth-Token", opentacttest.Token)
	for i := 0; i < len(header); i += 2 {
		req.Header.Del(header[i])
		if header[i+1] != "" {
			req.Header.Set(header[i], header[i+1])
		}
	}
	resp, err := s.HTTPClient().Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{Status: resp.StatusCode, Header: resp.Header, Body: string(raw)}, err
}

// payload checks that the answer is a success and returns its payload.
func (a answer) payload() any {
	a.t.Helper()
	require.Less(a.t, a.Status, 300, a.Body)
	var e struct {
		Success *bool `json:"success"`
		Payload any   `json:"payload"`
	}
	d := json.NewDecoder(strings.NewReader(a.Body))
	d.UseNumber()
	require.NoError(a.t, d.Decode(&e), a.Body)
	require.NotNil(a.t, e.Success, a.Body)
	require.True(a.t, *e.Success, a.Body)
	return e.Payload
}

// refused checks the whole error body of the 2020 and 2021 generations.
func (a answer) refused(status int, message string) {
	a.t.Helper()
	assert.Equal(a.t, status, a.Status, a.Body)
	assert.Equal(a.t, fmt.Sprintf(`{"success":false,"message":%q,"status":%d}`, message, status), a.Body)
	assert.Equal(a.t, "application/json; charset=utf-8", a.Header.Get("Content-Type"))
}

// at walks into a decoded JSON value: at(v, "data", 0, "uuid").
func at(t *testing.T, v any, path ...any) any {
	t.Helper()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			m, ok := v.(map[string]any)
			require.True(t, ok, "no object at %v of %v", p, path)
			require.Contains(t, m, p)
			v = m[p]
		case int:
			l, ok := v.([]any)
			require.True(t, ok, "no array at %v of %v", p, path)
			require.Greater(t, len(l), p, "at %v", path)
			v = l[p]
		}
	}
	return v
}

func str(t *testing.T, v any, path ...any) string {
	t.Helper()
	s, ok := at(t, v, path...).(string)
	require.True(t, ok, "no string at %v", path)
	return s
}

// compact removes the insignificant white space.
func compact(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, json.Compact(&b, []byte(text)))
	return b.String()
}

// shape is a JSON value with its keys in order and only the types of its leaves, so that an answer can be
// compared with a documented sample.
func shape(t *testing.T, text string) string {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var b strings.Builder
	inObject := []bool{}
	key := false
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return b.String()
		}
		require.NoError(t, err)
		switch v := tok.(type) {
		case json.Delim:
			b.WriteRune(rune(v))
			switch v {
			case '{', '[':
				inObject = append(inObject, v == '{')
				key = v == '{'
				continue
			}
			inObject = inObject[:len(inObject)-1]
		case string:
			if key {
				b.WriteString(v + ":")
				key = false
				continue
			}
			b.WriteString("string ")
		case json.Number:
			b.WriteString("number ")
		case bool:
			b.WriteString("bool ")
		case nil:
			b.WriteString("null ")
		}
		key = len(inObject) > 0 && inObject[len(inObject)-1]
	}
}

// keys are the keys of the object at a path, in the order in which they were sent.
func keys(t *testing.T, text string, path ...string) []string {
	t.Helper()
	raw := json.RawMessage(text)
	for _, p := range path {
		var m map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(raw, &m), "at %v", path)
		require.Contains(t, m, p)
		raw = m[p]
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	open, err := d.Token()
	require.NoError(t, err)
	require.Equal(t, json.Delim('{'), open, "at %v", path)
	var out []string
	for d.More() {
		key, err := d.Token()
		require.NoError(t, err)
		out = append(out, key.(string))
		var skip json.RawMessage
		require.NoError(t, d.Decode(&skip))
	}
	return out
}

// arrayElement is the first element of a list or a page, as it was sent.
func arrayElement(t *testing.T, text string) string {
	t.Helper()
	var e struct {
		Payload json.RawMessage `json:"payload"`
	}
	require.NoError(t, json.Unmarshal([]byte(text), &e))
	var page struct {
		Data json.RawMessage `json:"data"`
	}
	if e.Payload[0] == '{' {
		require.NoError(t, json.Unmarshal(e.Payload, &page))
		e.Payload = page.Data
	}
	var rows []json.RawMessage
	require.NoError(t, json.Unmarshal(e.Payload, &rows))
	require.NotEmpty(t, rows)
	return string(rows[0])
}
