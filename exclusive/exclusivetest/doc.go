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
// What a PBX refuses, the fake refuses with the same status. What a PBX would silently ignore (an unknown query key or
// field, a body where none belongs) the fake ignores, too, and makes it an error of the test, unless [Options] say
// Lenient. Faults of the wire and of the PBX are asked for with [Server.Inject]; [Server.Books] tell what was
// really registered.
//
// # Faults
//
// Beside the transport faults, which all fakes know, [Server.Inject] takes
//
//   - LateListing: a number that is created is listed, and found by its id, only Fault.Delay later; it can be changed and
//     destroyed all the while;
//   - InsertWhileListing: before a page with a skip, somebody adds a row in front of all others;
//   - DuplicateListing: the last row of a page comes twice;
//   - ZeroObject: a number is created, and its id answered as "".
//
// Only "create exclusive number" may buy. The names of the operations, for numberstest.Match: list, export, create, get, update
// or destroy exclusive number(s), as in "list exclusive numbers" and "get exclusive number"; "list call queues", "get agents",
// "set agents", "clear agents"; "token", "revoke token"; "sign in", "send OTP", "verify OTP", "refresh token", "sign out", "get user";
// "portal login", "portal login status", "portal logout", "switch tenant".
//
// # Sources
//
// The fake is built from PortSIP's public documentation of the versions 22.x alone (the API reference with its OpenAPI description,
// its pages on authentication and conventions, the release notes), and shares nothing with the client that it tests.
//
// Where the documentation is silent or contradicts itself, the options choose: what an update does with a missing field
// (UpdateReplaces), whether a number may be there twice (RefuseDuplicates), how blank fields are written (Blanks), what the list does with
// query parameters (Params), whether logins answer expires_in or expires_at (ExpiresAt), the status of a failed login
// (LoginFailureStatus), whether a refresh ends the old access token (RefreshRevokes).
//
// These are judgements that no option changes:
//
//   - A number must be sent when one is created, though the schema marks every field as optional; and a replacing update
//     without one keeps the old.
//   - 401, 403, 404, 405 and 429 come with the documented error body; its code is UNAUTHORIZED for 401 and UNKNOWN for the others.
//   - A blocked address is refused everything, with the code DENIED: logins with the status of a failed login, the rest with 403.
//   - A system administrator sees no exclusive numbers (403) before he has switched to a tenant.
//   - A refresh token is good once. Revoking or signing out ends the session with both of its tokens.
//   - The password form and the portal's login have no room for a second factor, and fail for users who need one.
//   - A number's call queues are those where it has agents. Clearing agents where there are none is no error.
//   - The export is CSV.
package exclusivetest
