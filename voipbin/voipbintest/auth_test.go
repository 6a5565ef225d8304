package voipbintest_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/voipbin/voipbintest"
)

// jwt signs claims as the server does, or with another key or algorithm.
func jwt(claims, key, alg string) string {
	encode := base64.RawURLEncoding.EncodeToString
	text := encode([]byte(`{"alg":"`+alg+`","typ":"JWT"}`)) + "." + encode([]byte(claims))
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(text))
	return text + "." + encode(mac.Sum(nil))
}

func claims(t *testing.T, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var m map[string]any
	require.NoError(t, json.Unmarshal(b, &m))
	return m
}

func TestLogin(t *testing.T) {
	at := time.Date(2026, 11, 21, 16, 10, 35, 735037000, time.UTC)
	credentials := `{"username":"` + voipbintest.Username + `","password":"` + voipbintest.Password + `"}`
	for era, want := range map[voipbintest.Era]struct {
		path, first string
		claims      []string
		cookie      string
	}{
		voipbintest.EraSeed:  {"/v1.0/order_numbers", `{"token":"`, []string{"exp", "user"}, ""},
		voipbintest.EraToday: {"/v1.0/numbers", `{"username":"admin","token":"`, []string{"agent", "expire", "type"}, "; Secure; SameSite=Strict"},
		"":                   {"/v1.0/numbers", `{"username":"admin","token":"`, []string{"agent", "exp", "expire", "type", "user"}, "; Secure; SameSite=Strict"},
	} {
		t.Run(string(era), func(t *testing.T) {
			clock := newClock(at)
			srv := voipbintest.NewServer(t, voipbintest.Options{Era: era, ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
			a := anonymous(t, srv, "POST", "/auth/login", credentials)
			require.Equal(t, 200, a.status)
			assert.True(t, strings.HasPrefix(a.body, want.first), a.body)
			var login struct {
				Token    string `json:"token"`
				Username string `json:"username"`
			}
			require.NoError(t, json.Unmarshal([]byte(a.body), &login))
			assert.Equal(t, "token="+login.Token+"; Path=/; Max-Age=604800; HttpOnly"+want.cookie, a.header.Get("Set-Cookie"))

			got := claims(t, login.Token)
			keys := []string{}
			for k := range got {
				keys = append(keys, k)
			}
			assert.ElementsMatch(t, want.claims, keys)
			if exp, ok := got["exp"]; ok {
				assert.EqualValues(t, at.Add(7*24*time.Hour).Unix(), exp)
			}
			if expire, ok := got["expire"]; ok {
				assert.Equal(t, "2026-11-28T16:10:35.735037Z", expire)
			}
			bearer := "Bearer " + login.Token
			clock.Advance(7*24*time.Hour - time.Second)
			assert.Equal(t, 200, anonymous(t, srv, "GET", want.path, "", "Authorization", bearer).status)
			clock.Advance(2 * time.Second)
			assert.Equal(t, 401, anonymous(t, srv, "GET", want.path, "", "Authorization", bearer).status)
		})
	}
}

func TestLoginRefuses(t *testing.T) {
	srv := voipbintest.NewServer(t)
	for _, body := range []string{
		`{"username":"admin","password":"wrong"}`, `{"username":"nobody","password":""}`, `{"username":`, `{"username":1}`, `{}`,
	} {
		anonymous(t, srv, "POST", "/auth/login", body).empty(t, 400)
	}
	assert.Equal(t, `{"message":"pong"}`, anonymous(t, srv, "GET", "/ping", "").body)
}

// The first credential that is present decides, good or bad.
func TestCredentialPrecedence(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Lenient: true}})
	good, key := srv.Token(voipbintest.Username), voipbintest.AccessKey
	for name, c := range map[string]struct {
		cookie, query, header string
		then, today           int
	}{
		"nothing":                             {"", "", "", 401, 401},
		"header":                              {"", "", "Bearer " + good, 200, 200},
		"header with something before":        {"", "", "xyz Bearer " + good, 200, 200},
		"header in lower case":                {"", "", "bearer " + good, 401, 401},
		"query":                               {"", "token=" + good, "", 200, 200},
		"cookie":                              {"token=" + good, "", "", 200, 200},
		"bad cookie, good query":              {"token=bad", "token=" + good, "", 401, 401},
		"bad query, good header":              {"", "token=bad", "Bearer " + good, 401, 401},
		"good query, bad header":              {"", "token=" + good, "Bearer bad", 200, 200},
		"empty query, good header":            {"", "token=", "Bearer " + good, 200, 200},
		"empty cookie, good header":           {"token=", "", "Bearer " + good, 401, 200},
		"access key in a cookie":              {"accesskey=" + key, "", "", 401, 200},
		"access key in the query":             {"", "accesskey=" + key, "", 401, 200},
		"access key as a token":               {"", "", "Bearer " + key, 401, 401},
		"bad access key in a cookie":          {"accesskey=bad", "accesskey=" + key, "", 401, 401},
		"bad header, good access key":         {"accesskey=" + key, "", "Bearer bad", 401, 401},
		"good header, bad access key":         {"accesskey=bad", "", "Bearer " + good, 200, 200},
		"empty header, good access key":       {"accesskey=" + key, "", "Bearer Bearer " + good, 401, 200},
		"empty access keys":                   {"accesskey=", "accesskey=", "", 401, 401},
		"header of another scheme, then none": {"", "", "Basic YTpi", 401, 401},
	} {
		for i, path := range bothPaths() {
			header := []string{}
			if c.cookie != "" {
				header = append(header, "Cookie", c.cookie)
			}
			if c.header != "" {
				header = append(header, "Authorization", c.header)
			}
			a := anonymous(t, srv, "GET", path+"?"+c.query, "", header...)
			assert.Equal(t, []int{c.then, c.today}[i], a.status, "%s at %s", name, path)
			if i == 0 && a.status == 401 {
				a.empty(t, 401)
			}
		}
	}
	none := anonymous(t, srv, "GET", "/v1.0/numbers", "")
	none.envelope(t, 401, "UNAUTHENTICATED", "AUTHENTICATION_REQUIRED")
	bad := anonymous(t, srv, "GET", "/v1.0/numbers", "", "Authorization", "Bearer bad")
	bad.envelope(t, 401, "UNAUTHENTICATED", "INVALID_CREDENTIALS")
	for _, report := range srv.Reports() {
		assert.NotContains(t, report, good)
		assert.NotContains(t, report, key)
	}
}

func TestTokens(t *testing.T) {
	srv := voipbintest.NewServer(t, voipbintest.Options{ServerOptions: numberstest.ServerOptions{Now: newClock(then()).Now}})
	get := func(path, token string) answer {
		return anonymous(t, srv, "GET", path, "", "Authorization", "Bearer "+token)
	}
	const key = voipbintest.SigningKey
	for _, c := range []struct {
		claims      string
		then, today int
	}{
		{`{"exp":1615054126,"user":{"username":"admin"}}`, 200, 500},
		{`{"user":{"username":"admin"}}`, 200, 500},
		{`{"exp":1614754000,"user":{"username":"admin"}}`, 401, 500},
		{`{"exp":"soon","user":{"username":"admin"}}`, 401, 500},
		{`{"exp":1615054126}`, 500, 500},
		{`{"exp":1615054126,"user":{"username":"nobody"}}`, 401, 500},
		{`{"expire":"2021-03-10T00:00:00Z","agent":{"username":"admin"}}`, 500, 200},
		{`{"expire":"2021-03-10T00:00:00Z"}`, 500, 401},
		{`{"expire":"2021-03-03T00:00:00Z","agent":{"username":"admin"}}`, 500, 401},
		{`{"expire":"soon","agent":{"username":"admin"}}`, 500, 401},
		{`[]`, 401, 401},
	} {
		for i, path := range bothPaths() {
			a := get(path, jwt(c.claims, key, "HS256"))
			assert.Equal(t, []int{c.then, c.today}[i], a.status, "%s at %s", c.claims, path)
			if a.status == http.StatusInternalServerError {
				a.empty(t, 500)
			}
		}
	}
	const good = `{"exp":1615054126,"user":{"username":"admin"}}`
	for _, token := range []string{jwt(good, "another key", "HS256"), jwt(good, key, "none"), "a.b.c", "a.b", srv.Token("nobody")} {
		get("/v1.0/order_numbers", token).empty(t, 401)
	}
}
