package imapsync

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"strings"
)

// startTLS asks for TLS and takes nothing else than yes (D4-24).
func (w *wire) startTLS() error {
	if _, err := io.WriteString(w, "S1 STARTTLS\r\n"); err != nil {
		return errClosed
	}
	for {
		line, err := w.readLine()
		if err != nil {
			return err
		}
		answer, ours := strings.CutPrefix(line, "S1 ")
		switch status, text := cut(answer); {
		case !ours:
		case status == "OK":
			return nil
		default:
			return fault(NoStartTLS, "The server does not offer STARTTLS: %s", quote(text))
		}
	}
}

// encrypt makes the connection a TLS one and proves that it leads to host.
func (c Client) encrypt(ctx context.Context, w *wire, host string) error {
	conn := tls.Client(w.raw, &tls.Config{ServerName: host, RootCAs: c.RootCAs, MinVersion: tls.VersionTLS12, NextProtos: []string{"imap"}})
	if err := conn.HandshakeContext(ctx); err != nil {
		return distrust(err, host)
	}
	w.Conn = conn
	return nil
}

// distrust says in words why TLS failed.
func distrust(err error, host string) error {
	if name, ok := errors.AsType[x509.HostnameError](err); ok && name.Certificate != nil {
		return fault(TLSFailed, "The server's certificate is not for the name %s.", clean(host, 253))
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return fault(TLSFailed, "The server's certificate has expired or is not valid yet.")
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return fault(TLSFailed, "The server's certificate is self-signed or from an unknown authority.")
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return fault(TLSFailed, "The server does not speak TLS on this port.")
	}
	return fault(TLSFailed, "No safe connection could be agreed on with the server.")
}
