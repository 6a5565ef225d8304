package exclusivetest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const (
	tokenPath  = "/api/login/oauth/token"
	revokePath = "/api/login/oauth/revoke"
	signInPath = "/api/auth/sign_in"
)

// form is the documented login of the default tenant's user, with changes: "name=value", or "name" to leave it out.
func form(changes ...string) string {
	f := url.Values{
		"grant_type": {"password"}, "username": {exclusivetest.Username}, "password": {exclusivetest.Password},
		"domain": {exclusivetest.Domain}, "scope": {"all"}, "client_id": {"9d806019-75b2-4b3d-bb8b-f5a3a412cc0a"},
	}
	for _, c := range changes {
		name, value, set := strings.Cut(c, "=")
		if f.Del(name); set {
			f.Set(name, value)
		}
	}
	return f.Encode()
}

// tokens are what a login answers.
type tokens struct {
	Access    string `json:"access_token"`
	ExpiresIn int    `json:"expires_in"`
	ExpiresAt string `json:"expires_at"`
	Refresh   string `json:"refresh_token"`
	Type      string `json:"token_type"`
}

// login sends a login and reads its tokens.
func (p *pbx) login(target, body string) (got tokens) {
	p.t.Helper()
	a := p.as("").post(target, body)
	require.Equal(p.t, 200, a.status, a.body)
	require.NoError(p.t, json.Unmarshal([]byte(a.body), &got))
	return got
}

func TestBearer(t *testing.T) {
	p := newPBX(t)
	id := p.create("101")
	for _, target := range []string{path, path + "/" + id, path + "/export", path + "/" + id + "/call_queues", path + "/" + id + "/call_queues/1/agents", "/api/auth/user", "/api/login"} {
		p.as("").get(target).refused(401, "UNAUTHORIZED")
		p.as("wrong").get(target).refused(401, "UNAUTHORIZED")
	}
	for _, target := range []string{
		path, path + "/" + id, path + "/" + id + "/destroy", path + "/" + id + "/call_queues/1/agents",
		path + "/" + id + "/call_queues/1/destroy", revokePath, "/api/auth/sign_out", "/api/tenants/switch",
	} {
		p.as("").post(target, "").refused(401, "UNAUTHORIZED")
	}
	req, err := http.NewRequest("GET", p.URL()+path, nil)
	require.NoError(t, err)
	req.SetBasicAuth(exclusivetest.Username, exclusivetest.Password)
	resp, err := p.HTTPClient().Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 401, resp.StatusCode)
	assert.Len(t, p.Rows(), 1)
}

func TestPasswordGrant(t *testing.T) {
	p := newPBX(t)
	a := p.as("").post(tokenPath, form())
	got := p.login(tokenPath, form())
	a.is(200, `{"access_token":"`+strings.Split(a.body, `"`)[3]+`","expires_in":1800,"refresh_token":"`+strings.Split(a.body, `"`)[9]+`","token_type":"Bearer"}`)
	assert.Regexp(t, `^\{"access_token":"[A-Z0-9]{48}","expires_in":1800,"refresh_token":"[A-Z0-9]{48}","token_type":"Bearer"\}$`, a.body)
	assert.NotContains(t, a.body, got.Access, "each login has tokens of its own")
	require.Equal(t, 200, p.as(got.Access).get(path).status)
	p.as(got.Refresh).get(path).refused(401, "UNAUTHORIZED")
	requests := p.Requests()
	assert.Equal(t, "token", requests[0].Op)
	assert.False(t, requests[0].Buys)
}

func TestPasswordGrantRefusals(t *testing.T) {
	p := newPBX(t, exclusivetest.Options{MaxLoginFailures: 100}).as("")
	for change, field := range map[string]string{
		"grant_type": "grant_type", "grant_type=client_credentials": "grant_type",
		"client_id": "client_id", "client_id=mine": "client_id",
		"scope": "scope", "scope=read": "scope",
		"username": "username", "username=": "username", "username=" + strings.Repeat("u", 65): "username",
		"password": "password",
		"domain=":  "domain", "domain=" + strings.Repeat("d", 281): "domain",
	} {
		p.post(tokenPath, form(change)).invalid(field)
	}
	p.sendAs("POST", tokenPath, "application/json", `{"grant_type":"password"}`).invalid("client_id")
	p.sendAs("POST", tokenPath, "text/plain", form()).invalid("client_id")
	p.sendAs("POST", tokenPath, "application/x-www-form-urlencoded", "a=%zz").refused(400, "UNKNOWN")
	p.get(tokenPath).refused(405, "UNKNOWN")

	wrong := `{"errors":[{"code":"UNAUTHORIZED","message":"Login failed, authentication error"}]}`
	p.post(tokenPath, form("password=wrong")).is(400, "="+wrong)
	p.post(tokenPath, form("password=")).is(400, "="+wrong)
	p.post(tokenPath, form("username=nobody")).is(400, "="+wrong)
	p.post(tokenPath, form("domain")).is(400, "="+wrong) // the system administrator's login
	p.post(tokenPath, form("username=admin", "password="+exclusivetest.SystemPassword)).is(400, "="+wrong)
	p.post(tokenPath, form("domain=nowhere.example.com")).refused(404, "UNKNOWN")

	for _, gone := range []string{"/api/tokens", "/api/tokens/by_extension", "/api/tokens/refresh", "/api/tokens/destroy", "/api/login/by_extension"} {
		p.post(gone, `{"username":"manager","password":"manager-password"}`).refused(404, "UNKNOWN")
	}
}

func TestLoginStrictness(t *testing.T) {
	tb := &fakeTB{TB: t}
	p := newPBX(tb)
	p.t = t
	p.post(tokenPath, form())
	tb.reported("Authorization")
	p = p.as("")
	p.post(tokenPath+"?scope=all", form())
	tb.reported(`"scope"`)
	p.post(tokenPath, form("audience=pbx"))
	tb.reported(`"audience"`)
	p.post(tokenPath, form()+"&scope=all")
	tb.reported(`"scope"`)
	p.post(signInPath, `{"username":"manager","password":"manager-password","domain":"tenant.example.com","scope":"all"}`)
	tb.reported(`"scope"`)
}

func TestExpiry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPBX(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
		first := p.as(p.login(tokenPath, form()).Access)
		p.SetExpiresIn(time.Hour)
		got := p.login(tokenPath, form())
		assert.Equal(t, 3600, got.ExpiresIn)

		time.Sleep(30*time.Minute - time.Nanosecond)
		require.Equal(t, 200, first.get(path).status)
		time.Sleep(time.Nanosecond)
		first.get(path).refused(401, "UNAUTHORIZED")
		first.post(path, `{"number":"101"}`).refused(401, "UNAUTHORIZED")
		require.Equal(t, 200, p.as(got.Access).get(path).status)
		require.Equal(t, 200, p.get(path).status, "the token that is there from the start lasts")
		p.ExpireTokens()
		p.as(got.Access).get(path).refused(401, "UNAUTHORIZED")
		p.get(path).refused(401, "UNAUTHORIZED")
		require.Equal(t, 200, p.as(p.login(tokenPath, form()).Access).get(path).status)
	})
	p := newPBX(t, exclusivetest.Options{ExpiresAt: true, ExpiresIn: time.Minute, ServerOptions: numberstest.ServerOptions{Now: func() time.Time { return time.Date(2024, 8, 20, 6, 0, 0, 0, time.UTC) }}})
	got := p.login(tokenPath, form())
	assert.Equal(t, "2024-08-20T06:01:00Z", got.ExpiresAt)
	assert.Zero(t, got.ExpiresIn)
}

func TestRefresh(t *testing.T) {
	for name, test := range map[string]struct {
		target string
		body   func(refresh string) string
	}{
		"form": {tokenPath, func(refresh string) string {
			return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {refresh}, "client_id": {exclusivetest.ClientID}}.Encode()
		}},
		"JSON": {"/api/auth/refresh_token", func(refresh string) string { return `{"refresh_token":"` + refresh + `"}` }},
	} {
		for _, revokes := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				p := newPBX(t, exclusivetest.Options{RefreshRevokes: revokes})
				first := p.login(tokenPath, form())
				second := p.login(test.target, test.body(first.Refresh))
				assert.Equal(t, 1800, second.ExpiresIn)
				assert.Equal(t, "Bearer", second.Type)
				require.Equal(t, 200, p.as(second.Access).get(path).status)
				assert.Equal(t, !revokes, p.as(first.Access).get(path).status == 200)

				const refused = `={"errors":[{"code":"UNKNOWN","message":"unknown error"}]}`
				p.as("").post(test.target, test.body(first.Refresh)).is(400, refused)
				p.as("").post(test.target, test.body("")).is(400, refused)
				p.as("").post(test.target, test.body(second.Access)).is(400, refused)
				p.ExpireTokens()
				third := p.login(test.target, test.body(second.Refresh))
				p.RevokeTokens()
				p.as("").post(test.target, test.body(third.Refresh)).is(400, refused)
				p.as(third.Access).get(path).refused(401, "UNAUTHORIZED")
			})
		}
	}
	p := newPBX(t).as("")
	p.post(tokenPath, "grant_type=refresh_token&refresh_token=x").invalid("client_id")
	p.post("/api/auth/refresh_token", `{}`).invalid("refresh_token")
	p.post("/api/auth/refresh_token", `{"refresh_token":1}`).invalid("refresh_token")
}

func TestRevokeAndSignOut(t *testing.T) {
	for _, target := range []string{revokePath, "/api/auth/sign_out"} {
		p := newPBX(t)
		got := p.login(tokenPath, form())
		p.as(got.Access).post(target, "").is(200, "")
		p.as(got.Access).get(path).refused(401, "UNAUTHORIZED")
		p.as(got.Access).post(target, "").refused(401, "UNAUTHORIZED")
		p.as("").post("/api/auth/refresh_token", `{"refresh_token":"`+got.Refresh+`"}`).refused(400, "UNKNOWN")
		require.Equal(t, 200, p.get(path).status, "other sessions go on")
	}
}

func TestTooManyFailures(t *testing.T) {
	for _, body := range []struct{ target, good, bad string }{
		{tokenPath, form(), form("password=wrong")},
		{signInPath, `{"username":"manager","password":"manager-password","domain":"tenant.example.com"}`, `{"username":"manager","password":"x","domain":"tenant.example.com"}`},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := newPBX(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{InMemory: true}})
			anybody := p.as("")
			for range 4 {
				anybody.post(body.target, body.bad).refused(400, "UNAUTHORIZED")
			}
			require.Equal(t, 200, anybody.post(body.target, body.good).status, "a good login begins the count anew")
			for range 5 {
				anybody.post(body.target, body.bad).refused(400, "UNAUTHORIZED")
			}
			anybody.post(body.target, body.good).refused(400, "DENIED")
			p.get(path).refused(403, "DENIED")
			time.Sleep(time.Hour)
			require.Equal(t, 200, anybody.post(body.target, body.good).status)
			require.Equal(t, 200, p.get(path).status)
		})
	}
	p := newPBX(t, exclusivetest.Options{MaxLoginFailures: 1, LoginFailureStatus: 401})
	p.as("").post(tokenPath, form("password=wrong")).refused(401, "UNAUTHORIZED")
	p.as("").post(tokenPath, form()).refused(401, "DENIED")
	p.Unblock()
	p.login(tokenPath, form())
}

func TestUnknownDomainBlocksNobody(t *testing.T) {
	p := newPBX(t, exclusivetest.Options{MaxLoginFailures: 1})
	for range 3 {
		p.as("").post(tokenPath, form("domain=nowhere.example.com")).refused(404, "UNKNOWN")
	}
	p.login(tokenPath, form())
}

// A PBX that issues tokens and then refuses them.
func TestTokensRefused(t *testing.T) {
	p := newPBX(t)
	p.SetTokensRefused(true)
	p.get(path).refused(401, "UNAUTHORIZED")
	fresh := p.as(p.IssueToken(exclusivetest.Domain, exclusivetest.Username))
	fresh.get(path).refused(401, "UNAUTHORIZED")
	p.SetTokensRefused(false)
	fresh.get(path).is(200, `={"count":0,"items":[]}`)
	p.get(path).is(200, `={"count":0,"items":[]}`)
}
