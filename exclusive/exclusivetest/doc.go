// Package exclusivetest is a fake PortSIP PBX for tests: a real HTTP server with state that answers the exclusive
// number operations of the REST API and its logins as strictly as a PBX does.
//
//	func TestMine(t *testing.T) {
//		pbx := exclusivetest.NewServer(t)
//		// Base URL pbx.URL(), HTTP client pbx.HTTPClient(), bearer exclusivetest.Token; or log in with
//		// exclusivetest.Domain, Username and Password.
//		…
//		assert.Empty(t, pbx.Books().Duplicates())
//	}
//
// The fake refuses what a PBX refuses, with the same status. A PBX silently ignores an
// unknown query key or field, and a body where none is expected. The fake ignores them,
// too, but fails the test, unless [Options] has Lenient. [Server.Inject] injects faults
// of the wire and of the PBX. [Server.Books] returns what was really registered.
//
// # Faults
//
// In addition to the transport faults and answer faults of all fakes, [Server.Inject]
// accepts:
//
//   - LateListing: a created number is listed, and found by its id, only Fault.Delay
//     later. It can be changed and destroyed before that.
//   - InsertWhileListing: before a page with a skip, a new row is added before all
//     others.
//   - DuplicateListing: the last row of a page is in it twice.
//   - ZeroObject: a number is created, and the answer has the id "".
//
// Only "create exclusive number" may buy. The names of the operations for
// numberstest.Match are: list, export, create, get, update or destroy exclusive
// number(s), as in "list exclusive numbers" and "get exclusive number"; "list call
// queues", "get agents", "set agents", "clear agents"; "token", "revoke token"; "sign
// in", "send OTP", "verify OTP", "refresh token", "sign out", "get user"; "portal login",
// "portal login status", "portal logout", "switch tenant".
//
// # Sources
//
// The fake is built only from PortSIP's public documentation of the versions 22.x: the
// API reference with its OpenAPI description, the pages on authentication and
// conventions, and the release notes. It shares no code with the client that it tests.
//
// If the documentation does not state something or contradicts itself, an option chooses:
// what an update does with a missing field (UpdateReplaces), whether a number may be
// registered twice (RefuseDuplicates), how blank fields are written (Blanks), what the
// list does with query parameters (Params), whether logins answer expires_in or
// expires_at (ExpiresAt), the status of a failed login (LoginFailureStatus), whether a
// refresh ends the old access token (RefreshRevokes).
//
// The following behavior is assumed, and no option changes it:
//
//   - A create request must have a number, although the schema marks every field as
//     optional. A replacing update without a number keeps the old number.
//   - 401, 403, 404, 405 and 429 have the documented error body. Its code is UNAUTHORIZED
//     for 401, and UNKNOWN for the others.
//   - Every request from a blocked address is refused with the code DENIED. A login has
//     the status of a failed login, and every other request has 403.
//   - A system administrator sees no exclusive numbers (403) before he has switched to a tenant.
//   - A refresh token is valid once. Revoking or signing out ends the session, and both
//     of its tokens.
//   - The password form and the portal's login do not support a second factor, and fail
//     for users who need one.
//   - The call queues of a number are those in which it has agents. Clearing agents that
//     do not exist is not an error.
//   - The export is CSV.
package exclusivetest
