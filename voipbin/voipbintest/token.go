package voipbintest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// SigningKey signs the server's tokens (HS256), for tests that make tokens of their own.
const SigningKey = "voipbintest-signing-key"

// tokenLife is how long a token is good.
const tokenLife = 7 * 24 * time.Hour

// Token returns a new token for an account, as the login would, good for seven days of the server's clock.
// An unknown name gets one, too, with which nobody can do anything.
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
