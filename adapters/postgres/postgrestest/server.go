package postgrestest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"skein/adapters/postgres"
)

// template is the database that those of tests are copies of, and office the one
// from which they are copied: a database that somebody is connected to cannot be.
const template, office = "postgres", "template1"

// settings make the server quick and forgetful.
var settings = []string{
	"fsync=off",
	"synchronous_commit=off",
	"full_page_writes=off",
	"max_connections=200",
	"shared_buffers=32MB",
	"autovacuum=off",
	"wal_level=minimal",
	"max_wal_senders=0",
}

// untilWeEnd runs a server ("$@") until standard input ends, and leaves nothing of
// it. Our process holds the other end of its input, so that it ends when we do,
// however that is, and with no goroutine that a test could take for a leak of its
// own. It holds our standard output too: whoever waits for that, as go test does,
// goes on when the server is gone.
const untilWeEnd = `
folder=$1; shift
"$@" >"$folder/said" 2>&1 &
read -r nothing
kill -QUIT $!
wait
rm -rf "$folder"
`

// A server belongs to this process and serves all of its tests.
type server struct {
	cluster *postgres.Cluster
	life    *os.File // the server ends when nobody holds it any more
	office  string

	databases atomic.Int64
}

var shared = sync.OnceValues(func() (*server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), soon)
	defer cancel()
	dir, err := folder()
	if err != nil {
		return nil, err
	}
	s, err := start(ctx, dir)
	if err != nil {
		said, _ := os.ReadFile(filepath.Join(dir, "said")) // nothing, if it never ran
		return nil, errors.Join(fmt.Errorf("start Postgres for tests: %w\n%s", err, said), remove(dir))
	}
	return s, nil
})

func start(ctx context.Context, dir string) (*server, error) {
	cluster, err := postgres.Prepare(ctx, postgres.ServerConfig{
		Dir:   dir,
		Cache: cache(),
		Log:   slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return nil, err
	}
	serve := cluster.Command(context.Background(), settings...)
	serve.Args = append([]string{"sh", "-c", untilWeEnd, "sh", dir, serve.Path}, serve.Args[1:]...)
	serve.Path = "/bin/sh"
	owners := []int{os.Geteuid()}
	if as := serve.SysProcAttr.Credential; as != nil {
		owners = append(owners, int(as.Uid))
		if err := os.Chown(dir, int(as.Uid), int(as.Gid)); err != nil {
			return nil, err
		}
	}
	sweep(time.Now().Add(-24*time.Hour), owners, near, far)
	end, life, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer end.Close()
	serve.Stdin, serve.Stdout, serve.Stderr = end, os.Stdout, os.Stderr
	if err := serve.Start(); err != nil {
		return nil, errors.Join(err, life.Close())
	}
	db, err := postgres.Open(ctx, database(cluster.URL(), template))
	if err != nil {
		return nil, errors.Join(err, life.Close())
	}
	db.Close()
	return &server{cluster: cluster, life: life, office: database(cluster.URL(), office)}, nil
}

// cache is where a new cluster is kept for the next process to copy, if we have such a place.
func cache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	dir = filepath.Join(dir, "skein")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	return dir
}
