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

// A PBX is installed with a certificate that it has signed itself. Nobody but
// who has seen the certificate can say that it is the PBX's: there is no option
// here to go without verification.

// TrustPool returns an *http.Client for numbers.ClientOptions that trusts the
// certificate authorities of pool, and no others: those of a company, or the
// self-signed certificate of a PBX itself. The certificate must be in date and
// be made out to the host name of the base URL. A nil pool is that of the
// system, an empty one trusts nobody.
func TrustPool(pool *x509.CertPool) *http.Client {
	return client(&tls.Config{MinVersion: tls.VersionTLS12, RootCAs: pool})
}

// TrustFingerprint returns an *http.Client for numbers.ClientOptions that trusts
// one certificate, and no other: the one whose SHA-256 fingerprint this is, in
// 64 hexadecimal digits of either case, with or without colons between them, as
//
//	openssl x509 -in certificate.pem -noout -fingerprint -sha256
//
// prints it behind the equals sign. Who holds that certificate's key is the PBX, whatever host name is
// written in it, whoever signed it, and when it expires. So get the fingerprint
// from the PBX itself and not over the network that you distrust; and when the
// PBX gets a new certificate, every request fails until the pin is changed.
//
// What is no fingerprint trusts nobody: New refuses the client as ErrInvalid.
func TrustFingerprint(fingerprint string) *http.Client {
	pin, err := hex.DecodeString(strings.ReplaceAll(fingerprint, ":", ""))
	if err != nil || len(pin) != sha256.Size {
		return &http.Client{Transport: noTrust{}}
	}
	return client(&tls.Config{
		MinVersion: tls.VersionTLS12,
		// Verification is done by VerifyConnection, which is called for every
		// connection, resumed ones included.
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

// client is a client of its own: nothing that somebody did to
// http.DefaultTransport goes around the verification.
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

// noTrust is the transport of a fingerprint that is none.
type noTrust struct{}

var errNoFingerprint = errors.New("the fingerprint is no SHA-256 in hexadecimal digits")

func (noTrust) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
	return nil, errNoFingerprint
}
