package eventnode

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
)

// socketName is the node's socket within its folder.
const socketName = "node.sock"

// longestSocket is how long the path of a unix socket can be everywhere.
const longestSocket = 100

// listen opens the door the configuration asks for, and says how to remove what
// that leaves behind. The store's lock is held by now, so a socket that still lies
// there is one a killed node left.
func listen(cfg Config) (net.Listener, func() error, error) {
	nothing := func() error { return nil }
	if cfg.Listen != "" {
		l, err := net.Listen("tcp", cfg.Listen)
		return l, nothing, err
	}
	dir, cleanUp := cfg.Dir, nothing
	if path, err := filepath.Abs(dir); err != nil {
		return nil, nil, err
	} else {
		dir = path
	}
	if cfg.FS != nil || len(filepath.Join(dir, socketName)) > longestSocket {
		short, err := os.MkdirTemp("", "node-")
		if err != nil {
			return nil, nil, fmt.Errorf("make a folder for the socket: %w", err)
		}
		dir, cleanUp = short, func() error { return os.RemoveAll(short) }
	}
	path := filepath.Join(dir, socketName)
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, errors.Join(fmt.Errorf("remove the old socket: %w", err), cleanUp())
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, nil, errors.Join(err, cleanUp())
	}
	return l, cleanUp, os.Chmod(path, 0o600)
}
