package opentacttest

import "time"

// token is a bearer token that a user created.
type token struct {
	uuid, value, name string
	ttl               int64
	created, modified time.Time
	expires           time.Time
	account           *account
}

func (s *state) findToken(value string) *token {
	for _, t := range s.tokens {
		if t.value == value && s.fake.Now().Before(t.expires) {
			return t
		}
	}
	return nil
}
