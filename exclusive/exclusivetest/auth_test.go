package exclusivetest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

const credentials = `{"username":"manager","password":"manager-password","domain":"tenant.example.com"}`

func TestSignIn(t *testing.T) {
	p := newPBX(t, exclusivetest.Options{MaxLoginFailures: 100})
	for _, target := range []string{signInPath, signInPath + "?qr=false"} {
		a := p.as("").post(target, credentials)
		assert.Regexp(t, `^\{"token_type":"Bearer","access_token":"[A-Z0-9]{48}","refresh_token":"[A-Z0-9]{48}","expires_in":1800\}$`, a.body)
	}
	got := p.login(signInPath, credentials)
	p.as(got.Access).get("/api/auth/user").is(200, `={"role":"Admin","password_verified":true,"password_force_reset":false}`)
	require.Equal(t, 200, p.as(got.Access).get(path).status)

	p = p.as("")
	p.post(signInPath+"?qr=1", credentials).invalid("qr")
	p.post(signInPath, `{"password":"x"}`).invalid("username")
	p.post(signInPath, `{"username":"","password":"x"}`).invalid("username")
	p.post(signInPath, `{"username":"`+strings.Repeat("u", 65)+`","password":"x"}`).invalid("username")
	p.post(signInPath, `{"username":"manager"}`).invalid("password")
	p.post(signInPath, `{"username":"manager","password":"x","domain":""}`).invalid("domain")
	p.post(signInPath, `{"username":"manager","password":"x","domain":"`+strings.Repeat("d", 281)+`"}`).invalid("domain")
	p.post(signInPath, `{"username":"manager","password":7}`).invalid("password")
	p.post(signInPath, `{"username":"manager","password":"manager-password"}`).refused(400, "UNAUTHORIZED")
	p.post(signInPath, `{"username":"manager","password":"manager-password","domain":"nowhere.example.com"}`).refused(404, "UNKNOWN")
	p.sendAs("POST", signInPath, "application/json", form()).refused(400, "UNKNOWN")
}

func TestTwoFactors(t *testing.T) {
	p := newPBX(t, exclusivetest.Options{MaxLoginFailures: 100, Tenants: []exclusivetest.Tenant{{Domain: exclusivetest.Domain, Users: []exclusivetest.User{{
		Username: exclusivetest.Username, Password: exclusivetest.Password, Permissions: []string{exclusivetest.FullAccess}, TwoFactor: true,
	}}}}})
	anybody := p.as("")
	a := anybody.post(signInPath, credentials)
	assert.Regexp(t, `^\{"two_factor_enabled":true,"token":"[A-Z0-9]{48}"\}$`, a.body)
	var first struct {
		Token string `json:"token"`
	}
	require.NoError(t, json.Unmarshal([]byte(a.body), &first))
	body := func(code string) string { return `{"token":"` + first.Token + `","code":"` + code + `"}` }

	p.as(first.Token).get(path).refused(401, "UNAUTHORIZED")
	anybody.post("/api/auth/verify_otp", body(exclusivetest.OTP)).refused(400, "UNAUTHORIZED") // nothing was sent yet
	anybody.post("/api/auth/send_otp", `{}`).invalid("token")
	anybody.post("/api/auth/send_otp", `{"token":"x"}`).refused(400, "UNKNOWN")
	anybody.post("/api/auth/send_otp", `{"token":"`+first.Token+`"}`).is(200, "")
	anybody.post("/api/auth/verify_otp", body("000000")).refused(400, "UNAUTHORIZED")
	anybody.post("/api/auth/verify_otp", `{"token":"`+first.Token+`"}`).invalid("code")
	anybody.post("/api/auth/verify_otp", `{"token":"x","code":"402719"}`).refused(400, "UNKNOWN")
	got := p.login("/api/auth/verify_otp", body(exclusivetest.OTP))
	require.Equal(t, 200, p.as(got.Access).get(path).status)
	anybody.post("/api/auth/verify_otp", body(exclusivetest.OTP)).refused(400, "UNKNOWN")

	anybody.post(tokenPath, form()).refused(400, "UNAUTHORIZED")
	anybody.post("/api/login", credentials).refused(400, "UNAUTHORIZED")
}

func TestVersions(t *testing.T) {
	weak := []exclusivetest.Tenant{{Domain: exclusivetest.Domain, Users: []exclusivetest.User{{Username: exclusivetest.Username, Password: exclusivetest.Password, Role: "QueueManager"}}}}
	for version, want := range map[string]struct {
		signIn int
		list   int
	}{"22.0": {404, 200}, "22.1.7": {404, 200}, "22.2": {200, 200}, "22.3.0": {200, 403}, "22.6": {200, 403}, "": {200, 403}} {
		p := newPBX(t, exclusivetest.Options{Version: version, Tenants: weak})
		assert.Equal(t, want.signIn, p.as("").post(signInPath, credentials).status, version)
		token := p.login(tokenPath, form()).Access
		assert.Equal(t, want.list, p.as(token).get(path).status, version)
		if want.list == 403 {
			p.as(token).post(path, `{"number":"1"}`).refused(403, "UNKNOWN")
			p.get(path+"/export").refused(403, "UNKNOWN") // the first user's token
			p.as(token).get("/api/auth/user").is(200, `{"role":"QueueManager","password_verified":true,"password_force_reset":false}`)
		}
	}
}

func TestTenantsAreStrangers(t *testing.T) {
	user := func(name string) []exclusivetest.User {
		return []exclusivetest.User{{Username: name, Password: "secret", Permissions: []string{exclusivetest.FullAccess}}}
	}
	p := newPBX(t, exclusivetest.Options{MaxLoginFailures: 100, Tenants: []exclusivetest.Tenant{
		{Domain: "one.example.com", Users: user("anna")}, {Domain: "two.example.com", Users: user("ben")},
	}})
	one := p.as(p.login(tokenPath, form("domain=one.example.com", "username=anna", "password=secret")).Access)
	two := p.as(p.IssueToken("two.example.com", "ben"))
	p.as("").post(tokenPath, form("domain=two.example.com", "username=anna", "password=secret")).refused(400, "UNAUTHORIZED")
	assert.Empty(t, p.IssueToken("two.example.com", "anna"))
	assert.Empty(t, p.IssueToken("three.example.com", "anna"))

	id := one.create("101")
	other := two.create("101")
	for _, target := range []string{path + "/" + id, path + "/" + id + "/call_queues"} {
		two.get(target).refused(404, "UNKNOWN")
	}
	two.post(path+"/"+id, `{"enabled":false}`).refused(404, "UNKNOWN")
	two.post(path+"/"+id+"/destroy", "").refused(404, "UNKNOWN")
	for _, tenant := range []*pbx{one, two} {
		count, numbers := tenant.list("")
		assert.Equal(t, 1, count)
		assert.Equal(t, []string{"101"}, numbers)
	}
	assert.Equal(t, []string{"101"}, p.Books().Duplicates())
	assert.Empty(t, p.BooksOf("").Duplicates())
	assert.Equal(t, id, p.BooksOf("").Owned()[0].OrderID)
	assert.Equal(t, other, p.BooksOf("two.example.com").Owned()[0].OrderID)
}

func TestSystemAdministrator(t *testing.T) {
	p := newPBX(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	got := p.login(tokenPath, form("domain", "username=admin", "password="+exclusivetest.SystemPassword))
	admin := p.as(got.Access)
	admin.get(path).refused(403, "UNKNOWN")
	admin.post("/api/tenants/switch?id=x", "").refused(404, "UNKNOWN")
	admin.post("/api/tenants/switch", "").refused(404, "UNKNOWN")
	p.post("/api/tenants/switch?id="+p.TenantID(exclusivetest.Domain), "").refused(403, "UNKNOWN")
	admin.post("/api/tenants/switch?id="+p.TenantID(exclusivetest.Domain), "").is(200, "")
	admin.get(path).is(200, "="+seedList)
	again := p.login("/api/auth/refresh_token", `{"refresh_token":"`+got.Refresh+`"}`)
	p.as(again.Access).get(path).is(200, "="+seedList)
	p.as(p.IssueToken("", exclusivetest.SystemUsername)).get(path).refused(403, "UNKNOWN")
	assert.Empty(t, p.IssueToken("", exclusivetest.Username))
	assert.Empty(t, p.TenantID("nowhere.example.com"))
}

func TestPortalLogin(t *testing.T) {
	p := newPBX(t, exclusivetest.Options{MaxLoginFailures: 100})
	anybody := p.as("")
	anybody.post("/api/login", `{"username":"manager"}`).invalid("password")
	anybody.post("/api/login", `{"username":"manager","password":"x","domain":"tenant.example.com"}`).refused(400, "UNAUTHORIZED")
	a := anybody.post("/api/login", credentials)
	a.is(200, "")
	set, err := http.ParseSetCookie(a.header.Get("Set-Cookie"))
	require.NoError(t, err)

	with := func(method, target string) answer {
		req, err := http.NewRequest(method, p.URL()+target, nil)
		require.NoError(t, err)
		req.AddCookie(set)
		resp, err := p.HTTPClient().Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		var status struct {
			Token     string `json:"access_token"`
			ExpiresIn int    `json:"expires_in"`
			Role      string `json:"role"`
		}
		if resp.StatusCode == 200 {
			require.NoError(t, json.NewDecoder(resp.Body).Decode(&status))
			assert.Equal(t, set.Value, status.Token)
			assert.Equal(t, "Admin", status.Role)
		}
		return answer{t, resp.StatusCode, resp.Header, ""}
	}
	assert.Equal(t, 200, with("GET", "/api/login").status)
	assert.Equal(t, 401, with("GET", path).status, "the API asks for a bearer")
	assert.Equal(t, 204, with("POST", "/api/logout").status)
	assert.Equal(t, 401, with("GET", "/api/login").status)
	anybody.post("/api/logout", "").is(204, "")

	p.get("/api/login").is(200, `={"access_token":"`+exclusivetest.Token+`","role":"Admin"}`)
	token := p.login(tokenPath, form()).Access
	assert.Regexp(t, `^\{"access_token":"`+token+`","expires_at":"[-0-9T:.]+Z","expires_in":1[78]\d\d,"role":"Admin"\}$`, p.as(token).get("/api/login").body)
	p.as(token).post("/api/logout", "").is(204, "")
	p.as(token).get(path).refused(401, "UNAUTHORIZED")
}
