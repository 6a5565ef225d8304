package voipbintest

import "net/http"

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
