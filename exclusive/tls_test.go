package exclusive_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/tnkit/tnkit/exclusive"
	"github.com/tnkit/tnkit/exclusive/exclusivetest"
	"github.com/tnkit/tnkit/numbers"
	"github.com/tnkit/tnkit/numbers/numberstest"
)

// try lists once through a client.
func try(t *testing.T, base string, client *http.Client) error {
	t.Helper()
	c, err := exclusive.New(base, exclusive.TokenAuth(exclusivetest.Token), &numbers.ClientOptions{HTTPClient: client})
	require.NoError(t, err)
	if client != nil {
		defer client.CloseIdleConnections()
	}
	return list(c)
}

// The first run against a PBX: with a login, and a registration that is not sent.
func TestTheFirstConnectionSaysWhatToDo(t *testing.T) {
	pbx := exclusivetest.NewServer(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{TLS: true}})
	_, fingerprint := pbx.Certificate()
	for name, auth := range map[string]exclusive.Auth{
		"a token": exclusive.TokenAuth(exclusivetest.Token),
		"a login": exclusive.LoginAuth(exclusivetest.Domain, exclusivetest.Username, exclusivetest.Password),
	} {
		c, err := exclusive.New(pbx.URL(), auth, nil)
		require.NoError(t, err)
		_, err = c.Numbers.Create(ctx, &exclusive.CreateNumberRequest{Number: string(berlin)})
		require.ErrorIs(t, err, numbers.ErrUnreachable, name)
		require.NotErrorIs(t, err, numbers.ErrOutcomeUnknown, name)
		for _, part := range []string{"nothing was sent", "certificate", "TrustFingerprint", "TrustPool", colons(fingerprint)} {
			assert.ErrorContains(t, err, part, name)
		}
		assert.NotContains(t, err.Error(), exclusivetest.Password)
	}
	assert.Empty(t, pbx.Requests())
}

func TestAFailureOfAnotherKindHasNoAdvice(t *testing.T) {
	err := try(t, "https://127.0.0.1:1", nil)
	require.ErrorIs(t, err, numbers.ErrUnreachable)
	assert.NotContains(t, err.Error(), "Trust")
}

func TestASelfSignedPBXIsTrustedOnlyWhereItIsSaidSo(t *testing.T) {
	pbx := exclusivetest.NewServer(t, exclusivetest.Options{ServerOptions: numberstest.ServerOptions{TLS: true}})
	pem, fingerprint := pbx.Certificate()
	pool := x509.NewCertPool()
	require.True(t, pool.AppendCertsFromPEM(pem))
	flipped := fingerprint[2:] + fingerprint[:2]
	for name, c := range map[string]struct {
		client  *http.Client
		trusted bool
	}{
		"by default":         {nil, false},
		"its pool":           {exclusive.TrustPool(pool), true},
		"an empty pool":      {exclusive.TrustPool(x509.NewCertPool()), false},
		"the system's pool":  {exclusive.TrustPool(nil), false},
		"its fingerprint":    {exclusive.TrustFingerprint(fingerprint), true},
		"in upper case":      {exclusive.TrustFingerprint(strings.ToUpper(fingerprint)), true},
		"with colons":        {exclusive.TrustFingerprint(colons(fingerprint)), true},
		"openssl 1's line":   {exclusive.TrustFingerprint("SHA256 Fingerprint=" + colons(fingerprint) + "\n"), true},
		"openssl 3's line":   {exclusive.TrustFingerprint("sha256 Fingerprint=" + colons(fingerprint) + "\r\n"), true},
		"with blanks":        {exclusive.TrustFingerprint(" \t" + fingerprint + "\n"), true},
		"another one's":      {exclusive.TrustFingerprint(flipped), false},
		"that of nobody":     {exclusive.TrustFingerprint(strings.Repeat("00", sha256.Size)), false},
		"that of no content": {exclusive.TrustFingerprint(hex.EncodeToString(sha256.New().Sum(nil))), false},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(pbx.Requests())
			err := try(t, pbx.URL(), c.client)
			if c.trusted {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, numbers.ErrUnreachable)
			assert.Len(t, pbx.Requests(), before, "nothing was sent, not even the token")
			// The error says what to do, with what openssl prints.
			for _, part := range []string{"TrustFingerprint", "TrustPool", colons(fingerprint)} {
				assert.Equal(t, 1, strings.Count(err.Error(), part), "%s in %v", part, err)
			}
			again := exclusive.TrustFingerprint(regexp.MustCompile("([0-9A-F]{2}:){31}[0-9A-F]{2}").FindString(err.Error()))
			require.NoError(t, try(t, pbx.URL(), again), "the fingerprint of the error is what TrustFingerprint takes")
		})
	}
}

// colons writes a fingerprint as openssl does.
func colons(fingerprint string) string {
	var b strings.Builder
	for i, r := range strings.ToUpper(fingerprint) {
		if i > 0 && i%2 == 0 {
			b.WriteByte(':')
		}
		b.WriteRune(r)
	}
	return b.String()
}

func TestWhatIsNoFingerprintTrustsNobody(t *testing.T) {
	for _, bad := range []string{"", "ab", strings.Repeat("ab", 31), strings.Repeat("ab", 33), strings.Repeat("xy", 32),
		"SHA1 Fingerprint=" + strings.Repeat("ab", 32), "SHA256 Fingerprint=", "SHA256 Fingerprint=" + strings.Repeat("ab", 20), "sha256=" + strings.Repeat("ab", 32),
	} {
		client := exclusive.TrustFingerprint(bad)
		_, err := exclusive.New("https://pbx.example", exclusive.TokenAuth(bearer), &numbers.ClientOptions{HTTPClient: client})
		assertInvalid(t, err, "HTTPClient")
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://pbx.example", strings.NewReader("x"))
		require.NoError(t, err)
		_, err = client.Do(req)
		require.Error(t, err, "not by itself either")
	}
}

// other is a PBX with a certificate of its own making.
func other(t *testing.T, name string, notAfter time.Time) (base, fingerprint string, pool *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: notAfter, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	require.NoError(t, err)
	srv := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		assert.Equal(t, "Bearer "+exclusivetest.Token, r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, noNumbers)
	}))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
	srv.Config.ErrorLog = log.New(io.Discard, "", 0)
	srv.StartTLS()
	t.Cleanup(srv.Close)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	pool = x509.NewCertPool()
	pool.AddCert(cert)
	sum := sha256.Sum256(der)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	require.NoError(t, err)
	return "https://localhost:" + port, hex.EncodeToString(sum[:]), pool
}

// A pin is the certificate itself; a pool is a certificate with all that is
// written in it.
func TestAPinLooksAtNoNameAndNoDateAndAPoolDoes(t *testing.T) {
	for _, c := range []struct {
		name   string
		host   string
		until  time.Time
		pooled bool
	}{
		{"in order", "localhost", time.Now().Add(time.Hour), true},
		{"another host", "pbx.example", time.Now().Add(time.Hour), false},
		{"expired", "localhost", time.Now().Add(-time.Hour), false},
	} {
		t.Run(c.name, func(t *testing.T) {
			base, fingerprint, pool := other(t, c.host, c.until)
			require.NoError(t, try(t, base, exclusive.TrustFingerprint(fingerprint)))
			err := try(t, base, exclusive.TrustPool(pool))
			if c.pooled {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, numbers.ErrUnreachable)
				assert.ErrorContains(t, err, colons(fingerprint), "a pin would do")
				assert.ErrorContains(t, err, "x509: certificate ", "why not")
			}
			require.ErrorIs(t, try(t, base, exclusive.TrustFingerprint(strings.Repeat("0f", 32))), numbers.ErrUnreachable)
		})
	}
}

func TestAPinHoldsOnResumedConnectionsToo(t *testing.T) {
	base, fingerprint, _ := other(t, "localhost", time.Now().Add(time.Hour))
	client := exclusive.TrustFingerprint(fingerprint)
	for range 3 {
		require.NoError(t, try(t, base, client)) // closes its connections, so that the next one resumes
	}
}

// A distrusted certificate is no reason to try again.
func TestADistrustedCertificateIsTriedOnce(t *testing.T) {
	base, _, _ := other(t, "localhost", time.Now().Add(time.Hour))
	client := exclusive.TrustFingerprint(strings.Repeat("0f", 32))
	tries := 0
	counting := roundTripper(func(r *http.Request) (*http.Response, error) {
		tries++
		return client.Transport.RoundTrip(r)
	})
	c, err := exclusive.New(base, exclusive.TokenAuth(bearer), &numbers.ClientOptions{HTTPClient: &http.Client{Transport: counting}})
	require.NoError(t, err)
	err = list(c)
	require.ErrorIs(t, err, numbers.ErrUnreachable)
	assert.Contains(t, err.Error(), "trusted fingerprint")
	assert.Equal(t, 1, tries)
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
