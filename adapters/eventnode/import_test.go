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
	return exported(t, cfg)
}

// exported is the archive of a folder in which no node runs.
func exported(t testing.TB, cfg eventnode.Config) string {
	t.Helper()
	o, err := eventnode.Open(cfg)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, o.Export(t.Context(), &b))
	require.NoError(t, o.Close())
	return b.String()
}

// imported imports an archive into such a folder.
func imported(t testing.TB, cfg eventnode.Config, archive string) error {
	t.Helper()
	o, err := eventnode.Open(cfg)
	require.NoError(t, err)
	_, err = o.Import(t.Context(), strings.NewReader(archive))
	require.NoError(t, o.Close())
	return err
}

func TestAnArchiveIsImportedAsItWasExported(t *testing.T) {
	want, cfg := archive(t), quiet(t.TempDir())
	require.Equal(t, 7, strings.Count(want, "\n"))
	require.NoError(t, imported(t, cfg, want))
	require.NoError(t, imported(t, cfg, want), "again")
	require.Equal(t, want, exported(t, cfg))

	c := dial(t, start(t, cfg))
	require.Equal(t, []uint64{2, 3}, revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10))
	require.Equal(t, esdb.ErrorCodeStreamDeleted, notRead(t, c, "grace"))
	require.Equal(t, []uint64{1, 2, 3, 4, 5, 6, 7}, positions(t, c, esdb.ReadAllOptions{}, 10))
	require.EqualValues(t, 8, appended(t, c, "ada", 4, 1).CommitPosition)
}

func TestAnImportGoesOnWhereItWasCutOff(t *testing.T) {
	want, cfg := archive(t), quiet(t.TempDir())
	cut := strings.Index(want, "\n")*3/2 + 1
	require.ErrorContains(t, imported(t, cfg, want[:cut]), "line 2")
	require.NoError(t, imported(t, cfg, want))
	require.Equal(t, want, exported(t, cfg))
}

func TestAnArchiveOfAnotherStoreIsRefused(t *testing.T) {
	cfg := quiet(t.TempDir())
	require.NoError(t, imported(t, cfg, archive(t)))
	require.ErrorContains(t, imported(t, cfg, archive(t)), "another event")
}

func TestAnArchiveOutOfOrderIsRefused(t *testing.T) {
	lines := strings.SplitAfter(archive(t), "\n")
	lines[0], lines[1] = lines[1], lines[0]
	err := imported(t, quiet(t.TempDir()), strings.Join(lines, ""))
	require.ErrorContains(t, err, "line 2 of the archive: the event does not follow")
}

func TestAChangedEventIsRefused(t *testing.T) {
	whole, cfg := archive(t), quiet(t.TempDir())
	require.NoError(t, imported(t, cfg, whole))
	for _, changed := range []string{
		strings.Replace(whole, `{\"n\":0}`, `{\"n\":7}`, 1),
		strings.Replace(whole, `{\"by\":\"ada\"}`, `{}`, 1),
		strings.Replace(whole, `"type":"said"`, `"type":"sung"`, 1),
	} {
		require.NotEqual(t, whole, changed)
		err := imported(t, cfg, changed)
		require.ErrorIs(t, err, eventnode.ErrOther)
		require.ErrorContains(t, err, "line 1 of the archive: the store does not go on as the archive does: it has that event with other contents")
	}
}

func TestAnEventThatWasScavengedIsNotImportedAgain(t *testing.T) {
	whole, cfg := archive(t), quiet(t.TempDir())
	require.NoError(t, imported(t, cfg, whole))
	o, err := eventnode.Open(cfg)
	require.NoError(t, err)
	_, err = o.Scavenge(t.Context())
	require.NoError(t, err)
	require.NoError(t, o.Close())
	err = imported(t, cfg, whole)
	require.ErrorIs(t, err, eventnode.ErrOther)
	require.ErrorContains(t, err, "its event at that position was scavenged")
}
