package exclusivetest

import (
	"net/http"
	"slices"
	"time"

	"github.com/tnkit/tnkit/internal/fake"
)

// session is one login.
type session struct {
	tenant  *tenant // nil for a system administrator who has not switched to one
	user    *User
	expires time.Time // zero is never
}

// authenticate finds the session of the request's bearer, or answers 401.
func (c *call) authenticate() bool {
	token, ok := fake.Bearer(c.r)
	if ok {
		c.session = c.sessions[token]
	}
	if c.session == nil || !c.session.expires.IsZero() && !c.fake.Now().Before(c.session.expires) {
		c.fail(http.StatusUnauthorized, unauthorized, "Unauthorized", nil)
		return false
	}
	c.tenant = c.session.tenant
	return true
}

// authorise lets only those at tenant data who may do so, or answers 403.
func (c *call) authorise() bool {
	const since = 3 // of version 22: the permission is asked for
	allowed := c.minor < since || slices.Contains(c.session.user.Permissions, FullAccess)
	if c.tenant == nil || !allowed {
		c.fail(http.StatusForbidden, unknown, "Forbidden", nil)
		return false
	}
	return true
}
