package opentacttest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/internal/fake"
	"github.com/tnkit/tnkit/numbers/numberstest"
	"github.com/tnkit/tnkit/opentact/opentacttest"
)

func basic(email, password string) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(email+":"+password))
}

func login(t *testing.T, s *opentacttest.Server) string {
	return str(t, ask(t, s, "GET", "/auth", "", "X-Auth-Token", "", "Authorization", basic(opentacttest.Email, opentacttest.Password)).payload(), "token")
}

func TestEveryRequestNeedsAToken(t *testing.T) {
	s := opentacttest.NewServer(t)
	for name, header := range map[string][]string{
		"none":                 {"X-Auth-Token", ""},
		"wrong":                {"X-Auth-Token", "wrong"},
		"with Bearer":          {"X-Auth-Token", "Bearer " + opentacttest.Token},
		"Authorization":        {"X-Auth-Token", "", "Authorization", opentacttest.Token},
		"Authorization Bearer": {"X-Auth-Token", "", "Authorization", "Bearer " + opentacttest.Token},
		"Basic":                {"X-Auth-Token", "", "Authorization", basic(opentacttest.Email, opentacttest.Password)},
	} {
		t.Run(name, func(t *testing.T) {
			for _, r := range [][3]string{
				{"GET", "/order"}, {"POST", "/order/tn", `{"tns":[12029822917]}`}, {"POST", "/order/price", `{"tns":[12029822917]}`},
				{"GET", "/order/x"}, {"GET", "/lease/tn"}, {"DELETE", "/lease/tn/12029822917"}, {"GET", "/token/list"},
				{"POST", "/tn/search", "{}"}, {"GET", "/dict/country"}, {"POST", "/sip/app/x/tnlease", "{}"},
			} {
				ask(t, s, r[0], r[1], r[2], header...).refused(401, "Unauthorized")
			}
		})
	}
	assert.Empty(t, s.Books().Purchases)
}

func TestAuthorizationBesideATokenIsReported(t *testing.T) {
	tb := &fakeTB{TB: t}
	s := opentacttest.NewServer(tb)
	ask(t, s, "GET", "/order", "", "Authorization", opentacttest.Token).payload()
	assert.Equal(t, []string{"opentact fake: GET /rest/order: the vendor ignores Authorization beside X-Auth-Token"}, tb.reported())
}

func TestLogin(t *testing.T) {
	clock := fake.NewClock(epoch)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	a := ask(t, s, "GET", "/auth", "", "X-Auth-Token", "", "Authorization", basic(opentacttest.Email, opentacttest.Password))
	assert.Equal(t, []string{
		"created_on", "modified_on", "uuid", "email", "phone_number", "first_name", "last_name", "dob", "gmail_user_id",
		"facebook_user_id", "apple_user_id", "wechat_user_id", "role", "gender", "deleted_on", "token",
	}, keys(t, a.Body, "payload"))
	token := str(t, a.payload(), "token")

	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	var claims struct {
		UUID string `json:"uuid"`
		Iat  int64  `json:"iat"`
		Exp  int64  `json:"exp"`
	}
	require.NoError(t, json.Unmarshal(raw, &claims))
	assert.Equal(t, at(t, a.payload(), "uuid"), claims.UUID)
	assert.Equal(t, epoch.Unix(), claims.Iat)
	assert.EqualValues(t, 86400, claims.Exp-claims.Iat)

	ask(t, s, "GET", "/order", "", "X-Auth-Token", token).payload()
	ask(t, s, "GET", "/order?jwt="+token, "", "X-Auth-Token", "").payload()
	clock.Advance(24*time.Hour - time.Second)
	ask(t, s, "GET", "/order", "", "X-Auth-Token", token).payload()
	clock.Advance(time.Second)
	ask(t, s, "GET", "/order", "", "X-Auth-Token", token).refused(401, "Unauthorized")
	forged := parts[0] + "." + base64.RawURLEncoding.EncodeToString([]byte(strings.Replace(string(raw), `"exp":1`, `"exp":9`, 1))) + "." + parts[2]
	ask(t, s, "GET", "/order", "", "X-Auth-Token", forged).refused(401, "Unauthorized")
}

func TestWrongCredentials(t *testing.T) {
	s := opentacttest.NewServer(t)
	for name, header := range map[string]string{
		"password": basic(opentacttest.Email, "guess"),
		"email":    basic("nobody@opentact.example", opentacttest.Password),
		"token":    opentacttest.Token,
		"none":     "",
	} {
		t.Run(name, func(t *testing.T) {
			ask(t, s, "GET", "/auth", "", "Authorization", header).refused(401, "Wrong credentials")
		})
	}
}

func TestLogin2024(t *testing.T) {
	s := opentacttest.NewServer(t, opentacttest.Options{Generation: opentacttest.Gen2024, Balance: "99.87895"})
	a := ask(t, s, "GET", "/auth", "", "X-Auth-Token", "", "Authorization", basic(opentacttest.Email, opentacttest.Password))
	assert.Equal(t, []string{
		"uuid", "email", "wss_online", "role", "created_on", "modified_on", "deleted_on", "token", "phone_number", "dob", "avatar",
		"first_name", "last_name", "gender", "account",
	}, keys(t, a.Body, "payload"))
	assert.EqualValues(t, "99.87895", at(t, a.payload(), "account", "balance"))
}

func TestExpireTokens(t *testing.T) {
	clock := fake.NewClock(epoch)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	old := login(t, s)
	s.ExpireTokens()
	ask(t, s, "GET", "/order", "", "X-Auth-Token", old).refused(401, "Unauthorized")
	fresh := login(t, s)
	assert.NotEqual(t, old, fresh, "even in the same second")
	ask(t, s, "GET", "/order", "", "X-Auth-Token", fresh).payload()
	ask(t, s, "GET", "/order", "").payload()
}

func TestTokens(t *testing.T) {
	clock := fake.NewClock(epoch)
	s := opentacttest.NewServer(t, opentacttest.Options{ServerOptions: numberstest.ServerOptions{Now: clock.Now}})
	a := ask(t, s, "POST", "/token", `{"name":"ci","ttl":60}`)
	value, uuid := str(t, a.payload(), "token"), str(t, a.payload(), "uuid")
	assert.Len(t, value, 48)
	assert.Equal(t, `{"success":true,"payload":{"name":"ci","ttl":60,"token":"`+value+`","expired_on":"2026-01-31T12:01:00.250Z",`+
		`"uuid":"`+uuid+`","created_on":"2026-01-31T12:00:00.250Z","modified_on":"2026-01-31T12:00:00.250Z"}}`, a.Body)
	ask(t, s, "GET", "/order", "", "X-Auth-Token", value).payload()
	ask(t, s, "GET", "/order?bearer="+value, "", "X-Auth-Token", "").payload()
	ask(t, s, "GET", "/order?jwt="+value, "", "X-Auth-Token", "").refused(401, "Unauthorized")
	assert.Equal(t, `{"success":true,"payload":[{"created_on":"2026-01-31T12:00:00.250Z","modified_on":"2026-01-31T12:00:00.250Z",`+
		`"uuid":"`+uuid+`","token":"`+value+`","name":"ci","expired_on":"2026-01-31T12:01:00.250Z","user":{}}]}`, ask(t, s, "GET", "/token/list", "").Body)

	clock.Advance(59 * time.Second)
	p := ask(t, s, "PATCH", "/token/"+uuid, `{"ttl":120}`).payload()
	assert.Equal(t, "2026-01-31T12:02:59.250Z", at(t, p, "expired_on"))
	assert.Equal(t, "ci", at(t, p, "name"))
	ask(t, s, "PATCH", "/token/"+uuid, `{"name":"x"}`, "X-Auth-Token", opentacttest.OtherToken).refused(401, "Forbidden")
	ask(t, s, "PATCH", "/token/none", `{"name":"x"}`).refused(404, "Not found")
	clock.Advance(2 * time.Minute)
	ask(t, s, "GET", "/order", "", "X-Auth-Token", value).refused(401, "Unauthorized")
	assert.Empty(t, ask(t, s, "GET", "/token/list", "").payload())

	value = str(t, ask(t, s, "POST", "/token", `{"name":"cd"}`).payload(), "token")
	ask(t, s, "DELETE", "/token/"+value, "", "X-Auth-Token", opentacttest.OtherToken).refused(404, "Token not found")
	assert.Equal(t, "cd", at(t, ask(t, s, "DELETE", "/token/"+value, "").payload(), "name"))
	ask(t, s, "DELETE", "/token/"+value, "").refused(404, "Token not found")
	ask(t, s, "POST", "/token", `{"name":"a"}`).payload()
	ask(t, s, "POST", "/token", `{"name":"b"}`, "X-Auth-Token", opentacttest.OtherToken).payload()
	assert.Equal(t, `{"success":true,"payload":{}}`, ask(t, s, "DELETE", "/token/all", "").Body)
	assert.Empty(t, ask(t, s, "GET", "/token/list", "").payload())
	assert.Len(t, ask(t, s, "GET", "/token/list", "", "X-Auth-Token", opentacttest.OtherToken).payload(), 1)

	ask(t, s, "POST", "/token", `{"name":"a","ttl":59}`).refused(400, "ttl: min 60")
	ask(t, s, "POST", "/token", `{"ttl":60}`).refused(400, "name: 'name' is required")
}

func TestPathsOutsideTheAPI(t *testing.T) {
	s := opentacttest.NewServer(t)
	for _, r := range [][2]string{{"GET", "/orders"}, {"DELETE", "/order/x"}, {"PUT", "/order/tn"}, {"GET", "/order/a%2Fb/c"}, {"DELETE", "/lease/tn"}, {"GET", "//order"}} {
		ask(t, s, r[0], r[1], "").refused(404, "Not found")
	}
	ask(t, s, "GET", "/order/a%2Fb", "").refused(404, "Order not found")
	resp, err := s.HTTPClient().Get(strings.TrimSuffix(s.URL(), "/rest") + "/order")
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, http.StatusNotFound, resp.StatusCode)
	assert.True(t, strings.HasSuffix(s.URL(), "/rest"))
}
