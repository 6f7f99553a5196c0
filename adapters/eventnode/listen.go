package eventnode

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// socketName is the node's socket within its folder.
const socketName = "node.sock"

// longestSocket is how long the path of a unix socket can be everywhere.
const longestSocket = 100

// elsewhere is how the names of folders begin in which such sockets lie.
const elsewhere = "node-"

// ErrOpen is the refusal to listen where other machines can reach a node that does not
// ask who they are, or would let everybody on the way read along.
var ErrOpen = errors.New("other machines can reach that address, and the node has no certificate or no users")

// ErrUsersNeedTLS is the refusal of users without a certificate, for clients send
// passwords over TLS only.
var ErrUsersNeedTLS = errors.New("users need a certificate: clients send no password without TLS")

// listen opens the door the configuration asks for, and says how to remove what
// that leaves behind.
func listen(cfg Config) (net.Listener, func() error, error) {
	safe := cfg.TLS != nil && !cfg.Users.everybody()
	if cfg.TLS == nil && !cfg.Users.everybody() {
		return nil, nil, ErrUsersNeedTLS
	}
	if cfg.Listen == "" {
		return unixSocket(cfg, socketName)
	}
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, nil, err
	}
	if at, ok := l.Addr().(*net.TCPAddr); !safe && (!ok || !at.IP.IsLoopback()) {
		if !cfg.Insecure {
			return nil, nil, errors.Join(fmt.Errorf("listen on %s: %w", cfg.Listen, ErrOpen), l.Close())
		}
		cfg.log().Warn("event node: whoever reaches the address can read and write everything, or read along", "listen", cfg.Listen)
	}
	return l, func() error { return nil }, nil
}

// unixSocket opens a socket in the folder of the node. Where its path would be too long
// it lies elsewhere, and a link leads there. The folder's lock is held by now, so a
// socket that still lies there is one a killed node left.
func unixSocket(cfg Config, name string) (net.Listener, func() error, error) {
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, nil, err
	}
	path, cleanUp := filepath.Join(dir, name), func() error { return nil }
	if err := removeElsewhere(path); err != nil {
		return nil, nil, fmt.Errorf("remove the old socket: %w", err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("remove the old socket: %w", err)
	}
	if cfg.FS != nil || len(path) > longestSocket {
		short, err := os.MkdirTemp("", elsewhere)
		if err != nil {
			return nil, nil, fmt.Errorf("make a folder for the socket: %w", err)
		}
		link := path
		path, cleanUp = filepath.Join(short, name), func() error { return os.RemoveAll(short) }
		if cfg.FS == nil {
			cleanUp = func() error { return errors.Join(os.Remove(link), os.RemoveAll(short)) }
			if err := os.Symlink(path, link); err != nil {
				return nil, nil, errors.Join(fmt.Errorf("link the socket: %w", err), os.RemoveAll(short))
			}
		}
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, nil, errors.Join(err, cleanUp())
	}
	return l, cleanUp, os.Chmod(path, 0o600)
}

// removeElsewhere removes the socket that a link leads to, and the folder that was made
// for it.
func removeElsewhere(link string) error {
	socket, err := os.Readlink(link)
	in := filepath.Dir(socket)
	if err != nil || filepath.Base(socket) != filepath.Base(link) || !strings.HasPrefix(filepath.Base(in), elsewhere) {
		return nil
	}
	for _, old := range []string{socket, in} {
		if err := os.Remove(old); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
