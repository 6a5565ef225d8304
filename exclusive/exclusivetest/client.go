package exclusivetest

import (
	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/numbers"
)

// Client returns a client of the PBX, with Token and otherwise the default options. If
// the client can't be made, the error is in Reports.
func (s *Server) Client() *exclusive.Client {
	c, err := s.NewClient(nil)
	if err != nil {
		s.fake.Report("no client could be made: %v", err)
	}
	return c
}

// NewClient returns a client of the PBX, with Token. opts may be nil. If opts has an
// HTTPClient, it must be able to connect to the PBX. For other credentials, use
// exclusive.New with URL and HTTPClient.
func (s *Server) NewClient(opts *numbers.ClientOptions) (*exclusive.Client, error) {
	var o numbers.ClientOptions
	if opts != nil {
		o = *opts
	}
	if o.HTTPClient == nil {
		o.HTTPClient = s.HTTPClient()
	}
	return exclusive.New(s.URL(), exclusive.TokenAuth(Token), &o)
}
