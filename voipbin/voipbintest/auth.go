package voipbintest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// The account that every server has from its start.
const (
	// Username and Password are the login of the first account at POST /auth/login.
	Username = "admin"
	Password = "voipbintest-password"
	// AccessKey is the first account's access key. Today's paths accept it in a cookie or
	// a query parameter.
	AccessKey = "vb_voipbintest0access0key"
	// UserID is the owner of the first account's numbers in the JSON of 2021.
	UserID uint64 = 1
	// CustomerID is the owner of the first account's numbers in today's JSON.
	CustomerID = "5e4a0680-804e-11ec-8477-2fea5968d85b"
)

// Role is the permission of an account on today's paths. In 2021 every account had all
// permissions.
type Role int

const (
	// RoleAgent has no permission for numbers: every operation on numbers returns 403.
	RoleAgent Role = iota
	// RoleManager may do everything with its own customer's numbers.
	RoleManager
	// RoleAdmin may do what RoleManager may.
	RoleAdmin
	// RoleSuperAdmin is the vendor's own: it may do everything with everybody's numbers, and renew them.
	RoleSuperAdmin
)

// permission is the bit that the role has in the vendor's tokens.
func (r Role) permission() int {
	return [...]int{RoleAgent: 0x10, RoleManager: 0x40, RoleAdmin: 0x20, RoleSuperAdmin: 0x01}[r]
}

// Account is an account that can log in. Accounts with the same CustomerID share their
// numbers on today's paths. Accounts with the same UserID share their numbers on the
// paths of 2021.
type Account struct {
	Username, Password string
	// AccessKey is the access key of the account; "" = none.
	AccessKey string
	Role      Role
	// UserID and CustomerID are the owners of the numbers; zero = those of the first
	// account.
	UserID     uint64
	CustomerID string
}

// AddAccount adds an account, or replaces the account with the same name.
func (s *Server) AddAccount(a Account) {
	if a.UserID == 0 {
		a.UserID = UserID
	}
	if a.CustomerID == "" {
		a.CustomerID = CustomerID
	}
	s.engine.Lock()
	defer s.engine.Unlock()
	for i := range s.accounts {
		if s.accounts[i].Username == a.Username {
			s.accounts[i] = a
			return
		}
	}
	s.accounts = append(s.accounts, a)
}

// account finds an account.
func (s *Server) account(is func(Account) bool) (Account, bool) {
	for _, a := range s.accounts {
		if is(a) {
			return a, true
		}
	}
	return Account{}, false
}

// mayManage says that the account's role allows to work with numbers at all.
func (a Account) mayManage() bool { return a.Role != RoleAgent }

// owns says whether a number is the account's own, in an era's terms.
func (a Account) owns(era Era, n *Row) bool {
	if era == EraSeed {
		return n.UserID == a.UserID
	}
	return n.CustomerID == a.CustomerID
}

// authenticate finds out who calls, as the vendor does, or answers.
func (s *Server) authenticate(c *call) bool {
	s.reportCredentials(c.r)
	if token, ok := bearerOf(c.r, c.era); ok {
		switch account, verdict := s.verify(token, c.era); verdict {
		case tokenGood:
			c.account = account
			return s.thawed(c)
		case tokenCrash:
			c.crash()
		default:
			c.fail(badCredentials)
		}
		return false
	}
	if key := accessKeyOf(c.r); c.era == EraToday && key != "" {
		account, ok := s.account(func(a Account) bool { return a.AccessKey == key })
		if !ok {
			c.fail(badCredentials)
			return false
		}
		c.account = account
		return s.thawed(c)
	}
	c.fail(noCredentials)
	return false
}

// bearerOf finds the token: cookie, query, header, whichever comes first, good or bad. An empty cookie counted
// as a token in 2021, and today it doesn't.
func bearerOf(r *http.Request, era Era) (string, bool) {
	if token, ok := cookie(r, "token"); ok && (token != "" || era == EraSeed) {
		return token, true
	}
	if token := r.URL.Query().Get("token"); token != "" {
		return token, true
	}
	// Whatever stands before "Bearer ", and from the next "Bearer " on, is not looked at.
	if parts := strings.Split(r.Header.Get("Authorization"), "Bearer "); len(parts) > 1 && (parts[1] != "" || era == EraSeed) {
		return parts[1], true
	}
	return "", false
}

// accessKeyOf finds the access key: cookie, then query. No header is looked at.
func accessKeyOf(r *http.Request) string {
	if key, ok := cookie(r, "accesskey"); ok && key != "" {
		return key
	}
	return r.URL.Query().Get("accesskey")
}

func cookie(r *http.Request, name string) (string, bool) {
	c, err := r.Cookie(name)
	if err != nil {
		return "", false
	}
	value, err := url.QueryUnescape(c.Value)
	return value, err == nil
}

// reportCredentials reports credentials in places where the vendor takes them and a client must not put them.
func (s *Server) reportCredentials(r *http.Request) {
	for _, key := range []string{"token", "accesskey"} {
		if r.URL.Query().Get(key) != "" {
			s.engine.Report("%s %s: a credential in the query (%s): it ends in logs", r.Method, r.URL.Path, key)
		}
	}
	if h := r.Header.Get("Authorization"); h != "" && !strings.HasPrefix(h, "Bearer ") {
		s.engine.Report(`%s %s: an Authorization header that does not begin with "Bearer "`, r.Method, r.URL.Path)
	}
}

// query returns the query and reports keys other than those allowed and the vendor's credentials.
func (s *Server) query(c *call, allowed ...string) url.Values {
	return s.engine.Strict(c.r, append(allowed, "token", "accesskey")...)
}

// thawed refuses the accounts of a frozen customer; the vendor's own are never refused.
func (s *Server) thawed(c *call) bool {
	if c.era == EraSeed || s.frozen.IsZero() || c.account.Role == RoleSuperAdmin {
		return true
	}
	c.fail(frozenAccount, frozenSince(s.frozen))
	return false
}

// login is POST /auth/login. Whatever is wrong, it answers 400 without a body.
func (s *Server) login(c *call) {
	s.engine.Strict(c.r)
	var body struct {
		Username string `json:"username"`
		Password string `json:"password"`
	}
	if err := s.engine.DecodeStrict(c.r, &body); err != nil {
		c.w.WriteHeader(http.StatusBadRequest)
		return
	}
	a, ok := s.account(func(a Account) bool { return a.Username == body.Username && a.Password == body.Password })
	if !ok || body.Username == "" || body.Password == "" {
		c.w.WriteHeader(http.StatusBadRequest)
		return
	}
	token := s.mint(a)
	cookie := &http.Cookie{Name: "token", Value: token, Path: "/", MaxAge: int(tokenLife.Seconds()), HttpOnly: true}
	if c.era == EraToday {
		cookie.Secure, cookie.SameSite = true, http.SameSiteStrictMode
	}
	http.SetCookie(c.w, cookie)
	if c.era == EraSeed {
		c.ok(struct {
			Token    string `json:"token"`
			Username string `json:"username"`
		}{token, a.Username})
		return
	}
	c.ok(struct {
		Username string `json:"username"`
		Token    string `json:"token"`
	}{a.Username, token})
}

// SigningKey is the key with which the server signs its tokens (HS256). Tests can use it
// to make tokens.
const SigningKey = "voipbintest-signing-key"

// tokenLife is how long a token is good.
const tokenLife = 7 * 24 * time.Hour

// Token returns a new token for an account, as the login does. It is valid for seven days
// of the server's clock. For an unknown name, Token returns a token without any
// permission.
func (s *Server) Token(username string) string {
	s.engine.Lock()
	defer s.engine.Unlock()
	a, ok := s.account(func(a Account) bool { return a.Username == username })
	if !ok {
		a = Account{Username: username}
	}
	return s.mint(a)
}

// mint makes a token with the claims of the server's era, or of both.
func (s *Server) mint(a Account) string {
	expire := s.now().Add(tokenLife)
	claims := map[string]any{}
	if s.opts.Era != EraToday {
		claims["exp"] = expire.Unix()
		claims["user"] = map[string]any{"id": a.UserID, "permission": 1, "username": a.Username}
	}
	if s.opts.Era != EraSeed {
		claims["expire"] = expire.Format("2006-01-02T15:04:05.000000Z")
		claims["type"] = "agent"
		claims["agent"] = map[string]any{
			"id": s.engine.IDs().UUID(), "customer_id": a.CustomerID, "username": a.Username, "permission": a.Role.permission(),
		}
	}
	body, err := json.Marshal(claims)
	if err != nil {
		panic(err)
	}
	text := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(body)
	return text + "." + encode(sign(text))
}

type verdict int

const (
	tokenBad   verdict = iota
	tokenCrash         // the vendor's handler panics over it
	tokenGood
)

// verify checks a token as an era's server does.
func (s *Server) verify(token string, era Era) (Account, verdict) {
	var claims struct {
		Exp    json.RawMessage
		User   *struct{ Username string }
		Expire *string
		Agent  *struct{ Username string }
	}
	if !open(token, &claims) {
		return Account{}, tokenBad
	}
	var name string
	switch era {
	case EraSeed:
		var exp float64
		// Without "exp" a token of 2021 never ends.
		if claims.Exp != nil && (json.Unmarshal(claims.Exp, &exp) != nil || float64(s.now().Unix()) > exp) {
			return Account{}, tokenBad
		}
		if claims.User == nil {
			return Account{}, tokenCrash
		}
		name = claims.User.Username
	default:
		if claims.Expire == nil {
			return Account{}, tokenCrash
		}
		expire, err := time.Parse(time.RFC3339Nano, *claims.Expire)
		if err != nil || s.now().After(expire) || claims.Agent == nil {
			return Account{}, tokenBad
		}
		name = claims.Agent.Username
	}
	a, ok := s.account(func(a Account) bool { return a.Username == name })
	if !ok {
		return Account{}, tokenBad
	}
	return a, tokenGood
}

// open reads the claims of a token that SigningKey has signed.
func open(token string, claims any) bool {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return false
	}
	var head struct{ Alg string }
	signature, ok := decode(parts[2])
	return ok && hmac.Equal(signature, sign(parts[0]+"."+parts[1])) &&
		decodeJSON(parts[0], &head) && head.Alg == "HS256" && decodeJSON(parts[1], claims)
}

func sign(text string) []byte {
	mac := hmac.New(sha256.New, []byte(SigningKey))
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func decode(s string) ([]byte, bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	return b, err == nil
}

func decodeJSON(s string, v any) bool {
	b, ok := decode(s)
	return ok && json.Unmarshal(b, v) == nil
}
