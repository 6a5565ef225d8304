package exclusive

import (
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
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
// 64 hexadecimal digits of either case, with or without colons between them, as
//
//	openssl x509 -in certificate.pem -noout -fingerprint -sha256
//
// prints it after the equals sign. The host name, the signer and the dates of
// the certificate are not checked: the holder of its key counts as the PBX. Get
// the fingerprint from the PBX itself, and not over a network that you
// distrust. When the PBX gets a new certificate, every request fails until the
// fingerprint is changed.
//
// If the fingerprint is malformed, the client trusts no certificate, and New
// returns ErrInvalid.
func TrustFingerprint(fingerprint string) *http.Client {
	pin, err := hex.DecodeString(strings.ReplaceAll(fingerprint, ":", ""))
	if err != nil || len(pin) != sha256.Size {
		return &http.Client{Transport: noTrust{}}
	}
	return client(&tls.Config{
		MinVersion: tls.VersionTLS12,
		// VerifyConnection verifies instead. It is called for every connection,
		// including resumed ones.
		InsecureSkipVerify: true,
		VerifyConnection: func(c tls.ConnectionState) error {
			if len(c.PeerCertificates) > 0 && sha256.Sum256(c.PeerCertificates[0].Raw) == [sha256.Size]byte(pin) {
				return nil
			}
			return &tls.CertificateVerificationError{
				UnverifiedCertificates: c.PeerCertificates,
				Err:                    errors.New("the certificate is not the one with the trusted fingerprint"),
			}
		},
	})
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
