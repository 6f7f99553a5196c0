package postgrestest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"go.uber.org/goleak"

	"skein/adapters/postgres/postgrestest"
)

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 3 {
		t.Run("one", func(t *testing.T) {
			t.Parallel()
			db := postgrestest.Open(t)
			if _, err := db.Exec(t.Context(), `CREATE TABLE mine (n int)`); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestADatabaseGoesWithItsTest(t *testing.T) {
	t.Parallel()
	var name string
	t.Run("one", func(t *testing.T) {
		name = current(t, postgrestest.Open(t))
	})
	var there bool
	err := postgrestest.Open(t).QueryRow(t.Context(),
		`SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)`, name).Scan(&there)
	if err != nil || there {
		t.Errorf("%s is still there: %v, %v", name, there, err)
	}
}

func TestNoGoroutineIsLeft(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	t.Run("one", func(t *testing.T) {
		current(t, postgrestest.Open(t))
	})
}

func TestTheServerEndsWithAProcessThatIsKilled(t *testing.T) {
	t.Parallel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "-test.run=^TestToBeKilled$")
	cmd.Env = append(os.Environ(), "TO_BE_KILLED=yes")
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var folder string
	out := bufio.NewReader(said)
	if _, err := fmt.Fscanln(out, &folder); err != nil {
		t.Error(err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Error(err)
	}
	// Its output ends when the last who could write to it is gone: that is its server.
	if _, err := io.Copy(io.Discard, out); err != nil {
		t.Error(err)
	}
	_ = cmd.Wait() // killed, as it says
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", folder, err)
	}
}

// TestToBeKilled is what that test starts, and nothing otherwise.
func TestToBeKilled(t *testing.T) {
	if os.Getenv("TO_BE_KILLED") == "" {
		return
	}
	var data string
	if err := postgrestest.Open(t).QueryRow(t.Context(), `SHOW data_directory`).Scan(&data); err != nil {
		t.Fatal(err)
	}
	fmt.Println(filepath.Dir(filepath.Dir(data)))
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func current(t *testing.T, db *pgxpool.Pool) (name string) {
	t.Helper()
	if err := db.QueryRow(t.Context(), `SELECT current_database()`).Scan(&name); err != nil {
		t.Fatal(err)
	}
	return name
}
