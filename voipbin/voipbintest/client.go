package voipbintest

import (
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/voipbin"
)

// Client returns a client of the server, with a token of the first account and otherwise
// the default options. If the client can't be made, the error is in Reports.
func (s *Server) Client() *voipbin.Client {
	c, err := s.NewClient(nil)
	if err != nil {
		s.engine.Report("no client could be made: %v", err)
	}
	return c
}

// NewClient returns a client of the server, with a token of the first account that is
// valid for seven days of the server's clock. opts may be nil. BaseURL and HTTPClient are
// the server's own unless opts sets others.
func (s *Server) NewClient(opts *numbers.ClientOptions) (*voipbin.Client, error) {
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
	return voipbin.New(voipbin.TokenAuth(s.Token(Username)), &o)
}
