package postgres_test

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"skein/adapters/postgres"
	"skein/adapters/postgres/postgrestest"
	"skein/migrations"
)

func TestManyOpenAtOnceAndEveryStepIsTakenOnce(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	if _, err := db.Exec(t.Context(), `CREATE SCHEMA fresh`); err != nil {
		t.Fatal(err)
	}
	fresh := db.Config().ConnString() + "&search_path=fresh,public"
	var opened sync.WaitGroup
	for range 8 {
		opened.Go(func() {
			db, err := postgres.Open(t.Context(), fresh)
			if err != nil {
				t.Error(err)
				return
			}
			db.Close()
		})
	}
	opened.Wait()

	steps, err := fs.Glob(migrations.Files, "*.sql")
	if err != nil {
		t.Fatal(err)
	}
	var versions, version int
	err = db.QueryRow(t.Context(), `SELECT count(*), max(version) FROM fresh.schema_version`).Scan(&versions, &version)
	if err != nil || versions != 1 || version != len(steps) {
		t.Errorf("got %d versions, the last %d, %v; want one, %d", versions, version, err, len(steps))
	}
	var tables int
	err = db.QueryRow(t.Context(), `SELECT count(*) FROM pg_tables WHERE schemaname = 'fresh'`).Scan(&tables)
	if err != nil || tables < 2 {
		t.Errorf("the first schema of the search_path has %d tables, %v", tables, err)
	}
}

func TestADatabaseOfANewerProgramIsLeftAlone(t *testing.T) {
	t.Parallel()
	db := postgrestest.Open(t)
	if _, err := db.Exec(t.Context(), `UPDATE schema_version SET version = version + 1`); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Open(t.Context(), db.Config().ConnString()); !errors.Is(err, postgres.ErrNewer) {
		t.Errorf("got %v, want ErrNewer", err)
	}
}

func TestTheURLMayBoundThePool(t *testing.T) {
	t.Parallel()
	url := postgrestest.URL(t)
	for at, want := range map[string]int32{url: 16, url + "&pool_max_conns=3": 3} {
		db, err := postgres.Open(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if got := db.Config().MaxConns; got != want {
			t.Errorf("%s: at most %d connections, want %d", at, got, want)
		}
		db.Close()
	}
}

func TestARefusalIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	stranger := strings.Replace(postgrestest.URL(t), "skein@", "stranger@", 1)
	var refusal *pgconn.PgError
	if _, err := postgres.Open(t.Context(), stranger); !errors.As(err, &refusal) {
		t.Errorf("got %v, want the server's refusal", err)
	}
}

func TestAWaitIsToldToTheCallersLog(t *testing.T) {
	t.Parallel()
	nowhere := "postgres:///nothing?host=" + t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var said strings.Builder
		_, err := postgres.OpenLogged(ctx, nowhere, slog.New(slog.NewTextHandler(&said, nil)))
		if !errors.Is(err, context.DeadlineExceeded) || strings.Count(said.String(), "waiting for Postgres") != 1 {
			t.Errorf("%v, and the log says %q", err, said.String())
		}
	})
}

func TestAServerThatIsNotThereIsWaitedForAsLongAsAllowed(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := postgres.Open(ctx, "postgres:///nothing?host="+t.TempDir())
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that time ran out because there is no socket", err)
	}
}
