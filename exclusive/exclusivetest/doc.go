// Package exclusivetest is a fake PortSIP PBX for tests: a real HTTP server with state, as strict as a PBX, that
// answers the REST API's exclusive number operations and its logins.
//
//	pbx := exclusivetest.NewServer(t)
//	req, _ := http.NewRequest("GET", pbx.URL()+"/api/exclusive_numbers", nil)
//	req.Header.Set("Authorization", "Bearer "+exclusivetest.Token)
//	resp, err := pbx.HTTPClient().Do(req)
//
// It is built from PortSIP's public documentation of the versions 22.x alone, and shares nothing with the client that it tests.
package exclusivetest
