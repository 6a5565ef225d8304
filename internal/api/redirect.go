package api

import "net/http"

const mostRedirects = 5

// checkRedirect follows a redirect only for a read by GET or HEAD, to the same
// scheme and host. Everything else comes back as the 3xx that it is: a
// followed redirect would carry the credential to another host, or send a
// write twice.
func (f *flight) checkRedirect(req *http.Request, via []*http.Request) error {
	method := f.call.Method
	safe := f.call.Class == Read && (method == http.MethodGet || method == http.MethodHead)
	if !safe || len(via) > mostRedirects || req.URL.Scheme != f.url.Scheme || req.URL.Host != f.url.Host || req.URL.User != nil {
		return http.ErrUseLastResponse
	}
	return nil
}
