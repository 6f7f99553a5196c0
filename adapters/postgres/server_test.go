package postgres_test

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"go.uber.org/goleak"

	"skein/adapters/postgres"
	"skein/adapters/postgres/postgrestest"
)

func TestASecondStartFindsTheData(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	first := start(t, cfg)
	db := open(t, first.URL())
	prepare(t, db)
	if err := keep(t.Context(), db, 1); err != nil {
		t.Fatal(err)
	}
	db.Close()
	stop(t, first)

	second := start(t, cfg)
	if second.URL() != first.URL() {
		t.Errorf("the server moved from %s to %s", first.URL(), second.URL())
	}
	if !kept(t, open(t, second.URL()))[1] {
		t.Error("what was written before is gone")
	}
}

func TestWhatIsMadeForGoodIsSetUpAsACopyIs(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	cfg.Cache = ""
	db := open(t, start(t, cfg).URL())
	for setting, want := range map[string]string{
		"listen_addresses":   "",
		"fsync":              "on",
		"synchronous_commit": "on",
		"full_page_writes":   "on",
		"server_encoding":    "UTF8",
		"TimeZone":           "UTC",
	} {
		var got string
		if err := db.QueryRow(t.Context(), `SELECT current_setting($1)`, setting).Scan(&got); err != nil || got != want {
			t.Errorf("%s is %q, %v; want %q", setting, got, err, want)
		}
	}
}

func TestOneFolderHasOneServer(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	start(t, cfg)
	if _, err := postgres.Start(t.Context(), cfg); !errors.Is(err, postgres.ErrInUse) {
		t.Errorf("got %v, want ErrInUse", err)
	}
}

func TestCloseLeavesNothingRunning(t *testing.T) {
	before := goleak.IgnoreCurrent()
	cfg := postgrestest.Config(t)
	s := start(t, cfg)
	db := open(t, s.URL()) // and nobody closes its connections first
	if err := db.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	stop(t, s)
	stop(t, s)
	if n := residents(t, cfg.Dir); n > 0 {
		t.Errorf("%d processes are left", n)
	}
	db.Close()
	goleak.VerifyNone(t, before)
}

func TestOnlyWhoKeepsTheDataMayConnect(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	db := open(t, start(t, cfg).URL())
	var rules int
	var kind, method string
	err := db.QueryRow(t.Context(), `
		SELECT count(*), min(type), min(auth_method) FROM pg_hba_file_rules`).Scan(&rules, &kind, &method)
	if err != nil || rules != 1 || kind != "local" || method != "peer" {
		t.Errorf("%d rules for %s connections by %s, %v; want one, local, peer", rules, kind, method, err)
	}
	folder, err := os.Stat(filepath.Join(cfg.Dir, "postgres"))
	if err != nil || folder.Mode().Perm() != 0o700 {
		t.Errorf("the folder has mode %v, %v; want 0700", folder.Mode(), err)
	}
}

func TestRootsServerRunsAsSomebodyElse(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	start(t, cfg)
	process, err := os.Stat(fmt.Sprintf("/proc/%d", postmaster(t, cfg.Dir)))
	if err != nil {
		t.Fatal(err)
	}
	as, us := int(process.Sys().(*syscall.Stat_t).Uid), os.Geteuid()
	if as == 0 || us != 0 && as != us {
		t.Errorf("the server of user %d runs as user %d", us, as)
	}
}

// TestRootsDataMayLieElsewhere is about root: whoever else has a data folder can get there.
func TestRootsDataMayLieElsewhere(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	if err := os.Chmod(cfg.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	first := start(t, cfg)
	stop(t, first)
	real, err := filepath.EvalSymlinks(filepath.Join(cfg.Dir, "postgres"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(real) })
	if far := !strings.HasPrefix(real, cfg.Dir); far != (os.Geteuid() == 0) {
		t.Errorf("the data of user %d lies in %s", os.Geteuid(), real)
	}
	if second := start(t, cfg); second.URL() != first.URL() {
		t.Errorf("the data was in %s and is now in %s", first.URL(), second.URL())
	}
}

func TestAFolderMayHaveAnyName(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	cfg.Dir = filepath.Join(cfg.Dir, `one, "two" & 100%`, strings.Repeat("far ", 20))
	open(t, start(t, cfg).URL())
}

func TestValuesStayOutOfTheLog(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	var told strings.Builder // by one goroutine, which ends with the server
	cfg.Log = slog.New(slog.NewTextHandler(&told, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s := start(t, cfg)
	db := open(t, s.URL())
	prepare(t, db)
	if _, err := db.Exec(t.Context(), `CREATE UNIQUE INDEX once ON kept (n)`); err != nil {
		t.Fatal(err)
	}
	const secret = 471147114
	if err := keep(t.Context(), db, secret); err != nil {
		t.Fatal(err)
	}
	if err := keep(t.Context(), db, secret); err == nil {
		t.Fatal("the second was taken")
	}
	db.Close()
	stop(t, s)
	file, err := os.ReadFile(filepath.Join(cfg.Dir, "postgres", "postgres.log"))
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range map[string]string{"our log": told.String(), "postgres.log": string(file)} {
		if !strings.Contains(text, "INSERT INTO kept") || strings.Contains(text, fmt.Sprint(secret)) {
			t.Errorf("%s has the value or lacks its statement:\n%s", where, text)
		}
	}
	if n := strings.Count(told.String(), "level=WARN"); n != 1 {
		t.Errorf("one error is told %d times:\n%s", n, told.String())
	}
}

// awkward are names that mean something to a URL, a shell or a setting.
var awkward = []string{
	"two words", "one+one", "100% %20 %2B", "this & that=?#", "ada's $HOME", `back\slash *`, "Zoë 漢字", " ",
}

func TestTheSocketMayHaveAnyName(t *testing.T) {
	t.Parallel()
	for _, name := range awkward {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := postgrestest.Config(t)
			cfg.Dir = filepath.Join(cfg.Dir, name)
			open(t, start(t, cfg).URL())
			if _, err := os.Stat(filepath.Join(cfg.Dir, "postgres", ".s.PGSQL.5432")); err != nil {
				t.Errorf("the socket is not in the folder: %v", err)
			}
		})
	}
}

// TestAnyNameWillDoForAnOrdinaryUser is for when root runs it: otherwise all are such tests.
func TestAnyNameWillDoForAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	cfg.Cache = "" // which is in our home
	cfg.Dir = filepath.Join(cfg.Dir, "ada's 100%+ & Zoë 漢")
	if err := os.Mkdir(cfg.Dir, 0o700); err != nil {
		t.Fatal(err)
	}
	ada := exec.Command("/proc/self/exe") // in a folder where only we get
	if os.Geteuid() == 0 {
		const nobody = 65534
		ada.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if err := os.Chown(cfg.Dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	kill(t, childOf(t, ada, "tethered", cfg))
	vacated(t, cfg.Dir)
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	cfg := postgrestest.Config(t)
	stop(t, start(t, cfg))
	if err := os.Remove(filepath.Join(cfg.Dir, "postgres", "data", "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	if _, err := postgres.Start(t.Context(), cfg); err == nil || !strings.Contains(err.Error(), "pg_control") {
		t.Errorf("got %v, want an error that names pg_control", err)
	}
}
