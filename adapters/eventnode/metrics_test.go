package eventnode_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"

	"github.com/EventStore/EventStore-Client-Go/v4/esdb"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"

	"skein/adapters/eventnode"
)

// counted is what a node tells Prometheus: values, and of histograms how many there were.
func counted(t testing.TB, n *eventnode.Node) map[string]float64 {
	t.Helper()
	in := prometheus.NewPedanticRegistry()
	require.NoError(t, in.Register(n))
	told, err := in.Gather()
	require.NoError(t, err)
	all := map[string]float64{}
	for _, family := range told {
		require.NotEmpty(t, family.GetHelp())
		for _, m := range family.GetMetric() {
			name := family.GetName()
			for _, label := range m.GetLabel() {
				name += fmt.Sprintf("{%s}", label.GetValue())
			}
			all[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return all
}

func TestANodeTellsWhatItDid(t *testing.T) {
	n := start(t, quiet(t.TempDir()))
	c := dial(t, n)
	appended(t, c, "ada", 0, 3)
	for range 2 {
		_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{ExpectedRevision: esdb.Revision(7)}, said(0, 1)...)
		require.Equal(t, esdb.ErrorCodeWrongExpectedVersion, codeOf(err))
	}
	tooLarge := said(0, 1)
	tooLarge[0].Data = make([]byte, 1<<20+1)
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, tooLarge...)
	require.Error(t, err)
	revisions(t, c, "ada", esdb.ReadStreamOptions{}, 10)
	s, err := c.SubscribeToAll(t.Context(), esdb.SubscribeToAllOptions{})
	require.NoError(t, err)
	_, err = c.TombstoneStream(t.Context(), "ada", esdb.TombstoneStreamOptions{})
	require.NoError(t, err)
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.Equal(t, esdb.ErrorCodeStreamDeleted, codeOf(err))
	_, err = n.Scavenge(t.Context())
	require.NoError(t, err)

	got := counted(t, n)
	for name, want := range map[string]float64{
		"appends_total": 1, "events_total": 3, "reads_total": 1, "subscriptions": 1, "position": 4, "writable": 1,
		"append_duration_seconds": 1, "scavenged_events_total": 3, "reopened_total": 0,
		"refused_total{wrong_version}": 2, "refused_total{too_large}": 1, "refused_total{stream_deleted}": 1,
		"refused_total{malformed}": 0, "refused_total{login}": 0, "refused_total{disk}": 0,
	} {
		require.Equal(t, want, got["skein_node_"+name], name)
	}
	require.GreaterOrEqual(t, got["skein_node_bytes_total"], float64(3*len(`{"n":0}{"by":"ada"}`)))
	require.NotZero(t, got["skein_node_store_bytes"])
	require.GreaterOrEqual(t, got["skein_node_sync_duration_seconds"], 2.0)
	require.NoError(t, s.Close())
	require.Eventually(t, func() bool { return counted(t, n)["skein_node_subscriptions"] == 0 }, 10*time.Second, 10*time.Millisecond)
}

func TestANodeTellsThatItsDiskIsInTrouble(t *testing.T) {
	if apart(t) {
		return
	}
	d := newDisk()
	n := start(t, eventnode.Config{Dir: "node", FS: d})
	c := dial(t, n)
	appended(t, c, "ada", 0, 3)
	counted(t, n)
	d.fail(func(o operation) error {
		if o.does == "sync" {
			return nil
		}
		return syscall.ENOSPC
	})
	_, err := c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(3, 1)...)
	require.Equal(t, esdb.ErrorUnavailable, codeOf(err))
	full := counted(t, n)
	require.Zero(t, full["skein_node_writable"])
	require.EqualValues(t, 1, full["skein_node_refused_total{disk}"])
	require.NotZero(t, full["skein_node_store_bytes"], "the last known")
	d.fail(nil)
	require.Eventually(t, func() bool { return counted(t, n)["skein_node_writable"] == 1 }, 10*time.Second, 10*time.Millisecond)
	d.failOnce("sync", "*.log", syscall.EIO)
	_, err = c.AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(4, 1)...)
	require.Equal(t, esdb.ErrorUnavailable, codeOf(err))
	require.Eventually(t, func() bool {
		got := counted(t, n)
		return got["skein_node_reopened_total"] == 1 && got["skein_node_writable"] == 1
	}, 10*time.Second, 10*time.Millisecond)
}

func TestABadLoginIsCounted(t *testing.T) {
	n, ca := guarded(t)
	_, err := connected(t, "esdb://ada:wrong@"+n.Target()+"?tlsCAFile="+ca).
		AppendToStream(t.Context(), "ada", esdb.AppendToStreamOptions{}, said(0, 1)...)
	require.Equal(t, esdb.ErrorCodeUnauthenticated, codeOf(err))
	require.EqualValues(t, 1, counted(t, n)["skein_node_refused_total{login}"])
}
