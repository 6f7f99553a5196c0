package eventnode_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"testing"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// positions reads $all to its end.
func positions(t testing.TB, c *esdb.Client, opts esdb.ReadAllOptions, count uint64) []uint64 {
	t.Helper()
	r, err := c.ReadAll(context.Background(), opts, count)
	require.NoError(t, err)
	defer r.Close()
	var found []uint64
	for {
		e, err := r.Recv()
		if errors.Is(err, io.EOF) {
			return found
		}
		require.NoError(t, err)
		found = append(found, e.OriginalEvent().Position.Commit)
	}
}

func TestAStreamIsReadFromAnywhereEitherWay(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 4)...)
	require.NoError(t, err)
	for name, test := range map[string]struct {
		direction esdb.Direction
		from      esdb.StreamPosition
		count     uint64
		want      []uint64
	}{
		"from the start":            {esdb.Forwards, esdb.Start{}, 10, []uint64{0, 1, 2, 3}},
		"the first":                 {esdb.Forwards, esdb.Start{}, 2, []uint64{0, 1}},
		"from one":                  {esdb.Forwards, esdb.Revision(2), 10, []uint64{2, 3}},
		"from beyond":               {esdb.Forwards, esdb.Revision(7), 10, nil},
		"from the end":              {esdb.Forwards, esdb.End{}, 10, nil},
		"back from the end":         {esdb.Backwards, esdb.End{}, 10, []uint64{3, 2, 1, 0}},
		"back, the last":            {esdb.Backwards, esdb.End{}, 1, []uint64{3}},
		"back from one":             {esdb.Backwards, esdb.Revision(1), 10, []uint64{1, 0}},
		"back from beyond":          {esdb.Backwards, esdb.Revision(7), 10, []uint64{3, 2, 1, 0}},
		"back from the start":       {esdb.Backwards, esdb.Start{}, 10, []uint64{0}},
		"back from far, far beyond": {esdb.Backwards, esdb.Revision(1<<64 - 1), 1, []uint64{3}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, test.want, revisions(t, c, "ada",
				esdb.ReadStreamOptions{Direction: test.direction, From: test.from}, test.count))
		})
	}
}

func TestAllIsReadFromAnywhereEitherWay(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	require.Empty(t, positions(t, c, esdb.ReadAllOptions{}, 10))
	for range 2 {
		for _, stream := range []string{"ada", "grace"} {
			_, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, said(0, 2)...)
			require.NoError(t, err)
		}
	}
	all := positions(t, c, esdb.ReadAllOptions{}, 100)
	require.Len(t, all, 8)
	require.True(t, slices.IsSorted(all))
	require.Positive(t, all[0])
	backwards := slices.Clone(all)
	slices.Reverse(backwards)

	at := esdb.Position{Commit: all[3], Prepare: all[3]}
	require.Equal(t, all[3:6], positions(t, c, esdb.ReadAllOptions{From: at}, 3))
	require.Equal(t, backwards[5:], positions(t, c, esdb.ReadAllOptions{Direction: esdb.Backwards, From: at}, 100))
	require.Equal(t, backwards, positions(t, c, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.End{}}, 100))
	require.Empty(t, positions(t, c, esdb.ReadAllOptions{Direction: esdb.Backwards, From: esdb.Start{}}, 100))
	require.Empty(t, positions(t, c, esdb.ReadAllOptions{From: esdb.End{}}, 100))
}

func TestLongStreamsAreReadPageByPage(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	const total = 3000
	for n := 0; n < total; n += 300 {
		for _, stream := range []string{"ada", "grace"} {
			_, err := c.AppendToStream(t.Context(), stream, esdb.AppendToStreamOptions{}, said(n, 300)...)
			require.NoError(t, err)
		}
	}
	found := revisions(t, c, "grace", esdb.ReadStreamOptions{}, 1<<40)
	require.Len(t, found, total)
	for i, revision := range found {
		require.EqualValues(t, i, revision)
	}
	slices.Reverse(found)
	require.Equal(t, found, revisions(t, c, "grace",
		esdb.ReadStreamOptions{Direction: esdb.Backwards, From: esdb.End{}}, 1<<40))
	require.Len(t, positions(t, c, esdb.ReadAllOptions{}, 1<<40), 2*total)
}

func TestAStreamThatNeverWasIsNotFound(t *testing.T) {
	c := dial(t, start(t, eventnode.Config{}))
	r, err := c.ReadStream(t.Context(), "nobody", esdb.ReadStreamOptions{}, 1)
	require.NoError(t, err)
	defer r.Close()
	_, err = r.Recv()
	require.Equal(t, esdb.ErrorCodeResourceNotFound, codeOf(err))
}
