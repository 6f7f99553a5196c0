package eventnode

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhoWaitsForItsTurnIsToldWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	turn := newTurn()
	require.NoError(t, turn.wait(t.Context(), "exported"))
	over, cancel := context.WithCancel(t.Context())
	cancel()
	err := turn.wait(over, "verified")
	require.ErrorIs(t, err, context.Canceled)
	require.ErrorContains(t, err, "the event node is being exported")
	require.EqualError(t, turn.take("scavenged"), "the event node is being exported: try again in a while")
	turn.end()
	require.NoError(t, turn.take("scavenged"))
	require.ErrorIs(t, turn.take("scavenged"), ErrBusy)
}
