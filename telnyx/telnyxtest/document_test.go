package telnyxtest_test

import (
	"bytes"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/telnyx/telnyxtest"
)

// inMemory is a fake on the clock of a bubble.
func inMemory(t *testing.T, opts telnyxtest.Options) *telnyxtest.Server {
	t.Helper()
	opts.InMemory = true
	return telnyxtest.NewServer(t, opts)
}

// part is one part of a body.
type part struct{ name, file, kind, content string }

// upload sends a body of some parts.
func upload(t *testing.T, s *telnyxtest.Server, parts ...part) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, p := range parts {
		disposition := fmt.Sprintf("form-data; name=%q", p.name)
		if p.file != "" {
			disposition += fmt.Sprintf("; filename=%q", p.file)
		}
		h := textproto.MIMEHeader{"Content-Disposition": {disposition}}
		if p.kind != "" {
			h.Set("Content-Type", p.kind)
		}
		into, err := w.CreatePart(h)
		require.NoError(t, err)
		_, err = into.Write([]byte(p.content))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return post(t, s, "/documents", w.FormDataContentType(), body.String())
}

// post sends a body of any type.
func post(t *testing.T, s *telnyxtest.Server, path, contentType, body string) answer {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+telnyxtest.APIKey)
	r.Header.Set("Content-Type", contentType)
	return do(t, s, r)
}

// uploaded is the id of a new document.
func uploaded(t *testing.T, s *telnyxtest.Server) string {
	t.Helper()
	return in[object](t, upload(t, s, part{"file", "a.pdf", "application/pdf", "%PDF"}), 200).Data["id"].(string)
}

func TestADocumentIsUploadedDescribedAndDownloaded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, telnyxtest.Options{ReviewAfter: time.Minute})
		now := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
		a := upload(t, s, part{"customer_reference", "", "", "REF 1"}, part{"file", "a b.pdf", "application/pdf", "%PDF-1.7"})
		id := in[object](t, a, 200).Data["id"].(string)
		want := `{"created_at":%q,"id":%q,"record_type":"document","updated_at":%[1]q,"av_scan_status":%[3]q,"content_type":"application/pdf",` +
			`"customer_reference":"REF 1","filename":%[4]q,"sha256":"7d67e9a4a3e8e0d54b91c6c1a3a5ce1a1a15a0bb8a8b8f1b9d9d2ce0d0a3b4f5","size":{"amount":8,"unit":"bytes"},"status":"pending"}`
		got := in[object](t, a, 200).Data
		want = strings.Replace(want, "7d67e9a4a3e8e0d54b91c6c1a3a5ce1a1a15a0bb8a8b8f1b9d9d2ce0d0a3b4f5", got["sha256"].(string), 1)
		assert.Len(t, got["sha256"], 64)
		assert.Equal(t, `{"data":`+fmt.Sprintf(want, now, id, "pending_scan", "a b.pdf")+`}`, a.body)

		time.Sleep(time.Minute)
		path := "/documents/" + id
		scanned := fmt.Sprintf(want, now, id, "scanned", "a b.pdf")
		assert.Equal(t, `{"data":`+scanned+`}`, get(t, s, path).body)
		assert.Contains(t, get(t, s, "/documents").body, scanned)

		a = get(t, s, path+"/download")
		assert.Equal(t, []any{200, "%PDF-1.7", "application/pdf"}, []any{a.status, a.body, a.header.Get("Content-Type")})
		assert.Contains(t, a.header.Get("Content-Disposition"), `filename="a b.pdf"`)

		link := in[object](t, get(t, s, path+"/download_link"), 200).Data["url"].(string)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, link, nil)
		require.NoError(t, err)
		assert.Equal(t, "%PDF-1.7", do(t, s, r).body, "without a key")
		r.URL.RawQuery = "signature=x"
		assert.Equal(t, 401, do(t, s, r).status)

		patched := in[object](t, send(t, s, "PATCH", path, `{"filename":"b.pdf","customer_reference":"REF 2"}`), 200).Data
		assert.Equal(t, []any{"b.pdf", "REF 2"}, []any{patched["filename"], patched["customer_reference"]})
		gone := in[object](t, send(t, s, "DELETE", path, ""), 200).Data
		assert.Equal(t, id, gone["id"])
		for _, path := range []string{path, path + "/download", path + "/download_link"} {
			failed(t, get(t, s, path), 404, "10005", "")
		}
		assert.Empty(t, s.Reports())
	})
}

func TestADocumentIsUploadedAsJSON(t *testing.T) {
	s := telnyxtest.NewServer(t)
	file := in[object](t, send(t, s, "POST", "/documents", `{"file":"JVBERg==","filename":"a.pdf"}`), 200).Data
	assert.Equal(t, "%PDF", get(t, s, "/documents/"+file["id"].(string)+"/download").body)
	assert.Equal(t, "application/pdf", file["content_type"])
	fetched := in[object](t, send(t, s, "POST", "/documents", `{"url":"https://files.example.com/x/b.txt","customer_reference":"R"}`), 200).Data
	assert.Equal(t, []any{"b.txt", "R"}, []any{fetched["filename"], fetched["customer_reference"]})
	for body, want := range map[string][2]string{
		`{}`:                     {"10004", "/file"},
		`{"filename":"a"}`:       {"10004", "/file"},
		`{"url":"files"}`:        {"10015", "/url"},
		`{"file":"%%%"}`:         {"10026", "/"},
		`{"filename":null}`:      {"10026", "/filename"},
		`{"file":1}`:             {"10026", "/file"},
		`{"file":null}`:          {"10026", "/file"},
		`{"filename":["a.pdf"]}`: {"10026", "/filename"},
	} {
		a := send(t, s, "POST", "/documents", body)
		if body == `{"file":"%%%"}` {
			assert.GreaterOrEqual(t, a.status, 400, a.body)
			continue
		}
		failed(t, a, 422, want[0], want[1])
	}
	assert.Len(t, in[objects](t, get(t, s, "/documents"), 200).Data, 2)
}

func TestAnUploadThatIsRefused(t *testing.T) {
	tb := &recorder{TB: t}
	s := telnyxtest.NewServer(tb)
	failed(t, upload(t, s, part{"customer_reference", "", "", "R"}), 422, "10004", "/file")
	failed(t, upload(t, s, part{"file", "", "", "R"}), 422, "10004", "/file")
	failed(t, post(t, s, "/documents", "multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nbroken"), 400, "10015", "")
	failed(t, post(t, s, "/documents", "multipart/form-data; boundary=x", "nothing"), 400, "10015", "")
	assert.Empty(t, tb.Errors())
	upload(t, s, part{"file", "a.pdf", "", "x"}, part{"filename", "", "", "b.pdf"})
	assert.Len(t, tb.Errors(), 1, "a part that Telnyx ignores")
	tb.clear()
	id := uploaded(t, s)
	a := in[object](t, send(t, s, "PATCH", "/documents/"+id, `{"status":"verified","size":{"amount":1,"unit":"bytes"}}`), 200).Data
	assert.Equal(t, "pending", a["status"])
	assert.Len(t, tb.Errors(), 2, "members that are read-only")
	tb.clear()
	in[object](t, upload(t, s, part{"file", "a.txt", "", "EICAR-STANDARD-ANTIVIRUS-TEST-FILE"}), 200)
	rows := in[objects](t, get(t, s, "/documents"), 200).Data
	assert.Equal(t, []any{"infected", "denied"}, []any{rows[0]["av_scan_status"], rows[0]["status"]})
}

func TestDocumentsAreFilteredAndSorted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, telnyxtest.Options{})
		start := time.Now().UTC()
		for _, name := range []string{"b.pdf", "a.PDF", "c.txt"} {
			upload(t, s, part{"customer_reference", "", "", strings.ToUpper(name[:1])}, part{"file", name, "", name})
			time.Sleep(time.Second)
		}
		names := func(query ...string) (list []any) {
			for _, row := range in[objects](t, get(t, s, "/documents", query...), 200).Data {
				list = append(list, row["filename"])
			}
			return list
		}
		second := start.Add(time.Second).Format(time.RFC3339Nano)
		for _, c := range []struct {
			query []string
			want  []any
		}{
			{nil, []any{"c.txt", "a.PDF", "b.pdf"}},
			{[]string{"filter[filename][contains]", "pdf"}, []any{"a.PDF", "b.pdf"}},
			{[]string{"filter[customer_reference][eq]", "B"}, []any{"b.pdf"}},
			{[]string{"filter[customer_reference][in][]", "A", "filter[customer_reference][in][]", "C"}, []any{"c.txt", "a.PDF"}},
			{[]string{"filter[customer_reference][in]", "A,C"}, []any{"c.txt", "a.PDF"}},
			{[]string{"filter[created_at][gt]", second}, []any{"c.txt"}},
			{[]string{"filter[created_at][lt]", second}, []any{"b.pdf"}},
			{[]string{"sort[]", "filename"}, []any{"a.PDF", "b.pdf", "c.txt"}},
			{[]string{"sort[]", "-filename"}, []any{"c.txt", "b.pdf", "a.PDF"}},
			{[]string{"sort[]", "created_at"}, []any{"b.pdf", "a.PDF", "c.txt"}},
			{[]string{"sort", "-updated_at"}, []any{"c.txt", "a.PDF", "b.pdf"}},
			{[]string{"page[number]", "2", "page[size]", "2"}, []any{"b.pdf"}},
		} {
			assert.Equal(t, c.want, names(c.query...), c.query)
		}
		failed(t, get(t, s, "/documents", "sort[]", "size"), 400, "10018", "sort")
		assert.Empty(t, s.Reports())
	})
}

// A document that nothing uses is gone after 30 minutes, and one that was never uploaded can't be used.
func TestARequirementNeedsADocumentThatIsThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, telnyxtest.Options{ReviewAfter: time.Hour})
		s.SetRequirements("DE", "local", telnyxtest.Requirement{ID: "d", Name: "Register", FieldType: "document"})
		group := `{"country_code":"DE","phone_number_type":"local","action":"ordering","regulatory_requirements":[{"requirement_id":"d","field_value":%q}]}`
		const never = "45f45a04-b4be-4592-95b1-9306b9db2b21"
		failed(t, send(t, s, "POST", "/requirement_groups", fmt.Sprintf(group, never)), 422, "10017", "/regulatory_requirements")
		assert.Equal(t, "[]", get(t, s, "/requirement_groups").body, "it was not made")

		late, kept := uploaded(t, s), uploaded(t, s)
		time.Sleep(30*time.Minute - time.Second)
		made := in[map[string]any](t, send(t, s, "POST", "/requirement_groups", fmt.Sprintf(group, kept)), 200)
		path := "/requirement_groups/" + made["id"].(string)
		time.Sleep(time.Second)
		failed(t, get(t, s, "/documents/"+late), 404, "10005", "")
		assert.Len(t, in[objects](t, get(t, s, "/documents"), 200).Data, 1)
		for _, id := range []string{late, never} {
			failed(t, send(t, s, "PATCH", path, fmt.Sprintf(`{"regulatory_requirements":[{"requirement_id":"d","field_value":%q}]}`, id)), 422, "10017", "/regulatory_requirements")
		}
		failed(t, send(t, s, "DELETE", "/documents/"+kept, ""), 422, "10021", "")

		order := order(t, s, "R", berlin)
		failed(t, send(t, s, "PATCH", "/sub_number_orders/"+subIDs(order)[0], fmt.Sprintf(`{"regulatory_requirements":[{"requirement_id":"d","field_value":%q}]}`, never)), 422, "10017", "/regulatory_requirements")

		in[map[string]any](t, send(t, s, "POST", path+"/submit_for_approval", ""), 200)
		assert.Equal(t, "pending", in[object](t, get(t, s, "/documents/"+kept), 200).Data["status"])
		time.Sleep(time.Hour)
		assert.Equal(t, "approved", in[map[string]any](t, get(t, s, path), 200)["status"])
		assert.Equal(t, "verified", in[object](t, get(t, s, "/documents/"+kept), 200).Data["status"])

		in[map[string]any](t, send(t, s, "DELETE", path, ""), 200)
		in[object](t, send(t, s, "DELETE", "/documents/"+kept, ""), 200)
	})
}

func TestRequirementsHaveVersions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := inMemory(t, telnyxtest.Options{})
		all := in[objects](t, get(t, s, "/requirements", "sort[]", "country_code"), 200)
		var countries []any
		for _, row := range all.Data {
			countries = append(countries, row["country_code"])
			assert.Nil(t, row["effective_end_at"])
		}
		assert.Equal(t, []any{"CH", "DE", "DK", "IT", "NO", "PT", "SE"}, countries)

		german := in[objects](t, get(t, s, "/requirements", "filter[country_code]", "DE", "filter[phone_number_type]", "local", "filter[action]", "ordering"), 200).Data
		require.Len(t, german, 1)
		path := "/requirements/" + german[0]["id"].(string)
		assert.Len(t, german[0]["requirement_types"], 2)

		now := time.Now().UTC().Format("2006-01-02T15:04:05.000000Z")
		s.SetRequirements("DE", "local", telnyxtest.Requirement{
			ID: "d", Name: "Commercial register", Description: "D", Example: "E", FieldType: "document",
			Criteria: map[string]string{"max_length": "7", "acceptable_values": "GmbH, AG", "time_limit": "T"},
		})
		kind := `{"acceptance_criteria":{"acceptable_values":["GmbH","AG"],"max_length":7,"time_limit":"T"},"created_at":"2018-01-01T00:00:00.000000Z",` +
			`"description":"D","example":"E","id":"d","name":"Commercial register","record_type":"requirement_type","type":"document","updated_at":"2018-01-01T00:00:00.000000Z"}`
		assert.Equal(t, fmt.Sprintf(`{"data":{"action":"ordering","country_code":"DE","created_at":%q,"effective_end_at":null,"effective_start_at":%[1]q,`+
			`"id":%q,"locality":"","phone_number_type":"local","record_type":"requirement","requirement_types":[%s],"updated_at":%[1]q,"version":2}}`,
			now, german[0]["id"], kind), get(t, s, path).body)
		assert.Equal(t, now, in[object](t, get(t, s, path, "version", "1"), 200).Data["effective_end_at"])
		assert.Len(t, in[objects](t, get(t, s, "/requirements", "version", "2"), 200).Data, 1)
		failed(t, get(t, s, path, "version", "3"), 404, "10005", "")
		failed(t, get(t, s, path, "version", "one"), 400, "10026", "version")
		failed(t, get(t, s, "/requirements", "filter[phone_number_type]", "mobile"), 400, "10032", "filter[phone_number_type]")
		failed(t, get(t, s, "/requirements/x"), 404, "10005", "")

		assert.Equal(t, `{"data":`+kind+`}`, get(t, s, "/requirement_types/d").body)
		failed(t, get(t, s, "/requirement_types/x"), 404, "10005", "")
		types := in[objects](t, get(t, s, "/requirement_types", "sort[]", "-name"), 200).Data
		assert.Equal(t, []any{"Commercial register", "Address matching the area code"}, []any{types[0]["name"], types[1]["name"]})
		assert.Len(t, in[objects](t, get(t, s, "/requirement_types", "filter[name][contains]", "REGISTER"), 200).Data, 1)
		assert.Empty(t, s.Reports())
	})
}
