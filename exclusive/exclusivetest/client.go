package exclusivetest

import (
	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/numbers"
)

// Client returns a client of the PBX, with Token and otherwise the default options. What keeps it from being made is
// reported as a strictness finding is.
func (s *Server) Client() *exclusive.Client {
	c, err := s.NewClient(nil)
	if err != nil {
		s.fake.Report("no client could be made: %v", err)
	}
	return c
}

// NewClient returns a client of the PBX, with Token. opts may be nil; its HTTPClient, if it has one, must be able to
// reach the PBX. Use exclusive.New with URL and HTTPClient for other credentials.
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
