package telnyxtest

import (
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/telnyx"
)

// Client returns a client of the server, with its API key and otherwise the default
// options. If Options.APIKey is malformed, Reports has the error, and the client has the
// constant [APIKey], which the server refuses.
func (s *Server) Client() *telnyx.Client {
	c, err := s.NewClient(nil)
	if err == nil {
		return c
	}
	s.fake.Report("Options.APIKey can't be a key: %v", err)
	c, _ = telnyx.New(telnyx.APIKeyAuth(APIKey), &numbers.ClientOptions{BaseURL: s.URL(), HTTPClient: s.HTTPClient()})
	return c
}

// NewClient returns a client of the server, with its API key. opts may be nil. BaseURL
// and HTTPClient are the server's own unless opts sets others.
func (s *Server) NewClient(opts *numbers.ClientOptions) (*telnyx.Client, error) {
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
	return telnyx.New(telnyx.APIKeyAuth(s.opts.APIKey), &o)
}
