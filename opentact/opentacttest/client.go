package opentacttest

import (
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/opentact"
)

// Client returns a client of the server, with [Token] and otherwise the default options.
func (s *Server) Client() *opentact.Client {
	c, err := s.NewClient(nil)
	if err != nil {
		s.fake.Report("a client can't be made: %v", err)
	}
	return c
}

// NewClient returns a client of the server, with [Token]. opts may be nil. BaseURL and
// HTTPClient are the server's own unless opts sets others.
func (s *Server) NewClient(opts *numbers.ClientOptions) (*opentact.Client, error) {
	return s.newClient(opentact.TokenAuth(Token), opts)
}

func (s *Server) newClient(auth opentact.Auth, opts *numbers.ClientOptions) (*opentact.Client, error) {
	var o numbers.ClientOptions
	if opts != nil {
		o = *opts
	}
	if o.BaseURL == "" {
		o.BaseURL = s.URL()
	}
	if o.HTTPClient == nil {
		o.HTTPClient = s.HTTPClient()
	}
	return opentact.New(auth, &o)
}
