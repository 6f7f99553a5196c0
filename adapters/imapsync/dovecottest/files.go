package dovecottest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// certify makes the server's key and a certificate that it signs itself.
func (s *Server) certify(t testing.TB) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()),
		Subject:      pkix.Name{CommonName: "localhost"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(24 * time.Hour),
		DNSNames:     []string{"localhost"},
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	check(t, err)
	secret, err := x509.MarshalPKCS8PrivateKey(key)
	check(t, err)
	public := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	s.write(t, filepath.Join(s.folder, "cert.pem"), public)
	s.write(t, filepath.Join(s.folder, "key.pem"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: secret}))
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(public)
	return roots
}

// mkdir makes a folder, and those above it, that the server can use.
func (s *Server) mkdir(t testing.TB, path string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		return
	}
	if filepath.Dir(path) != s.folder {
		s.mkdir(t, filepath.Dir(path))
	}
	if err := os.Mkdir(path, 0o700); !os.IsExist(err) { // Dovecot makes folders too
		check(t, err)
	}
	s.own(t, path)
}

func (s *Server) write(t testing.TB, path string, data []byte) {
	t.Helper()
	check(t, os.WriteFile(path, data, 0o600))
	s.own(t, path)
}

// own hands a file to the server.
func (s *Server) own(t testing.TB, path string) {
	t.Helper()
	if os.Geteuid() == 0 {
		check(t, os.Chown(path, s.uid, s.gid))
	}
}
