package voipbintest

import (
	"net/http"
	"net/url"
	"strings"
)

// The account that every server has from its start.
const (
	// Username and Password log in at POST /auth/login.
	Username = "admin"
	Password = "voipbintest-password"
	// AccessKey is the account's access key, which today's paths take as cookie or query parameter.
	AccessKey = "vb_voipbintest0access0key"
	// UserID owns the account's numbers in the JSON of 2021.
	UserID uint64 = 1
	// CustomerID owns them in today's.
	CustomerID = "5e4a0680-804e-11ec-8477-2fea5968d85b"
)

// Role is what an account may do on today's paths. In 2021 every account could do everything.
type Role int

const (
	// RoleAgent is refused by every operation on numbers, with 403.
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

// Account is somebody who can log in. Accounts of one CustomerID share their numbers on today's paths, accounts of
// one UserID on those of 2021.
type Account struct {
	Username, Password string
	// AccessKey may be empty: the account has none.
	AccessKey string
	Role      Role
	// UserID and CustomerID may be zero: those of the first account.
	UserID     uint64
	CustomerID string
}

// AddAccount adds an account, or replaces the one of the same name.
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
