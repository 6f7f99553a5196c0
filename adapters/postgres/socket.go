package postgres

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// socketName is what the server calls its socket, with a lock file beside it.
const socketName = ".s.PGSQL.5432"

// shortPlace returns the folder for the socket: the cluster's, or where the name of
// a socket there is longer than systems allow (104 bytes, with the zero at its end)
// or would be taken for a list, one in /tmp that nobody can have made before us.
func (c *Cluster) shortPlace() (string, error) {
	if len(filepath.Join(c.home, socketName)) < 104 && !strings.ContainsAny(c.home, `,"`) {
		return c.home, nil
	}
	dir, err := os.MkdirTemp("/tmp", "skein-*") // of mode 0700
	if err != nil {
		return "", err
	}
	return dir, c.takes(dir)
}

// URL returns how to connect to the cluster's database.
func (c *Cluster) URL() string {
	at := url.URL{Scheme: "postgres", User: url.User(role), Path: "/postgres"}
	query := url.Values{"host": {c.socket}, "port": {"5432"}}.Encode()
	at.RawQuery = strings.ReplaceAll(query, "+", "%20") // to Postgres' programs a + is a +
	return at.String()
}
