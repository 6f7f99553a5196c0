package eventnode_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"
)

func TestNamesAndTypesHaveALimit(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t, quiet(t.TempDir())))
	longest := strings.Repeat("n", 4096)
	appended(t, c, longest, 0, 2)
	describe(t, c, longest, `{"$maxCount":1}`)
	require.Equal(t, []uint64{1}, revisions(t, c, longest, esdb.ReadStreamOptions{}, 10))
	_, err := c.DeleteStream(t.Context(), longest, esdb.DeleteStreamOptions{})
	require.NoError(t, err)

	longer := longest + "n"
	said := said(0, 1)
	_, err = c.AppendToStream(t.Context(), longer, esdb.AppendToStreamOptions{}, said...)
	require.ErrorContains(t, err, "the name of the stream has 4097 bytes, and can have 4096")
	_, err = c.AppendToStream(t.Context(), "$$"+longer, esdb.AppendToStreamOptions{}, said...)
	require.ErrorContains(t, err, "the name of the stream has 4097 bytes")
	_, err = c.DeleteStream(t.Context(), longer, esdb.DeleteStreamOptions{})
	require.ErrorContains(t, err, "the name of the stream has 4097 bytes")
	_, err = c.TombstoneStream(t.Context(), longer, esdb.TombstoneStreamOptions{})
	require.ErrorContains(t, err, "the name of the stream has 4097 bytes")
	said[0].EventType = longer
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said...)
	require.ErrorContains(t, err, "the type of the event has 4097 bytes, and can have 4096")
	require.Equal(t, esdb.ErrorCodeResourceNotFound, notRead(t, c, "ada"))
}

func TestAnArchiveHasNoEventThatNoStreamCanHave(t *testing.T) {
	t.Parallel()
	whole := archive(t)
	longer := strings.Repeat("n", 4097)
	line := func(stream, kind, more string) string {
		return fmt.Sprintf(`{"position":8,"stream":%q,"revision":0,"id":"6a0c5be4-6d0d-4b39-8d2c-0c7b5d9f1f0a","type":%q,"created":"2026-01-01T00:00:00Z","json":true%s}`, stream, kind, more)
	}
	require.NoError(t, imported(t, quiet(t.TempDir()), whole+line("eve", "said", `,"data":"{}"`)))
	for line, want := range map[string]string{
		line(longer, "said", ""):                                         "the name of the stream has 4097 bytes",
		line("$$"+longer, "said", ""):                                    "the name of the stream has 4097 bytes",
		line("eve", longer, ""):                                          "the type of the event has 4097 bytes",
		line("$all", "said", ""):                                         "$all",
		line("$$", "said", ""):                                           "needs a name",
		line("", "said", ""):                                             "needs a name",
		line("eve", "said", `,"dta":"{}"`):                               `unknown field "dta"`,
		line("eve", "said", `,"data":{"base":"eA=="}`):                   `unknown field "base"`,
		`{"position":6,"stream":"$$","revision":4,"scavenged":true}`:     "needs a name",
		line("eve", "said", `,"data":"`+strings.Repeat("x", 16<<20)+`"`): "larger than a message",
	} {
		err := imported(t, quiet(t.TempDir()), whole+line)
		require.ErrorContains(t, err, "line 8")
		require.ErrorContains(t, err, want)
	}
}

func TestNoStreamIsAtARevisionBeyondAllThereCanBe(t *testing.T) {
	t.Parallel()
	c := dial(t, start(t, quiet(t.TempDir())))
	for _, revision := range []uint64{1 << 63, 1<<64 - 2} {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(revision)}, said(0, 1)...)
		require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(err))
	}
}

func TestAnAppendCanHaveOnlySoManyEventsWithoutContents(t *testing.T) {
	t.Parallel()
	cfg := quiet(t.TempDir())
	cfg.MaxAppendSize = 1000
	c := dial(t, start(t, cfg))
	events := make([]esdb.EventData, 400)
	for i := range events {
		events[i].EventType = "x"
	}
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events[:100]...)
	require.NoError(t, err)
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, events...)
	require.ErrorContains(t, err, "the append has too many events")
	_, err = c.AppendToStream(t.Context(), strings.Repeat("n", 4096), esdb.AppendToStreamOptions{}, events[:10]...)
	require.ErrorContains(t, err, "of those, 1 can be appended at once")
}
