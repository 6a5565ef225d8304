package exclusive

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// A PBX is installed with a self-signed certificate. Only a person who has seen
// the certificate can confirm that it is the PBX's. This package therefore has
// no option that turns verification off.

// TrustPool returns an *http.Client for numbers.ClientOptions that trusts only the
// certificate authorities of pool: those of a company, or the self-signed certificate of
// a PBX. The certificate must be valid today and have the host name of the base URL. A
// nil pool means the certificate authorities of the system. With an empty pool, no
// certificate is trusted.
func TrustPool(pool *x509.CertPool) *http.Client {
	return client(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool})
}

// TrustFingerprint returns an *http.Client for numbers.ClientOptions that
// trusts only the certificate with this SHA-256 fingerprint. The fingerprint is
// 64 hexadecimal digits of either case, with or without colons between them, or
// the whole line that
//
//	openssl x509 -in certificate.pem -noout -fingerprint -sha256
//
// prints: "sha256 Fingerprint=AB:CD:…". The host name, the signer and the dates of
// the certificate are not checked: the holder of its key counts as the PBX. Get
// the fingerprint from the PBX itself, and not over a network that you
// distrust. When the PBX gets a new certificate, every request fails until the
// fingerprint is changed; the error has the new one.
//
// If the fingerprint is malformed, the client trusts no certificate, and New
// returns ErrInvalid.
func TrustFingerprint(fingerprint string) *http.Client {
	pin, err := readFingerprint(fingerprint)
	if err != nil {
		return &http.Client{Transport: noTrust{}}
	}
	return client(&tls.Config{
		MinVersion: tls.VersionTLS12,
		// VerifyConnection verifies instead. It is called for every connection,
		// including resumed ones.
		InsecureSkipVerify: true,
		VerifyConnection: func(c tls.ConnectionState) error {
			if len(c.PeerCertificates) > 0 && sha256.Sum256(c.PeerCertificates[0].Raw) == pin {
				return nil
			}
			return &tls.CertificateVerificationError{
				UnverifiedCertificates: c.PeerCertificates,
				Err:                    errors.New("the certificate is not the one with the trusted fingerprint"),
			}
		},
	})
}

// openssl is what openssl prints before a fingerprint: "SHA256" before version 3,
// and "sha256" since.
const openssl = "sha256 fingerprint="

// readFingerprint reads a fingerprint, or openssl's line of one.
func readFingerprint(text string) (pin [sha256.Size]byte, err error) {
	text = strings.TrimSpace(text)
	if len(text) > len(openssl) && strings.EqualFold(text[:len(openssl)], openssl) {
		text = text[len(openssl):]
	}
	sum, err := hex.DecodeString(strings.ReplaceAll(text, ":", ""))
	if err != nil || len(sum) != len(pin) {
		return pin, errNoFingerprint
	}
	return [sha256.Size]byte(sum), nil
}

// writeFingerprint writes the fingerprint of a certificate as openssl does.
func writeFingerprint(certificate *x509.Certificate) string {
	var b strings.Builder
	for i, c := range sha256.Sum256(certificate.Raw) {
		if i > 0 {
			b.WriteByte(':')
		}
		fmt.Fprintf(&b, "%02X", c)
	}
	return b.String()
}

// untrusted returns what to do about a certificate that is not trusted, with its
// fingerprint; "" for other failures.
func untrusted(err error) string {
	refused, ok := errors.AsType[*tls.CertificateVerificationError](err)
	if !ok || len(refused.UnverifiedCertificates) == 0 {
		return ""
	}
	return "the server's certificate has the SHA-256 fingerprint " + writeFingerprint(refused.UnverifiedCertificates[0]) +
		"; if the PBX itself shows the same one, set ClientOptions.HTTPClient to exclusive.TrustFingerprint of it, or to exclusive.TrustPool with the certificate"
}

// client has a transport of its own, so that a changed http.DefaultTransport
// can't bypass the verification.
func client(config *tls.Config) *http.Client {
	return &http.Client{Transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		TLSClientConfig:     config,
		ForceAttemptHTTP2:   true,
		TLSHandshakeTimeout: 10 * time.Second,
		IdleConnTimeout:     90 * time.Second,
		MaxIdleConnsPerHost: 16,
	}}
}

// noTrust is the transport for a malformed fingerprint.
type noTrust struct{}

var errNoFingerprint = errors.New("the fingerprint is not a SHA-256 in hexadecimal digits")

func (noTrust) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, errNoFingerprint
}
