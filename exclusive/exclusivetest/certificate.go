package exclusivetest

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
)

// Certificate returns the PBX's self-signed certificate: as PEM, and the SHA-256 of its DER form in lower-case
// hexadecimal digits. Both are empty unless the options say TLS.
func (s *Server) Certificate() (certPEM []byte, sha256Hex string) {
	if s.certificate == nil {
		return nil, ""
	}
	sum := sha256.Sum256(s.certificate)
	block := &pem.Block{Type: "CERTIFICATE", Bytes: s.certificate}
	return pem.EncodeToMemory(block), hex.EncodeToString(sum[:])
}

// askCertificate shakes hands with the server to see, as any client would, what it shows.
func (s *Server) askCertificate() error {
	transport, ok := s.HTTPClient().Transport.(*http.Transport)
	if !ok {
		return errors.New("exclusivetest: the transport cannot dial")
	}
	at, err := url.Parse(s.URL())
	if err != nil {
		return err
	}
	conn, err := transport.DialContext(context.Background(), "tcp", at.Host)
	if err != nil {
		return err
	}
	defer conn.Close()
	config := transport.TLSClientConfig.Clone()
	config.ServerName = at.Hostname()
	secure := tls.Client(conn, config)
	if err := secure.HandshakeContext(context.Background()); err != nil {
		return err
	}
	s.certificate = secure.ConnectionState().PeerCertificates[0].Raw
	return nil
}
