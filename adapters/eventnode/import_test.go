package eventnode_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// quiet is the store in a folder, which says nothing.
func quiet(dir string) eventnode.Config {
	return eventnode.Config{Dir: dir, Log: slog.New(slog.DiscardHandler)}
}

// archive is what a node with a bit of everything exports.
func archive(t testing.TB) string {
	t.Helper()
	cfg := quiet(t.TempDir())
	n := start(t, cfg)
	c := dial(t, n)
	appended(t, c, "ada", 0, 3)
	describe(t, c, "ada", `{ "$maxCount": 2 }`)
	_, err := c.AppendToStream(t.Context(), "grace", esdb.AppendToStreamOptions{}, esdb.EventData{
		EventType: "said", ContentType: esdb.ContentTypeBinary, Data: []byte("\xff\x00<>"),
	})
	require.NoError(t, err)
	_, err = c.TombstoneStream(t.Context(), "grace", esdb.TombstoneStreamOptions{})
	require.NoError(t, err)
	appended(t, c, "ada", 3, 1)
	require.NoError(t, n.Close())
	var b bytes.Buffer
	require.NoError(t, eventnode.Export(cfg, &b))
	return b.String()
}

func TestAnArchiveIsImportedAsItWasExported(t *testing.T) {
	want, cfg := archive(t), quiet(t.TempDir())
	require.Equal(t, 7, strings.Count(want, "\n"))
	require.NoError(t, eventnode.Import(cfg, strings.NewReader(want)))
	require.NoError(t, eventnode.Import(cfg, strings.NewReader(want)), "again")
	var got bytes.Buffer
	require.NoError(t, eventnode.Export(cfg, &got))
	require.Equal(t, want, got.String())

	c := dial(t, start(t, cfg))
	require.Equal(t, []uint64{2, 3}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
	require.Equal(t, esdb.ErrorCodeStreamDeleted, notRead(t, c, "grace"))
	require.Equal(t, []uint64{1, 2, 3, 4, 5, 6, 7}, positions(t, c, esdb.ReadAllOptions{}, 10))
	require.EqualValues(t, 8, appended(t, c, "ada", 4, 1).CommitPosition)
}

func TestAnImportGoesOnWhereItWasCutOff(t *testing.T) {
	want, cfg := archive(t), quiet(t.TempDir())
	cut := strings.Index(want, "\n")*3/2 + 1
	require.ErrorContains(t, eventnode.Import(cfg, strings.NewReader(want[:cut])), "line 2")
	require.NoError(t, eventnode.Import(cfg, strings.NewReader(want)))
	var got bytes.Buffer
	require.NoError(t, eventnode.Export(cfg, &got))
	require.Equal(t, want, got.String())
}

func TestAnArchiveOfAnotherStoreIsRefused(t *testing.T) {
	cfg := quiet(t.TempDir())
	require.NoError(t, eventnode.Import(cfg, strings.NewReader(archive(t))))
	require.ErrorContains(t, eventnode.Import(cfg, strings.NewReader(archive(t))), "another event")
}

func TestAnArchiveOutOfOrderIsRefused(t *testing.T) {
	lines := strings.SplitAfter(archive(t), "\n")
	lines[0], lines[1] = lines[1], lines[0]
	err := eventnode.Import(quiet(t.TempDir()), strings.NewReader(strings.Join(lines, "")))
	require.ErrorContains(t, err, "line 2 of the archive: the event does not follow")
}
