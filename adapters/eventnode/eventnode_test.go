package eventnode_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"skein/adapters/eventnode"
)

// TestMain has rapid try more than it does by itself, unless it is told how much. In a
// child that is there to be killed it does what that has to do.
func TestMain(m *testing.M) {
	if dir := os.Getenv(doomed); dir != "" {
		appendUntilKilled(dir)
	}
	checks := "200"
	if os.Getenv("SKEIN_LONG") != "" {
		checks = "5000"
	}
	if err := flag.Set("rapid.checks", checks); err != nil {
		panic(err)
	}
	if os.Getenv(lonely) != "" {
		os.Exit(m.Run())
	}
	goleak.VerifyTestMain(m)
}

// start runs a node for as long as the test does.
func start(t testing.TB, cfg eventnode.Config) *eventnode.Node {
	t.Helper()
	if cfg.Dir == "" {
		cfg.Dir = t.TempDir()
	}
	cfg.Log = slog.New(slog.DiscardHandler)
	n, err := eventnode.Start(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	return n
}

// dial is the official client of a node.
func dial(t testing.TB, n *eventnode.Node) *esdb.Client {
	t.Helper()
	return dialTarget(t, n.Target())
}

func dialTarget(t testing.TB, target string) *esdb.Client {
	t.Helper()
	cfg, err := esdb.ParseConnectionString("esdb://localhost:2113?tls=false")
	require.NoError(t, err)
	cfg.Address = target
	cfg.Logger = func(esdb.LogLevel, string, ...any) {}
	c, err := esdb.NewClient(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { c.Close() })
	return c
}

// said is n events that say their numbers, beginning with first.
func said(first, n int) []esdb.EventData {
	events := make([]esdb.EventData, n)
	for i := range events {
		events[i] = esdb.EventData{
			EventID: uuid.New(), EventType: "said", ContentType: esdb.ContentTypeJson,
			Data: fmt.Appendf(nil, `{"n":%d}`, first+i), Metadata: []byte(`{"by":"ada"}`),
		}
	}
	return events
}

// revisions reads a stream to its end.
func revisions(t testing.TB, c *esdb.Client, stream string, opts esdb.ReadStreamOptions, count uint64) []uint64 {
	t.Helper()
	r, err := c.ReadStream(context.Background(), stream, opts, count)
	require.NoError(t, err)
	defer r.Close()
	var found []uint64
	for {
		e, err := r.Recv()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		found = append(found, e.OriginalEvent().EventNumber)
	}
}

func codeOf(err error) esdb.ErrorCode {
	var e *esdb.Error
	if !errors.As(err, &e) {
		return -1
	}
	return e.Code()
}

func TestAnAppendIsReadBack(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	before := time.Now().Truncate(100 * time.Nanosecond)
	asked := said(0, 3)
	asked[1].ContentType = esdb.ContentTypeBinary
	w, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.NoStream{}}, asked...)
	require.NoError(t, err)
	require.EqualValues(t, 2, w.NextExpectedVersion)

	r, err := c.ReadStream(t.Context(), "ada", esdb.ReadStreamOptions{}, 10)
	require.NoError(t, err)
	defer r.Close()
	for i, want := range asked {
		e, err := r.Recv()
		require.NoError(t, err)
		got := e.Event
		require.Equal(t, want.EventID, got.EventID)
		require.Equal(t, want.EventType, got.EventType)
		require.Equal(t, want.Data, got.Data)
		require.Equal(t, want.Metadata, got.UserMetadata)
		require.Equal(t, want.ContentType == esdb.ContentTypeJson, got.ContentType == "application/json")
		require.Equal(t, "ada", got.StreamID)
		require.EqualValues(t, i, got.EventNumber)
		require.Equal(t, got.Position.Commit, got.Position.Prepare)
		require.Equal(t, got.Position.Commit, *e.Commit)
		require.False(t, got.CreatedDate.Before(before))
		if i == 2 {
			require.Equal(t, w.CommitPosition, got.Position.Commit)
		}
	}
	_, err = r.Recv()
	require.ErrorIs(t, err, io.EOF)
}

func TestANodeIsKnownAsARealServer(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	v, err := c.GetServerVersion()
	require.NoError(t, err)
	require.Equal(t, esdb.ServerVersion{Major: 24, Minor: 10}, *v)

	err = c.CreatePersistentSubscription(t.Context(), "ada", "group", esdb.PersistentStreamSubscriptionOptions{})
	require.Equal(t, esdb.ErrorCodeUnsupportedFeature, codeOf(err))
}

func TestANodeServesOnTCPAndGossips(t *testing.T) {
	n := start(t, eventnode.Config{Listen: "127.0.0.1:0"})
	cfg, err := esdb.ParseConnectionString("esdb://" + n.Target() + "," + n.Target() + "?tls=false")
	require.NoError(t, err)
	cfg.Logger = func(esdb.LogLevel, string, ...any) {}
	c, err := esdb.NewClient(cfg)
	require.NoError(t, err)
	defer c.Close()
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.NoError(t, err)
}

func TestAFolderBelongsToOneNode(t *testing.T) {
	dir := t.TempDir()
	n := start(t, eventnode.Config{Dir: dir})
	_, err := eventnode.Start(eventnode.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)})
	require.ErrorContains(t, err, "only one event node")
	_, err = dial(t, n).AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.NoError(t, err)
}

func TestAStaleSocketDoesNotHinderAStart(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "node.sock"), nil, 0o600))
	_, err := dial(t, start(t, eventnode.Config{Dir: dir})).
		AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.NoError(t, err)
}

func TestALongPathDoesNotHinderTheSocket(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	_, err := dial(t, start(t, eventnode.Config{Dir: dir})).
		AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.NoError(t, err)
}

func TestASocketThatAKilledNodeLeftElsewhereIsRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	require.NoError(t, os.Mkdir(dir, 0o700))
	old, err := os.MkdirTemp("", "node-")
	require.NoError(t, err)
	defer os.RemoveAll(old)
	require.NoError(t, os.WriteFile(filepath.Join(old, "node.sock"), nil, 0o600))
	require.NoError(t, os.Symlink(filepath.Join(old, "node.sock"), filepath.Join(dir, "node.sock")))
	other := filepath.Join(t.TempDir(), "admin.sock")
	require.NoError(t, os.WriteFile(other, nil, 0o600))
	require.NoError(t, os.Symlink(other, filepath.Join(dir, "admin.sock")))
	appended(t, dial(t, start(t, quiet(dir))), "ada", 0, 1)
	require.NoDirExists(t, old)
	require.FileExists(t, other, "no node made that")
}

func TestARestartKeepsEverything(t *testing.T) {
	dir := t.TempDir()
	quiet := slog.New(slog.DiscardHandler)
	n, err := eventnode.Start(eventnode.Config{Dir: dir, Log: quiet})
	require.NoError(t, err)
	first, err := dial(t, n).AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 5)...)
	require.NoError(t, err)
	require.NoError(t, n.Close())

	c := dial(t, start(t, eventnode.Config{Dir: dir}))
	require.Equal(t, []uint64{0, 1, 2, 3, 4}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
	second, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(4)}, said(5, 1)...)
	require.NoError(t, err)
	require.Greater(t, second.CommitPosition, first.CommitPosition)
}

func TestCloseDoesNotWaitForClientsThatHangOn(t *testing.T) {
	n, err := eventnode.Start(eventnode.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	c := dial(t, n)
	s, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{})
	require.NoError(t, err)
	defer s.Close()
	begun := time.Now()
	require.NoError(t, n.Close())
	require.Less(t, time.Since(begun), 20*time.Second)
	require.NoError(t, n.Close())
}

func TestANodeCanBeClosedAtOnce(t *testing.T) {
	for range 20 {
		n, err := eventnode.Start(eventnode.Config{Dir: t.TempDir(), Log: slog.New(slog.DiscardHandler)})
		require.NoError(t, err)
		require.NoError(t, n.Close())
	}
}
