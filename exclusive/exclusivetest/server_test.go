package exclusivetest_test

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

func TestServesEverywhere(t *testing.T) {
	for _, o := range []exclusivetest.Options{
		{}, {ServerOptions: numberstest.ServerOptions{TLS: true}}, {ServerOptions: numberstest.ServerOptions{HTTP2: true}}, {ServerOptions: numberstest.ServerOptions{HTTP2: true, TLS: true}},
		{ServerOptions: numberstest.ServerOptions{InMemory: true}}, {ServerOptions: numberstest.ServerOptions{InMemory: true, TLS: true}}, {ServerOptions: numberstest.ServerOptions{InMemory: true, HTTP2: true}}, {ServerOptions: numberstest.ServerOptions{InMemory: true, HTTP2: true, TLS: true}},
	} {
		run := func(t *testing.T) {
			p := newPBX(t, o)
			scheme := "http://"
			if o.TLS {
				scheme = "https://"
			}
			assert.True(t, strings.HasPrefix(p.URL(), scheme))
			assert.NotContains(t, strings.TrimPrefix(p.URL(), scheme), "/")
			p.create("101")
			require.Len(t, p.Requests(), 1, "the look at the certificate is no request")
			assert.Equal(t, o.HTTP2, p.Requests()[0].Proto == "HTTP/2.0")
			certificate, sum := p.Certificate()
			assert.Equal(t, o.TLS, len(certificate) > 0)
			assert.Equal(t, o.TLS, len(sum) == 64)
		}
		t.Run(fmt.Sprintf("memory %t, TLS %t, HTTP/2 %t", o.InMemory, o.TLS, o.HTTP2), func(t *testing.T) {
			if o.InMemory {
				synctest.Test(t, run)
			} else {
				run(t)
			}
		})
	}
}

func TestCertificateIsSelfSigned(t *testing.T) {
	p := newPBX(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{TLS: true}})
	_, err := http.Get(p.URL())
	require.ErrorAs(t, err, new(*tls.CertificateVerificationError))

	text, sum := p.Certificate()
	block, rest := pem.Decode(text)
	require.NotNil(t, block)
	assert.Empty(t, rest)
	want := sha256.Sum256(block.Bytes)
	assert.Equal(t, hex.EncodeToString(want[:]), sum)

	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(text))
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}
	defer transport.CloseIdleConnections()
	resp, err := (&http.Client{Transport: transport}).Get(p.URL() + path)
	require.NoError(t, err)
	defer resp.Body.Close()
	assert.Equal(t, 401, resp.StatusCode)
	shown := resp.TLS.PeerCertificates[0]
	assert.Equal(t, block.Bytes, shown.Raw)
	assert.NoError(t, shown.CheckSignatureFrom(shown))
}

func TestStart(t *testing.T) {
	s, err := exclusivetest.Start(exclusivetest.Options{ServerOptions: numberstest.ServerOptions{Seed: true}})
	require.NoError(t, err)
	defer s.Close()
	p := &pbx{s, t, exclusivetest.Token}
	p.get(path + "?$top=1") // no test to fail
	assert.Len(t, s.Reports(), 1)
	s.Close()
	_, err = s.HTTPClient().Get(s.URL())
	assert.Error(t, err)
}

func TestImpossibleOptions(t *testing.T) {
	user := exclusivetest.User{Username: "anna", Password: "secret"}
	tenants := func(domain string, users ...exclusivetest.User) []exclusivetest.Tenant {
		return []exclusivetest.Tenant{{Domain: domain, Users: users}}
	}
	for name, o := range map[string]exclusivetest.Options{
		"version 16":        {Version: "16.4"},
		"no version":        {Version: "new"},
		"half a version":    {Version: "22"},
		"lifetime":          {ExpiresIn: time.Millisecond},
		"failures":          {MaxLoginFailures: -1},
		"block":             {BlockFor: -1},
		"status":            {LoginFailureStatus: 200},
		"no domain":         {Tenants: tenants("", user)},
		"long domain":       {Tenants: tenants(strings.Repeat("d", 281), user)},
		"one domain, twice": {Tenants: append(tenants("a.example.com", user), tenants("a.example.com", user)...)},
		"nobody":            {Tenants: tenants("a.example.com")},
		"nameless":          {Tenants: tenants("a.example.com", exclusivetest.User{})},
		"reserved":          {Tenants: tenants("a.example.com", exclusivetest.User{Username: "Admin"})},
	} {
		_, err := exclusivetest.Start(o)
		assert.ErrorContains(t, err, "exclusivetest: ", name)
	}
}

func TestConcurrentUse(t *testing.T) {
	p := newPBX(t)
	queue := p.AddQueue("", exclusivetest.Queue{Name: "Sales", ExtensionNumber: "8000"})
	var all sync.WaitGroup
	for worker := range 8 {
		all.Go(func() {
			for i := range 10 {
				id := p.create(fmt.Sprint("+1415555", 1000+worker*10+i))
				p.post(path+"/"+id, `{"enabled":false}`)
				p.list("?search=415&orderby=number")
				p.get(path + "/" + id + "/call_queues/" + queue + "/agents")
				p.SetExpiresIn(time.Hour)
				p.login(tokenPath, form())
				if i%2 == 0 {
					p.post(path+"/"+id+"/destroy", "")
				}
				p.Books()
				p.Rows()
				p.Requests()
			}
		})
	}
	all.Wait()
	assert.Len(t, p.Rows(), 40)
	assert.Len(t, p.Books().Owned(), 40)
	assert.Empty(t, p.Books().Duplicates())
}
